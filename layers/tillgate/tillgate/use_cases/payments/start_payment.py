"""START: begins a payment and asks the PSP to authorize it (CM-4, CM-5, RG-1, RG-2)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from tillgate.connectors.host.cases import Means
from tillgate.connectors.v1 import Can, Manifest
from tillgate.domain.merchants.account import Merchant
from tillgate.domain.orders import starting
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.order import Order
from tillgate.domain.orders.shown import Shown
from tillgate.domain.payments.events import PaymentStarted
from tillgate.domain.payments.lifecycle import PaymentStatus
from tillgate.domain.payments.limits import Limits
from tillgate.domain.payments.methods import METHODS
from tillgate.domain.payments.operations import Actor
from tillgate.domain.payments.payment import Payment
from tillgate.domain.psp.facts import Fact
from tillgate.domain.shared.refusals import CapabilityNotSupported, MethodNotApplicable, OperationNotAllowed, Refusal
from tillgate.runtime.telemetry import count
from tillgate.store.shared.idempotency import Record
from tillgate.use_cases.payments.limit_attempts import AttemptLimit
from tillgate.use_cases.payments.payment_instruments import InstrumentRequest, ResolvedInstrument, resolve_instrument
from tillgate.use_cases.payments.route_payment import ways_to_pay
from tillgate.use_cases.shared.changes import PATIENCE, ConcurrentChange, Saved, change, execute_requests
from tillgate.use_cases.shared.connectors import mode_for, why_not_taken, why_not_usable
from tillgate.use_cases.shared.idempotency import IdempotencyGuard
from tillgate.use_cases.shared.means import account_of, notes_of, shopper_of
from tillgate.wiring import System


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A request to pay an order. `amount` None: what is open.

    `shown` is what the shopper's page said: an outdated one (a second tab, a double click) starts nothing. `place`: the
    shopper's IP address, if it is known and not in the context.
    """

    method: str
    amount: int | None = None
    asked: InstrumentRequest = field(default_factory=InstrumentRequest)
    return_url: str | None = None
    actor: Actor = Actor.MERCHANT
    shopper_context: Mapping[str, str] = field(default_factory=dict)
    """What the PSP may want to know of the shopper's browser; it is not stored."""
    shown: Shown | None = None
    place: str | None = None


@dataclass(slots=True)
class _Attempt:
    """Decides what a START does to an order, as often as others change the order meanwhile."""

    system: System
    merchant: Merchant
    start: Start
    manifest: Manifest
    guard: IdempotencyGuard
    limit: AttemptLimit
    resolved: ResolvedInstrument = field(default_factory=ResolvedInstrument)
    """The instrument of the latest decision."""
    shown: Shown | None = None
    """What the page has to have shown for the next decision."""
    instead_of: str | None = None
    """The payment that another PSP has certainly not begun."""
    heard: list[Fact] = field(default_factory=list)

    def decide(self, order: Order) -> list[Event]:
        """Ends an earlier payment that awaits the shopper; if there is none, begins the new one."""
        if self.shown:
            self.shown.check(order)
        if self.instead_of:
            _check_ended(order.payment(self.instead_of))
        else:
            self.guard.expect(order)
        check_start(self.merchant, order, self.start)
        if found := why_not_usable(self.system, order.merchant_id, self.manifest.name, order, self.start.method):
            raise MethodNotApplicable(found, "/method")
        self.resolved = resolve_instrument(self.system, order, self.start.method, self.manifest, self.start.asked)
        earlier = [] if self.instead_of else _end_earlier(self.system, order, self.start, self.guard)
        if earlier:
            self.shown = self.shown and self.shown.after_own_change()
            return earlier
        return self._begin(order)

    def _begin(self, order: Order) -> list[Event]:
        start, can = self.start, self.manifest.methods[self.start.method]
        _check_capabilities(order, self.manifest, start.method, start.amount)
        begin = partial(
            starting.start_payment,
            order,
            method=start.method,
            connector=self.manifest.name,
            amount=start.amount,
            return_url=start.return_url,
            actor=start.actor,
            now=self.system.now(),
            instrument=self.resolved.instrument,
            saves_as=self.resolved.saves_as,
            recurring=self.resolved.recurring,
            refund_before_settled=can.refund_before_settled,
            limits=_limits(can),
            mode=mode_for(self.system, order.merchant_id, self.manifest.name, order),
        )
        begin()  # what is refused is not counted
        paid_with, is_saved = self.resolved.paid_with or {}, self.resolved.instrument is not None
        known_by = (self.resolved.fingerprint, paid_with.get("token"), paid_with.get("iban"))
        return begin(fingerprint=self.limit.admit(order, self.manifest, known_by, is_saved=is_saved))

    def record(self, events: list[Event]) -> Record | None:
        payment_id = _started(events)
        if payment_id is None:
            return None
        return self.guard.moves(payment_id) if self.instead_of else self.guard.begins(payment_id)

    def means(self, order: Order) -> Means:
        uses = self.resolved.instrument or self.resolved.saves_as
        shopper_key = order.terms.shopper_key if uses else None
        mode = mode_for(self.system, order.merchant_id, self.manifest.name, order)
        return Means(
            instrument=self.resolved.paid_with,
            account=account_of(self.system, order),
            shopper=shopper_of(self.system, order) | dict(self.start.shopper_context),
            shopper_memory=notes_of(self.system, self.manifest, order.merchant_id, shopper_key, mode),
        )


