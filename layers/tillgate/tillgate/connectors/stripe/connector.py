"""Stripe behind connector API v1. What is sent is in `intents`, what comes back in `reading`."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import ClassVar

from tillgate.connectors.stripe import disputes, intents, reading, settlement, webhooks
from tillgate.connectors.stripe.amounts import NotPayable
from tillgate.connectors.stripe.closing import Closer
from tillgate.connectors.stripe.connect import Connect
from tillgate.connectors.stripe.finding import INTENTS, SESSIONS, SETUPS, Finder, opening
from tillgate.connectors.stripe.instruments import fingerprint_of
from tillgate.connectors.stripe.manifest import MANIFEST
from tillgate.connectors.stripe.reasons import reason
from tillgate.connectors.stripe.wire import JSON, Answer, Unclear, Wire
from tillgate.connectors.v1 import (
    BankCredit,
    Case,
    Evidence,
    Fact,
    Http,
    Kind,
    Look,
    Manifest,
    Memory,
    NoAnswer,
    NotAccepted,
    NotSent,
    Op,
    Outcome,
    Sent,
    Settlement,
)

FIRST = timedelta(seconds=30)  # later than this a request may be a repetition of one whose outcome nobody recorded
_UNSURE = (Unclear, NoAnswer, NotSent, KeyError, ValueError, TypeError, AttributeError)


class StripeConnector:
    manifest: ClassVar[Manifest] = MANIFEST

    def __init__(self, credentials: Mapping[str, str], http: Http, now: Callable[[], datetime]) -> None:
        self._credentials = credentials
        self._wire = Wire(credentials["secret_key"], http)
        self._now = now

    def start(self, case: Case, op: Op) -> list[Fact]:
        if op.kind is Kind.PAYOUT or case.parent:
            return Connect(self._wire, self._now()).start(case, op)
        customer, case = self._customer(case, op), self._with_method(case, op)
        remember = {"customer": customer} if customer and "customer" not in case.shopper_memory else {}
        try:
            path, body = _request(case, op, customer)
        except NotPayable as error:
            return [_failed(case, op, {"code": f"amount_not_representable: {error}"})]
        answer = self._wire.post(path, body, op.id)
        if answer.key_was_used:
            return self._found(case, op, remember)
        if not answer.done:
            return [self._refused(case, op, answer, remember)]
        return _remembering(_begun(case, op, answer.body), remember)

    def proceed(self, case: Case, op: Op, back: Sent | None) -> list[Fact]:
        """The return from Stripe proves nothing: what became of it is read."""
        return self._found(case, op, {})

    def perform(self, case: Case, op: Op) -> list[Fact]:
        if case.parent:
            return Connect(self._wire, self._now()).perform(case, op)
        found = self._intent(case)
        try:
            path, body = _operation(case, op, found)
        except NotPayable as error:
            return [_failed(case, op, {"code": f"amount_not_representable: {error}"})]
        answer = self._wire.post(path, body, op.id)
        if answer.done:
            return _done(case, op, answer.body)
        if answer.key_was_used:
            raise Unclear("it has been sent before")
        if answer.not_begun:
            return [self._refused(case, op, answer, {})]
        return self._after_refusal(case, op, answer)

    def close(self, case: Case, op: Op) -> list[Fact]:
        return Closer(self._wire, self._now()).close(case, op)

    def ask(self, case: Case) -> list[Fact] | None:
        try:
            if case.parent or case.op(Kind.PAYOUT):
                return Connect(self._wire, self._now()).ask(case)
            found = Finder(self._wire, self._now()).find(case)
            return [] if found is None else list(self._told(case, found))
        except _UNSURE:
            return None

    def receive(self, sent: Sent) -> list[Fact | Look]:
        webhooks.verify(sent, self._credentials["webhook_secret"].split(), self._now())
        case, intent = webhooks.read(sent)
        if not case and intent:
            case = webhooks.case_of(self._wire.find(f"{INTENTS}/{intent}") or {})
        return [Look(case)] if case else []

    # ---- extras

    def check(self) -> None:
        modes = {name: self._credentials[name].split("_")[1:2] for name in ("secret_key", "publishable_key")}
        if modes["secret_key"] != modes["publishable_key"]:
            raise NotAccepted("secret_key and publishable_key are not both for test, or both for live")
        if (mode := self._credentials.get("mode")) and modes["secret_key"] != [mode]:
            raise NotAccepted(f"these are not the keys of your {mode} account")
        status = self._wire.status("balance")
        if status in (401, 403):
            raise NotAccepted("Stripe does not accept this secret_key: copy it from Developers, API keys")
        if status != 200:
            raise NoAnswer(str(status))

    def forget(self, case: Case) -> bool:
        """Detached from its customer, a PaymentMethod can never be used again."""
        try:
            known = case.memory.get("payment_method") or (case.instrument or {}).get("token")
            stored = known or self._stored(case)
            if stored is None:
                return True
            answer = self._wire.post(f"payment_methods/{stored}/detach", {}, None)
            return answer.done or answer.status in (400, 404)  # it is attached to nobody any more
        except _UNSURE:
            return False

    def settled(self, since: datetime) -> Iterable[Settlement | BankCredit]:
        return settlement.settled(self._wire, since)

    def send_evidence(self, case: Case, dispute: str, key: str, evidence: Evidence) -> list[Fact] | None:
        return disputes.send_evidence(self._wire, case, dispute, key, evidence)

    def accept_dispute(self, case: Case, dispute: str, key: str) -> list[Fact] | None:
        return disputes.accept(self._wire, case, dispute, key)

    # ---- parts

    def _stored(self, case: Case) -> str | None:
        """The PaymentMethod; None: there is none, and a request under way stores none any more. Raises `Unclear`."""
        close = Op(id=f"{opening(case).id}:forget", kind=Kind.CLOSE, amount=0, requested_at=self._now())
        facts = Closer(self._wire, self._now()).close(case, close)
        if facts[-1].outcome is Outcome.SUCCEEDED:
            return None
        method = _method(Finder(self._wire, self._now()).find(case) or {})
        if method is None:
            raise Unclear("it is not decided what is stored")
        return method

    def _customer(self, case: Case, op: Op) -> str | None:
        """Stripe's customer of the shopper; made where something is stored for later."""
        known = case.shopper_memory.get("customer")
        if known or not (case.saves_as or case.recurring or op.kind is Kind.SETUP):
            return known
        answer = self._wire.post("customers", intents.customer(case), f"{op.id}:customer")
        if not answer.done:
            raise (NotSent if answer.not_begun else Unclear)(f"no customer: {answer.status}")
        return str(answer.body["id"])

    def _with_method(self, case: Case, op: Op) -> Case:
        """A token, such as one of a wallet, is made a PaymentMethod: only that can pay an intent.

        Raises `NotSent` if Stripe turns this away: nothing else was sent.
        """
        token = (case.instrument or {}).get("token", "")
        if not token.startswith("tok_"):
            return case
        body = {"type": "card", "card": {"token": token}}
        answer = self._wire.post("payment_methods", body, f"{op.id}:method")
        if answer.not_begun:
            raise NotSent(f"no PaymentMethod: {answer.status}")
        # If it is refused, the intent is refused as well, and says why.
        return replace(case, instrument={"token": str(answer.body["id"])}) if answer.done else case

    def _intent(self, case: Case) -> str:
        """The id of the PaymentIntent. Raises `Unclear`."""
        known = case.memory.get("intent") or case.reference or ""
        if known.startswith("pi_"):
            return known
        found = Finder(self._wire, self._now()).find(case)
        intent = found.get("payment_intent") if found and found["object"] == "checkout.session" else found
        if not intent:
            raise Unclear("there is no PaymentIntent")
        return str(intent["id"])

    def _found(self, case: Case, op: Op, remember: Memory) -> list[Fact]:
        found = Finder(self._wire, self._now()).find(case)
        if found is None:
            return [Fact(case=case.id, kind=op.kind, outcome=Outcome.UNKNOWN, op=op.id, remember_shopper=remember)]
        return _remembering(list(self._told(case, found)), remember)

    def _told(self, case: Case, found: JSON) -> Iterator[Fact]:
        """All that Stripe knows of a case."""
        yield from _read(case, found)
        intent = found.get("payment_intent") if found["object"] == "checkout.session" else found
        charge = intent.get("latest_charge") if isinstance(intent, dict) else None
        if not isinstance(intent, dict) or not isinstance(charge, dict):
            return
        about = {"payment_intent": intent["id"]}
        if charge.get("amount_refunded") or case.op(Kind.REFUND):
            yield from reading.of_refunds(case, self._wire.every("refunds", about))
        if charge.get("disputed"):
            yield from disputes.facts(case, self._wire.every("disputes", about))

    def _refused(self, case: Case, op: Op, answer: Answer, remember: Memory) -> Fact:
        if answer.not_begun:
            first = op.outcome is None and self._now() < op.requested_at + FIRST
            outcome = Outcome.NOT_BEGUN if first else Outcome.UNKNOWN
            why = str(answer.error.get("code") or answer.status)
            return Fact(
                case=case.id, kind=op.kind, outcome=outcome, op=op.id, raw_reason=why, remember_shopper=remember
            )
        return _failed(case, op, answer.error, remember)

    def _after_refusal(self, case: Case, op: Op, answer: Answer) -> list[Fact]:
        """It may have been done before, by a request whose key has run out: what is true now is read."""
        facts = self.ask(case)
        if facts is None:
            raise Unclear("refused, and nothing more is known")
        if any(fact.op == op.id for fact in facts):
            return facts
        return [*facts, _failed(case, op, answer.error)]


