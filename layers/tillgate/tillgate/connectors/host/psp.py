"""One PSP for one merchant, as use cases see it: the domain's words in and out, and no exceptions of a connector.

| what escapes a connector | becomes |
| --- | --- |
| `NotSent`, of a call with one request | NOT_BEGUN: it was not sent, or the PSP has turned it away (401, 429) |
| anything else | UNKNOWN: the PSP is asked |

Of a START that was NOT_BEGUN nothing is asked: it has failed, and can be tried again. A request that is repeated may
have begun when it was sent first, and what the system owes is tried until it is done: these stay UNKNOWN.

NOT_BEGUN that a connector reports holds only for the first request of a call too: an earlier one may have done
something. A fault of a connector moves no money.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from tillgate.connectors import v1
from tillgate.connectors.host import cases
from tillgate.connectors.host.cases import Means, Urls
from tillgate.connectors.host.facts import facts_of, is_sound
from tillgate.connectors.host.http import PspHttp
from tillgate.connectors.host.observed import OUTCOMES, Observed
from tillgate.connectors.host.registrations import Stored, registered
from tillgate.connectors.host.surroundings import Surroundings
from tillgate.connectors.v1 import Can, Case, Connector, Look, Manifest, NoAnswer, NotSent, Op, Outcome, Sent
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.disputes import Dispute, Evidence
from tillgate.domain.payments.operations import Operation, OperationStatus
from tillgate.domain.payments.payment import Payment
from tillgate.domain.psp.facts import Fact
from tillgate.domain.shoppers.saved_instruments import SavedInstrument
from tillgate.runtime.telemetry import count, logger

if TYPE_CHECKING:
    from tillgate.domain.payouts.payout import Payout


@dataclass(frozen=True, slots=True)
class Line:
    """A connector with its HTTP client. `is_own`: the credentials are the merchant's."""

    connector: Connector
    http: PspHttp | None = None
    is_own: bool = False


