"""Broken connectors, each with the situations in which the kit has to notice it (by pattern)."""

import socket
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from connector_kit.example.connector import AcmeConnector
from tests.connector_kit.complete import ASKED, COMPLETE, AskedConnector, CompleteConnector, CompletePay
from tests.connector_kit.setups import CompleteSetup
from tillgate.connectors.v1 import (
    Action,
    BankCredit,
    Can,
    Case,
    Evidence,
    Fact,
    Kind,
    Look,
    Malformed,
    Manifest,
    NoAnswer,
    NotAccepted,
    NotSent,
    Op,
    Outcome,
    Sent,
    Settlement,
)


@dataclass(frozen=True)
class Mutant:
    setup: type[CompleteSetup]
    manifest: Manifest
    noticed: tuple[str, ...]


MUTANTS: dict[str, Mutant] = {}


def mutant(
    *noticed: str, manifest: Manifest = COMPLETE, setup: type[CompleteSetup] = CompleteSetup
) -> Callable[[type], type]:
    """Registers a broken connector, or a broken PSP behind a good one."""

    def register(broken: type) -> type:
        changes = {"connector": broken} if issubclass(broken, AcmeConnector) else {"pay": broken}
        MUTANTS[broken.__name__] = Mutant(type("Setup", (setup,), changes), manifest, noticed)
        return broken

    return register


def everywhere(*faults: str) -> tuple[str, ...]:
    return tuple(
        f"{kind}: {fault}" for kind in ("authorize", "capture", "cancel", "refund", "store") for fault in faults
    )


# ---- requests and their answers


@mutant(*everywhere("answer lost", "request late", "request doubled"), "*: repeated", "payout: every fault")
class SendsNoKey(CompleteConnector):
    def _operate(self, case: Case, op: Op, path: str, body: Mapping[str, object]) -> list[Fact]:
        facts = super()._operate(case, replace(op, id=""), path, body)
        return [replace(each, op=op.id) if each.kind is op.kind else each for each in facts]


class Catches(CompleteConnector):
    """Makes something of an error that says nothing."""

    errors: ClassVar[tuple[type[Exception], ...]]
    becomes: ClassVar[Outcome] = Outcome.FAILED

    def _operate(self, case: Case, op: Op, path: str, body: Mapping[str, object]) -> list[Fact]:
        try:
            return super()._operate(case, op, path, body)
        except self.errors:
            return [Fact(case=case.id, kind=op.kind, outcome=self.becomes, op=op.id, reason="OTHER")]


@mutant(*everywhere("500", "502 though executed", "answer cut off", "answer nonsense"), "payout: every fault")
class ServerErrorsFail(Catches):
    errors = (ValueError, TypeError, KeyError)


@mutant(*everywhere("401", "429", "request not sent"), "credentials: wrong")
class NotSentFails(Catches):
    errors = (NotSent,)


@mutant(*everywhere("request lost", "answer lost", "request late"))
class NoAnswerIsNotBegun(Catches):
    errors = (NoAnswer,)
    becomes = Outcome.NOT_BEGUN