def start_payment(
    system: System, merchant: Merchant, order_key: str, start: Start, guard: IdempotencyGuard
) -> tuple[Order, str]:
    """Returns the order and the new payment's id, whatever its outcome.

    An earlier payment that still awaits the shopper and has to make way is ended first, at the PSP too. Raises
    `OperationNotAllowed` while an earlier one's outcome is unknown, `TooSoon` after too many failed attempts.
    """
    token = start.asked.paid_with.get("token")
    ways = ways_to_pay(system, merchant, order_key, start.method, start.amount, token)
    limit = AttemptLimit(system, merchant, start.place or start.shopper_context.get("ip"))
    attempt = _Attempt(system, merchant, start, ways[0], guard, limit, shown=start.shown)
    began = system.clock()
    saved = _saved(attempt, order_key)
    if not _started(saved.events):
        execute_requests(system, saved)
        if system.clock() - began > PATIENCE:
            raise ConcurrentChange  # the earlier payment is closed, but there is too little time left for a new one
        saved = _saved(attempt, order_key)
    payment_id = _started(saved.events)
    if payment_id is None:
        raise ConcurrentChange
    order = _execute(attempt, saved, payment_id, is_last=len(ways) == 1)
    if len(ways) > 1:
        order, payment_id = _failed_over(attempt, order, payment_id, ways[1:], until=began + PATIENCE)
    limit.settle(order.payment(payment_id))
    return order, payment_id


def _execute(attempt: _Attempt, saved: Saved, payment_id: str, *, is_last: bool) -> Order:
    """Only the last one's outcome is the call's answer."""
    guard, means = attempt.guard if is_last else None, attempt.means(saved.order)
    return execute_requests(attempt.system, saved, guard=guard, subject=payment_id, means=means, heard=attempt.heard)


def _failed_over(
    attempt: _Attempt, order: Order, payment_id: str, ways: list[Manifest], *, until: float
) -> tuple[Order, str]:
    """Tries the next PSP with a payment of its own, as long as the one before has certainly not begun (GO-5).

    The payment before has ended by then: an order never has two that could both take money. What is unknown, or was
    left by a crash, is never tried elsewhere.
    """
    for manifest in ways:
        if not _is_not_begun(attempt, order, payment_id) or attempt.system.clock() > until:
            break
        attempt = replace(attempt, manifest=manifest, instead_of=payment_id, shown=None, heard=[])
        try:
            saved = _saved(attempt, order.order_key)
        except (Refusal, ConcurrentChange):
            break  # others have changed the order meanwhile: the merchant sees how it stands
        payment_id = _started(saved.events) or payment_id
        count("FailedOver", connector=manifest.name)
        order = _execute(attempt, saved, payment_id, is_last=False)
    attempt.guard.finish(order, payment_id)
    return order, payment_id


def _check_ended(payment: Payment | None) -> None:
    """Raises `OperationNotAllowed` if it has come to life after all."""
    if payment is None or payment.status is not PaymentStatus.FAILED:
        raise OperationNotAllowed("the payment before has not ended")


def _is_not_begun(attempt: _Attempt, order: Order, payment_id: str) -> bool:
    payment = order.payment(payment_id)
    if payment is None or payment.status is not PaymentStatus.FAILED:
        return False
    authorization = payment.authorization.operation_id
    return any(fact.not_begun for fact in attempt.heard if fact.operation_id == authorization)


def _saved(attempt: _Attempt, order_key: str) -> Saved:
    return change(
        attempt.system,
        order_key,
        attempt.decide,
        actor=attempt.start.actor,
        cause="failover" if attempt.instead_of else "menu" if attempt.start.actor is Actor.SHOPPER else "api",
        merchant_id=attempt.merchant.merchant_id,
        record=attempt.record,
    )


def check_start(merchant: Merchant, order: Order, start: Start) -> None:
    """Raises a `Refusal` for what the order or the account does not allow, before an earlier payment is ended."""
    starting.check_applies(order, start.method)
    rule = merchant.method_rules.get(start.method)
    if rule and (why_not := rule.why_not(start.amount or order.open, order.currency)):
        raise MethodNotApplicable(why_not, "/method")


def _limits(can: Can) -> Limits | None:
    limits = Limits(can.captures, can.cancels, can.refunds)
    return None if limits == Limits() else limits


def _started(events: list[Event]) -> str | None:
    return next((event.payment_id for event in events if isinstance(event, PaymentStarted)), None)


def _end_earlier(system: System, order: Order, start: Start, guard: IdempotencyGuard) -> list[Event]:
    """Closes payments that await the shopper and have to make way, unless this call is a repetition or could not start
    anything."""
    ending = starting.make_way(order, start.method, start.amount, system.now())
    if ending:
        guard.check()
        starting.may_start(order, system.now())
        starting.check_room_for(order, start.method)
    return ending


def _check_capabilities(order: Order, manifest: Manifest, method: str, amount: int | None) -> None:
    can = manifest.methods[method]
    if METHODS[method].holds and order.capture not in can.capture:
        other = "immediately; use capture manual" if order.capture == "auto" else "later; use capture auto"
        raise CapabilityNotSupported(f"{manifest.title} cannot capture {other}")
    if found := why_not_taken(manifest, order, method, amount or order.open or order.amount):
        raise CapabilityNotSupported(found)