class Psp:
    """Every call is made within `DEADLINE`. `connect` raises `NotSent` if the merchant has no credentials."""

    def __init__(self, system: Surroundings, manifest: Manifest, merchant_id: str | None, connect: Callable[[], Line]):
        self.manifest = manifest
        self._system = system
        self._merchant_id = merchant_id
        self._connect = connect

    @property
    def name(self) -> str:
        return self.manifest.name

    def can(self, method: str) -> Can | None:
        """What it does with that method; None if it does not have it."""
        return self.manifest.methods.get(method)

    # ---- payments

    def authorize(
        self, order: Order, payment: Payment, operation: Operation, means: Means, *, first: bool = False
    ) -> list[Fact]:
        """`first`: this was certainly never sent before."""
        return self._operate(lambda each, case, op: each.start(case, op), order, payment, operation, means, ends=first)

    def proceed(self, order: Order, payment: Payment, back: Sent | None) -> list[Fact]:
        """Continues after the shopper's action; `back` is the return from the PSP."""
        return self._operate(
            lambda each, case, op: each.proceed(case, op, back), order, payment, payment.authorization, None
        )

    def perform(self, order: Order, payment: Payment, operation: Operation, means: Means | None = None) -> list[Fact]:
        """Captures, cancels or refunds."""
        return self._operate(lambda each, case, op: each.perform(case, op), order, payment, operation, means)

    def close(self, order: Order, payment: Payment, operation: Operation, means: Means | None = None) -> list[Fact]:
        """Makes sure that the authorization can no longer succeed: SUCCEEDED if nothing is or can be authorized."""
        return self._operate(lambda each, case, op: each.close(case, op), order, payment, operation, means)

    def ask(self, order: Order, payment: Payment, means: Means | None = None) -> list[Fact] | None:
        """All that the PSP knows; None if it could not be asked. What is missing has certainly not reached it."""
        return self._ask(
            lambda line: cases.of_payment(order, payment, means or Means(), self._urls_to_repeat(line)), payment
        )

    def balance(self, order: Order, method: str, token: str) -> int | None:
        """Of a limited tender, in minor units: 0 if the PSP does not know it, None if it could not be asked."""
        case = cases.of_balance(order, method, token, self._system.now())
        return self._try(lambda line: cast(v1.TellsBalances, line.connector).balance(case), None)

    def send_evidence(
        self, order: Order, payment: Payment, dispute: Dispute, key: str, evidence: Evidence
    ) -> list[Fact] | None:
        """None: it is not known whether the PSP has it. Raises `NotAccepted`."""
        files = tuple(v1.EvidenceFile(each.name, each.content_type, each.content) for each in evidence.files)
        sent = v1.Evidence(evidence.text, files)
        return self._dispute(
            order, payment, lambda each, case: each.send_evidence(case, dispute.psp_reference, key, sent)
        )

    def accept_dispute(self, order: Order, payment: Payment, dispute: Dispute, key: str) -> list[Fact] | None:
        return self._dispute(order, payment, lambda each, case: each.accept_dispute(case, dispute.psp_reference, key))

    # ---- instruments

    def register(
        self, saved: SavedInstrument, instrument: Mapping[str, str], shopper_memory: Mapping[str, str]
    ) -> Stored:
        """Stores an instrument for a shopper; its token is the request's key."""
        from tillgate.connectors.host.other_cases import of_registration

        def start(line: Line) -> list[v1.Fact]:
            case = of_registration(saved, self._urls(line), instrument, shopper_memory)
            return line.connector.start(case, case.ops[0])

        return registered(self._facts(start, saved.token, saved.token, v1.Kind.SETUP), saved.token)

    def proceed_storing(self, saved: SavedInstrument, back: Sent) -> Stored:
        """Continues after the shopper has confirmed; `back` is the return from the PSP."""
        from tillgate.connectors.host.other_cases import of_registration

        def proceed(line: Line) -> list[v1.Fact]:
            case = of_registration(saved, self._urls(line))
            return line.connector.proceed(case, case.ops[0], back)

        return registered(self._facts(proceed, saved.token, saved.token, v1.Kind.SETUP), saved.token)

    def find(self, saved: SavedInstrument) -> Stored:
        """What became of a registration. FAILED: the PSP has nothing under this token."""
        from tillgate.connectors.host.other_cases import of_registration

        known = self._try(lambda line: line.connector.ask(of_registration(saved, self._urls(line))), None)
        if known is None:
            return Stored(OperationStatus.UNKNOWN)
        return registered(known, saved.token) if known else Stored(OperationStatus.FAILED)

    def forget(self, saved: SavedInstrument) -> bool:
        """Deletes what is stored under the token, or may be by a request under way. Whether the PSP confirmed it."""
        from tillgate.connectors.host.other_cases import of_registration

        def forget(line: Line) -> bool:
            return cast(v1.Forgets, line.connector).forget(of_registration(saved, self._urls(line)))

        return self._try(forget, False)

    # ---- payouts

    def pay_out(self, payout: "Payout", token: str | None) -> list[Fact]:
        """Pays to the payout's account, or to the PSP's own token. Under the same key it is the same attempt."""
        from tillgate.connectors.host.other_cases import of_payout

        def start(line: Line) -> list[v1.Fact]:
            case = of_payout(payout, self._urls(line), token)
            return line.connector.start(case, case.ops[-1])

        return facts_of(self._facts(start, payout.payout_id, payout.request_key, v1.Kind.PAYOUT))

    def ask_payout(self, payout: "Payout") -> list[Fact] | None:
        """All that the PSP knows of the attempts; None if it could not be asked."""
        from tillgate.connectors.host.other_cases import of_payout

        return self._ask(lambda line: of_payout(payout, self._urls(line)))

    # ---- what comes from the PSP

    def receive(self, sent: Sent) -> list[Fact | Look]:
        """Verifies and reads a notification. Raises `NotAuthentic`, `Malformed`, or what the connector raises."""
        line = self._line()
        told = line.connector.receive(sent)
        return [each for one in told for each in ([one] if isinstance(one, Look) else _sound(one))]

    def read_verified(self, body: bytes) -> list[Fact]:
        """A notification that an earlier version has verified and queued as it came. Raises `Malformed`."""
        told: list[v1.Fact] = cast(Any, self._line().connector).read(body)
        return facts_of(told)

    def read_report(self, report: bytes) -> Iterable[v1.Settlement | v1.BankCredit]:
        """The lines of a settlement report. Raises `Malformed`."""
        return cast(v1.ReadsReports, self._line().connector).read_report(report)

    def settled(self, since: datetime) -> Iterator[v1.Settlement | v1.BankCredit]:
        """What the PSP has settled since then, asked for as it is taken. The caller may call the PSP in between.

        Raises `NotSent`, `NoAnswer`, or what the connector raises.
        """
        line = self._line()
        told = iter(cast(v1.TellsSettlements, line.connector).settled(since))
        while True:
            if line.http:
                line.http.begin(each=True)
            try:
                one = next(told)
            except StopIteration:
                return
            yield one

    # ---- calls

    def _operate(
        self,
        call: Callable[[Connector, Case, Op], list[v1.Fact]],
        order: Order,
        payment: Payment,
        operation: Operation,
        means: Means | None,
        *,
        ends: bool = False,
    ) -> list[Fact]:
        op = cases.op_of(operation)

        def sent(line: Line) -> list[v1.Fact]:
            urls = self._urls(line) if op.kind is v1.Kind.AUTHORIZE else self._urls_to_repeat(line)
            return call(line.connector, cases.of_payment(order, payment, means or Means(), urls), op)

        told = [self._as_declared(each, payment) for each in self._facts(sent, payment.payment_id, op.id, op.kind)]
        facts = zip(told, facts_of(told), strict=True)
        return [_ended(fact) if ends and _is_not_begun(each, op) else fact for each, fact in facts]

    def _as_declared(self, told: v1.Fact, payment: Payment) -> v1.Fact:
        """Completes a fact by what the manifest says."""
        can = self.can(payment.method)
        if can and told.kind is v1.Kind.CANCEL and can.cancels == "by_capture" and told.op:
            return replace(told, amount=None)  # the PSP still holds what was cancelled in parts before
        held = told.kind is v1.Kind.AUTHORIZE and told.outcome is Outcome.SUCCEEDED and not told.captured
        if can and can.holds and held and told.expires_at is None:
            return replace(told, expires_at=payment.authorization.requested_at + can.holds)
        return told

    def _facts(self, call: Callable[[Line], list[v1.Fact]], case_id: str, op_id: str, kind: v1.Kind) -> list[v1.Fact]:
        """What the connector says, at least of the operation itself."""
        with Observed(self.name, kind, case_id) as seen:
            told = self._told(call, case_id, op_id, kind)
            seen.outcome = OUTCOMES[next(each for each in reversed(told) if each.op == op_id).outcome]
        return told

    def _told(self, call: Callable[[Line], list[v1.Fact]], case_id: str, op_id: str, kind: v1.Kind) -> list[v1.Fact]:
        unknown = v1.Fact(case=case_id, kind=kind, outcome=Outcome.UNKNOWN, op=op_id)
        try:
            line = self._line()
        except NotSent as error:
            self._fault(error)
            return [replace(unknown, outcome=Outcome.NOT_BEGUN)]
        try:
            told = [_less_sure(each, line) for each in call(line) if is_sound(each, case_id)]
        except NotSent as error:
            self._fault(error)
            told = [replace(unknown, outcome=Outcome.UNKNOWN if _requests(line) > 1 else Outcome.NOT_BEGUN)]
        except Exception as error:
            self._fault(error)
            told = []
        return told if any(each.op == op_id for each in told) else [*told, unknown]

    def _ask(self, case: Callable[[Line], Case], payment: Payment | None = None) -> list[Fact] | None:
        def ask(line: Line) -> list[Fact] | None:
            asked = case(line)
            known = line.connector.ask(asked)
            sound = [each for each in known or () if is_sound(each, asked.id)]
            told = [self._as_declared(each, payment) for each in sound] if payment else sound
            return None if known is None else facts_of(told)

        return self._try(ask, None)

    def _dispute(
        self, order: Order, payment: Payment, call: Callable[[v1.AnswersDisputes, Case], list[v1.Fact] | None]
    ) -> list[Fact] | None:
        def answer(line: Line) -> list[Fact] | None:
            case = cases.of_payment(order, payment, Means(), None)
            told = call(cast(v1.AnswersDisputes, line.connector), case)
            return None if told is None else facts_of([each for each in told if is_sound(each, case.id)])

        return self._try(answer, None, passes=(v1.NotAccepted,))

    def _try[Told](
        self, call: Callable[[Line], Told], otherwise: Told, passes: tuple[type[Exception], ...] = ()
    ) -> Told:
        with Observed(self.name, "ask") as seen:
            try:
                told = call(self._line())
            except passes:
                seen.outcome = "FAILED"
                raise
            except Exception as error:
                self._fault(error)
                return otherwise
            seen.outcome = "UNKNOWN" if told is None else "SUCCEEDED"
            return told

    def _line(self) -> Line:
        line = self._connect()
        if line.http:
            line.http.begin()
        return line

    def _urls_to_repeat(self, line: Line) -> Urls | None:
        """For a call that may repeat the authorization, as connectors do whose keys expire: its addresses are the same.

        Others tell the PSP no address, so that a window that ends does not have to ask for ours (ADR 9).
        """
        return None if self.manifest.key_window is None else self._urls(line)

    def _urls(self, line: Line) -> Urls:
        return Urls(self._system.api_url, self.name, self._merchant_id if line.is_own else None)

    def _fault(self, error: Exception) -> None:
        if isinstance(error, NoAnswer | NotSent):
            logger.warning("no answer of a psp", extra={"connector": self.name, "why": str(error)})
            return
        count("ConnectorFault", connector=self.name)
        logger.exception("a connector has failed", extra={"connector": self.name})


def _requests(line: Line) -> int:
    return line.http.requests if line.http else 0


def _less_sure(told: v1.Fact, line: Line) -> v1.Fact:
    """What the last request has not begun, an earlier one may have."""
    doubtful = told.outcome is Outcome.NOT_BEGUN and _requests(line) > 1
    return replace(told, outcome=Outcome.UNKNOWN) if doubtful else told


def _sound(told: v1.Fact) -> list[Fact]:
    """Of a stored instrument the core asks by itself: such facts are of no order or payout."""
    return facts_of([told]) if is_sound(told) and told.kind is not v1.Kind.SETUP else []


def _is_not_begun(told: v1.Fact, op: Op) -> bool:
    return told.op == op.id and told.outcome is Outcome.NOT_BEGUN


def _ended(fact: Fact) -> Fact:
    return replace(fact, status=OperationStatus.FAILED, reason_code="TRY_AGAIN_LATER", not_begun=True)