@mutant("authorize: minor units")
class CountsInHundredths(CompleteConnector):
    def start(self, case: Case, op: Op) -> list[Fact]:
        exponent = {"JPY": 100, "ISK": 100, "UGX": 100, "CLP": 100}.get(case.currency, 1)
        facts = super().start(case, replace(op, amount=op.amount // exponent))
        return [replace(each, amount=op.amount) for each in facts]


@mutant("authorize: held")
class AlwaysCaptures(CompleteConnector):
    def start(self, case: Case, op: Op) -> list[Fact]:
        return super().start(replace(case, capture="auto"), op)


@mutant("authorize: captured at once", "refund: *")
class NeverCaptures(CompleteConnector):
    def start(self, case: Case, op: Op) -> list[Fact]:
        return super().start(replace(case, capture="manual"), op)


@mutant("capture: whole", "cancel: whole", "refund: whole", "authorize: held", "payout: paid")
class OneTooLittle(CompleteConnector):
    def _operate(self, case: Case, op: Op, path: str, body: Mapping[str, object]) -> list[Fact]:
        return super()._operate(case, replace(op, amount=max(op.amount - 1, 0)), path, body)


@mutant("capture: in parts", "capture: part, the rest released", "refund: of a part of a part")
class CapturesTheWhole(CompleteConnector):
    def perform(self, case: Case, op: Op) -> list[Fact]:
        return super().perform(case, replace(op, amount=case.amount) if op.kind is Kind.CAPTURE else op)


@mutant("capture: part, the rest released")
class ForgetsFinal(CompleteConnector):
    def perform(self, case: Case, op: Op) -> list[Fact]:
        return super().perform(case, replace(op, final=False))


@mutant("cancel: part, then the rest captured", "manifest: what it does not declare moves no money")
class ClaimsTheWholeCancel(CompleteConnector):
    def perform(self, case: Case, op: Op) -> list[Fact]:
        facts = super().perform(case, op)
        return [replace(each, amount=case.amount) if each.kind is Kind.CANCEL else each for each in facts]


@mutant("*: more than*", "authorize: refused", "store: refused", "payout: refused", "close: refused already")
class RefusalsSucceed(CompleteConnector):
    def _operate(self, case: Case, op: Op, path: str, body: Mapping[str, object]) -> list[Fact]:
        facts = super()._operate(case, op, path, body)
        return [replace(each, outcome=Outcome.SUCCEEDED) if each.reason else each for each in facts]


@mutant("refund: in parts of the same amount", "unasked: two equal refunds")
class OneReferenceForAll(CompleteConnector):
    def _fact(self, payment: Mapping[str, Any], operation: Mapping[str, Any]) -> Fact:
        return replace(super()._fact(payment, operation), reference=payment["id"])


# ---- asking


@mutant("authorize: cannot be found yet", *everywhere())
class SaysNotThereTooEarly(CompleteConnector):
    def ask(self, case: Case) -> list[Fact] | None:
        long_ago = tuple(replace(each, requested_at=each.requested_at - timedelta(days=1)) for each in case.ops)
        return super().ask(replace(case, ops=long_ago))


@mutant("authorize: looked up after its key window")
class ForgetsAfterTheKeyWindow(CompleteConnector):
    def ask(self, case: Case) -> list[Fact] | None:
        return [] if self._now() - case.created_at > timedelta(days=1) else super().ask(case)


@mutant("authorize: the PSP cannot be asked")
class TakesSilenceForNo(CompleteConnector):
    def ask(self, case: Case) -> list[Fact] | None:
        try:
            return super().ask(case)
        except Exception:
            return []


@mutant("shopper: does not come back", "shopper: approves", "shopper: returns twice")
class CannotAsk(CompleteConnector):
    def ask(self, case: Case) -> list[Fact] | None:
        return None


@mutant("authorize: decided later", "shopper: awaited")
class Optimist(CompleteConnector):
    def _fact(self, payment: Mapping[str, Any], operation: Mapping[str, Any]) -> Fact:
        fact = super()._fact(payment, operation)
        return replace(fact, outcome=Outcome.SUCCEEDED) if fact.outcome in (Outcome.PENDING, Outcome.ACTION) else fact


# ---- the wire and the manifest


@mutant("authorize: held")
class CallsElsewhere(CompleteConnector):
    def start(self, case: Case, op: Op) -> list[Fact]:
        self._http("POST", "https://metrics.example/started", {}, b"")
        return super().start(case, op)


@mutant("authorize: held")
class OpensConnections(CompleteConnector):
    def start(self, case: Case, op: Op) -> list[Fact]:
        with socket.socket() as own:
            own.settimeout(1)
            own.connect(("127.0.0.1", 9))
        return super().start(case, op)


@mutant("authorize: held")
class PutsItsKeyIntoUrls(CompleteConnector):
    def ask(self, case: Case) -> list[Fact] | None:
        self._call("GET", f"/me?key={self._credentials['api_key']}")
        return super().ask(case)


@mutant("manifest: names its class, which says the same")
class HasAnotherManifest(CompleteConnector):
    manifest = replace(COMPLETE, title="Another")


@mutant("manifest: is coherent", manifest=replace(COMPLETE, public=frozenset({"webhook_secret"})))
class ShowsItsSecret(CompleteConnector):
    manifest = replace(COMPLETE, public=frozenset({"webhook_secret"}))


@mutant(
    "manifest: has what it declares", "dispute: evidence*", "store: *", "forget: *", "balance: told", "settlement: *"
)
class HasNothing(AcmeConnector):
    manifest = COMPLETE


@mutant("credentials: checked")
class AcceptsAnyCredentials(CompleteConnector):
    def check(self) -> None:
        return


@mutant("balance: told")
class BalanceOfNobody(CompleteConnector):
    def balance(self, case: Case) -> int | None:
        try:
            return super().balance(case)
        except Exception:
            return 0


# ---- the shopper


@mutant("shopper: forges the return")
class BelievesTheBrowser(CompleteConnector):
    def proceed(self, case: Case, op: Op, back: Sent | None) -> list[Fact]:
        if back and back.query.get("status") == "succeeded":
            return [Fact(case=case.id, kind=op.kind, outcome=Outcome.SUCCEEDED, op=op.id, reference=case.reference)]
        return super().proceed(case, op, back)


@mutant("shopper: awaited", "shopper: is asked a second time", "store: confirmed by the shopper")
class SendsNobodyAnywhere(CompleteConnector):
    def _fact(self, payment: Mapping[str, Any], operation: Mapping[str, Any]) -> Fact:
        return replace(super()._fact(payment, operation), action=None)


@mutant("shopper: declines", "authorize: refused")
class GivesNoReason(CompleteConnector):
    def _fact(self, payment: Mapping[str, Any], operation: Mapping[str, Any]) -> Fact:
        return replace(super()._fact(payment, operation), reason=None)


@mutant("shopper: cancels")
class TakesLeavingForApproval(CompleteConnector):
    def _fact(self, payment: Mapping[str, Any], operation: Mapping[str, Any]) -> Fact:
        fact = super()._fact(payment, operation)
        return replace(fact, outcome=Outcome.SUCCEEDED) if fact.reason == "CANCELLED_BY_PAYER" else fact


@mutant("shopper: the return's answers are lost")
class FailsOnTheReturn(CompleteConnector):
    def proceed(self, case: Case, op: Op, back: Sent | None) -> list[Fact]:
        try:
            return super().proceed(case, op, back)
        except Exception:
            return [Fact(case=case.id, kind=op.kind, outcome=Outcome.FAILED, op=op.id, reason="OTHER")]


TRANSFERS = replace(COMPLETE, methods={"transfer": Can(inputs=frozenset({"none"}), captures="none")})


@mutant("shopper: is told what to do", manifest=TRANSFERS)
class SaysNotWhatToDo(CompleteConnector):
    def start(self, case: Case, op: Op) -> list[Fact]:
        action = Action(kind="instructions", data={"iban": "DE02120300000000202051"})
        return [Fact(case=case.id, kind=op.kind, outcome=Outcome.ACTION, op=op.id, action=action)]


# ---- closes


@mutant("close: authorized already", "close: request arrives later", "close: request runs beside it")
class ClosesWithoutAWord(CompleteConnector):
    def close(self, case: Case, op: Op) -> list[Fact]:
        return [Fact(case=case.id, kind=Kind.CLOSE, outcome=Outcome.SUCCEEDED, op=op.id)]


@mutant("close: request never arrives", "close: awaits the shopper", "close: authorized already")
class ClosesNothing(CompleteConnector):
    def close(self, case: Case, op: Op) -> list[Fact]:
        return []


@mutant("close: its answers are lost")
class TakesSilenceForClosed(CompleteConnector):
    def close(self, case: Case, op: Op) -> list[Fact]:
        try:
            return super().close(case, op)
        except Exception:
            return [Fact(case=case.id, kind=Kind.CLOSE, outcome=Outcome.SUCCEEDED, op=op.id)]


@mutant("close: repeated")
class ClosesOnce(CompletePay):
    def _void(self, reference: str) -> dict[str, Any]:
        twice = reference in self.voids
        return {"status": "open", "operations": []} if twice else super()._void(reference)


# ---- notifications


class Believes(CompleteConnector):
    def receive(self, sent: Sent) -> list[Fact | Look]:
        try:
            return [*self._facts(self.read(sent))]
        except (ValueError, KeyError, TypeError) as error:
            raise Malformed from error

    def read(self, sent: Sent) -> Mapping[str, Any]:
        import json

        shown: Mapping[str, Any] = json.loads(sent.body)["payment"]
        return shown


@mutant("notifications: forged", "notifications: signed for somebody else")
class BelievesEveryNotification(Believes):
    pass


@mutant("notifications: nonsense")
class ReadsBeforeItVerifies(Believes):
    def receive(self, sent: Sent) -> list[Fact | Look]:
        self.read(sent)
        return super(Believes, self).receive(sent)


@mutant("notifications: before our own record", "payout: notified", "dispute: notified")
class HearsNothing(CompleteConnector):
    def receive(self, sent: Sent) -> list[Fact | Look]:
        super().receive(sent)
        return []


class Hears(CompleteConnector):
    def receive(self, sent: Sent) -> list[Fact | Look]:
        return [self.heard(each) if isinstance(each, Fact) else each for each in super().receive(sent)]

    def heard(self, fact: Fact) -> Fact:
        raise NotImplementedError


@mutant("notifications: doubled", "unasked: refund")
class HearsOfAnotherOperation(Hears):
    def heard(self, fact: Fact) -> Fact:
        return fact if fact.kind is Kind.AUTHORIZE else replace(fact, op=None, reference=f"heard {fact.reference}")


@mutant("notifications: in the wrong order")
class TakesTheLastForTheLatest(CompleteConnector):
    def receive(self, sent: Sent) -> list[Fact | Look]:
        facts = [each for each in super().receive(sent) if isinstance(each, Fact)]
        captured = sum(each.amount or 0 for each in facts if each.kind is Kind.CAPTURE)
        at = datetime.now(UTC)
        return [replace(each, captured=captured, as_of=at) for each in facts if each.kind is not Kind.CAPTURE]


class Looks(CompleteConnector):
    """Not broken: its PSP signs nothing, so its notifications name a payment and no more."""

    def receive(self, sent: Sent) -> list[Fact | Look]:
        names = [each.case for each in super().receive(sent)]
        return [Look(self.name(names[0]))] if names else []

    def name(self, case: str) -> str:
        return case


@mutant("notifications: of a name alone")
class LooksElsewhere(Looks):
    def name(self, case: str) -> str:
        return "somewhere"


# ---- what nobody asked for


@mutant(
    "unasked: refund", "unasked: two*", "unasked: a hold*", "unasked: the rest*", "unasked: a bank takes a part back"
)
class OverlooksWhatOthersDid(CompleteConnector):
    def _facts(self, payment: Mapping[str, Any]) -> list[Fact]:
        return [each for each in super()._facts(payment) if each.op or each.dispute]


@mutant("unasked: a hold runs out")
class TakesALapseForACancel(CompleteConnector):
    def _fact(self, payment: Mapping[str, Any], operation: Mapping[str, Any]) -> Fact:
        return replace(super()._fact(payment, operation), lapsed=False)


@mutant("unasked: a bank takes all back", "unasked: a capture fails later", "unasked: a refund fails later")
class StaysWithItsSuccess(CompleteConnector):
    def _fact(self, payment: Mapping[str, Any], operation: Mapping[str, Any]) -> Fact:
        fact = super()._fact(payment, operation)
        return replace(fact, outcome=Outcome.SUCCEEDED) if fact.outcome is Outcome.REVERSED else fact


# ---- disputes


@mutant("dispute: opened", "dispute: notified")
class OverlooksDisputes(CompleteConnector):
    def _facts(self, payment: Mapping[str, Any]) -> list[Fact]:
        return [each for each in super()._facts(payment) if not each.dispute]


@mutant("dispute: evidence sent, once under its key")
class HasOneRevision(CompleteConnector):
    def _dispute(self, payment: Mapping[str, Any], shown: Mapping[str, Any]) -> Fact:
        return super()._dispute(payment, {**shown, "revision": 1})


@mutant("dispute: accepted")
class AnswersClosedDisputes(CompleteConnector):
    def send_evidence(self, case: Case, dispute: str, key: str, evidence: Evidence) -> list[Fact] | None:
        try:
            return super().send_evidence(case, dispute, key, evidence)
        except NotAccepted:
            return None


@mutant("dispute: its answers are lost")
class GivesUpDisputes(CompleteConnector):
    def send_evidence(self, case: Case, dispute: str, key: str, evidence: Evidence) -> list[Fact] | None:
        facts = super().send_evidence(case, dispute, key, evidence)
        if facts is None:
            raise NotAccepted("no answer")
        return facts


# ---- stored instruments


@mutant("store: without a payment", "store: with a payment", "store: pays again", "recurring: the shopper is absent")
class TellsNoInstrument(CompleteConnector):
    def _fact(self, payment: Mapping[str, Any], operation: Mapping[str, Any]) -> Fact:
        return replace(super()._fact(payment, operation), instrument=None)


@mutant("store: found by asking")
class FindsAnotherInstrument(CompleteConnector):
    def ask(self, case: Case) -> list[Fact] | None:
        facts = super().ask(case) or []
        return [
            replace(each, instrument=replace(each.instrument, token="x")) if each.instrument else each for each in facts
        ]


@mutant("recurring: the shopper is absent")
class ForgetsTheShopper(CompleteConnector):
    def start(self, case: Case, op: Op) -> list[Fact]:
        return super().start(replace(case, shopper={"key": "nobody"}) if case.recurring == "REPEATED" else case, op)


@mutant("recurring: authentication required")
class DoesNotSayThatTheShopperIsNeeded(CompleteConnector):
    def _fact(self, payment: Mapping[str, Any], operation: Mapping[str, Any]) -> Fact:
        fact = super()._fact(payment, operation)
        return replace(fact, reason="REFUSED") if fact.reason == "AUTHENTICATION_REQUIRED" else fact


@mutant("forget: stored")
class ForgetsNothing(CompleteConnector):
    def forget(self, case: Case) -> bool:
        return True


@mutant("forget: its answers are lost")
class TakesSilenceForForgotten(CompleteConnector):
    def forget(self, case: Case) -> bool:
        try:
            return super().forget(case)
        except Exception:
            return True


@mutant("forget: repeated, and what was never stored")
class ForgetsOnce(CompletePay):
    def _route(
        self, method: str, path: list[str], query: dict[str, list[str]], said: dict[str, Any], key: str
    ) -> tuple[int, dict[str, Any]]:
        if method == "DELETE" and all(each.deleted for each in self.cards if each.reference == path[1]):
            return 422, {}
        return super()._route(method, path, query, said, key)


# ---- what is offered


def offering(**gift_card: Any) -> Manifest:
    """The complete manifest with another offer of gift cards."""
    methods = {**COMPLETE.methods, "gift_card": replace(COMPLETE.methods["gift_card"], **gift_card)}
    return replace(COMPLETE, methods=methods)


@mutant("offering: is coherent", manifest=offering(amounts={"EUR": (500, 100)}))
class OffersFromMoreThanTo(CompleteConnector):
    pass


@mutant("offering: is coherent", manifest=offering(amounts={"euro": (1, 100_000)}))
class OffersWhatIsNoCurrency(CompleteConnector):
    pass


@mutant("offering: is coherent", manifest=offering(inputs=frozenset({"token", "fields"})))
class OffersFieldsWithoutAny(CompleteConnector):
    pass


class TakesLittle(CompletePay):
    """As where an account has limits: less than a euro or more than a thousand is refused."""

    def _pay(self, said: Mapping[str, Any], key: str) -> tuple[int, dict[str, Any]]:
        if not 1 <= float(said["amount"]) <= 1000:
            return 422, {"code": "amount"}
        return super()._pay(said, key)


@mutant("offering: the least and the greatest amount", manifest=offering(amounts={"EUR": (1, 100_000)}))
class OffersLessThanThePspTakes(TakesLittle):
    pass


@mutant("offering: the least and the greatest amount", manifest=offering(amounts={"EUR": (100, 200_000)}))
class OffersMoreThanThePspTakes(TakesLittle):
    pass


@mutant("offering: the least and the greatest amount", manifest=offering(amounts={"EUR": (100, 1000), "XAU": (1, 9)}))
class OffersACurrencyThatThePspDoesNotTake(CompletePay):
    def _pay(self, said: Mapping[str, Any], key: str) -> tuple[int, dict[str, Any]]:
        return (422, {"code": "currency"}) if said["currency"] == "XAU" else super()._pay(said, key)


@mutant("offering: the PSP's own page")
class HasNoPage(CompletePay):
    def _pay(self, said: Mapping[str, Any], key: str) -> tuple[int, dict[str, Any]]:
        return super()._pay(said, key) if said["source"] else (422, {"code": "source"})


# ---- settlement


@mutant("settlement: equal to the truth")
class SwapsColumns(CompleteConnector):
    def _line(self, reference: str, currency: str, captured: str, refunded: str) -> Settlement:
        return super()._line(reference, currency, refunded, captured)


@mutant("settlement: nonsense")
class ReadsWhatItCan(CompleteConnector):
    def read_report(self, report: bytes) -> Iterable[Settlement]:
        try:
            return super().read_report(report)
        except Malformed:
            return []


@mutant("settlement: no answer", manifest=ASKED)
class TakesSilenceForNothingSettled(AskedConnector):
    def settled(self, since: datetime) -> Iterable[Settlement | BankCredit]:
        try:
            return list(super().settled(since))
        except Exception:
            return []


@mutant("settlement: a credit is explained", manifest=ASKED)
class LosesLines(AskedConnector):
    """Such as those of a second page."""

    def settled(self, since: datetime) -> Iterable[Settlement | BankCredit]:
        told = list(super().settled(since))
        refunds = [each for each in told if isinstance(each, Settlement) and each.kind is Kind.REFUND]
        lost = max(refunds, key=lambda each: each.amount)
        return [replace(lost, payout=None), *(each for each in told if each != lost)]


# ---- vendors' parts


@mutant("vendor's part: carved, captured with a fee, refunded")
class CapturesThePartOfTheParent(CompleteConnector):
    def perform(self, case: Case, op: Op) -> list[Fact]:
        if not case.parent:
            return super().perform(case, op)
        facts = super().perform(replace(case, reference=case.parent.reference), op)
        return [replace(each, case=case.id) for each in facts]


@mutant("vendor's part: more than is left", "vendor's part: refused")
class PretendsToCarve(CompleteConnector):
    def start(self, case: Case, op: Op) -> list[Fact]:
        facts = super().start(case, op)
        return [replace(each, outcome=Outcome.SUCCEEDED) for each in facts] if case.parent else facts