def _request(case: Case, op: Op, customer: str | None) -> tuple[str, intents.Body]:
    if op.kind is Kind.SETUP and customer:
        return SETUPS, intents.setup(case, op, customer)
    if case.instrument:
        return INTENTS, intents.authorization(case, op, customer)
    return SESSIONS, intents.page(case, op, customer)


def _operation(case: Case, op: Op, intent: str) -> tuple[str, intents.Body]:
    if op.kind is Kind.CAPTURE:
        return f"{INTENTS}/{intent}/capture", intents.capture(case, op)
    if op.kind is Kind.CANCEL:
        return f"{INTENTS}/{intent}/cancel", {"cancellation_reason": "requested_by_customer", "expand": intents.CHARGE}
    return "refunds", intents.refund(case, op, intent)


def _read(case: Case, thing: JSON) -> list[Fact]:
    if thing["object"] == "setup_intent":
        return reading.of_setup(case, thing)
    if thing["object"] == "payment_intent":
        return reading.of_intent(case, thing)
    intent = thing.get("payment_intent")
    if thing["status"] == "complete" and isinstance(intent, dict):
        return reading.of_intent(case, intent)
    return reading.of_page(case, thing)


def _begun(case: Case, op: Op, thing: JSON) -> list[Fact]:
    facts = _read(case, thing)
    return facts or [Fact(case=case.id, kind=op.kind, outcome=Outcome.UNKNOWN, op=op.id)]


def _done(case: Case, op: Op, thing: JSON) -> list[Fact]:
    if op.kind is Kind.REFUND:
        return reading.of_refunds(case, [thing])
    return reading.of_intent(case, thing)


def _method(found: JSON) -> str | None:
    intent = found.get("payment_intent", found)
    method = intent.get("payment_method") if isinstance(intent, dict) else None
    return str(method["id"]) if isinstance(method, dict) else method


def _failed(case: Case, op: Op, error: JSON, remember: Memory | None = None) -> Fact:
    ours, theirs = reason(error)
    intent = error.get("payment_intent") or error.get("setup_intent") or {}
    about = {"intent": str(intent["id"])} if intent.get("id") else {}
    return Fact(
        case=case.id,
        kind=op.kind,
        outcome=Outcome.FAILED,
        op=op.id,
        reason=ours,
        raw_reason=theirs,
        reference=about.get("intent"),
        remember=about,
        remember_shopper=remember or {},
        fingerprint=fingerprint_of(error.get("payment_method") or {}),
    )


def _remembering(facts: list[Fact], remember: Memory) -> list[Fact]:
    return [replace(fact, remember_shopper=remember) for fact in facts] if remember else facts
