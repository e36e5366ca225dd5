"""START: begins a payment and asks the PSP to authorize it (CM-4, CM-5, RG-1, RG-2)."""

from collections.abc import Callable

from tillgate.connectors.api import Authorization, Capabilities
from tillgate.domain.merchants.account import Merchant
from tillgate.domain.orders import starting
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.events import PaymentStarted
from tillgate.domain.payments.lifecycle import Capture
from tillgate.domain.payments.operations import Actor, Operation
from tillgate.domain.payments.payment import Payment
from tillgate.domain.shared.refusals import CapabilityNotSupported, MethodNotApplicable, OperationNotAllowed
from tillgate.use_cases.payments.payment_instruments import InstrumentRequest, ResolvedInstrument, resolve_instrument
from tillgate.use_cases.shared.changes import PATIENCE, ConcurrentChange, Saved, change, execute_requests
from tillgate.use_cases.shared.connectors import connector_for
from tillgate.use_cases.shared.idempotency import IdempotencyGuard
from tillgate.wiring import System


def start_payment(
    system: System,
    merchant: Merchant,
    order_key: str,
    *,
    method: str,
    amount: int | None,
    asked: InstrumentRequest,
    return_url: str | None,
    guard: IdempotencyGuard,
    actor: Actor = Actor.MERCHANT,
    number: int | None = None,
) -> tuple[Order, str]:
    """Returns the order and the new payment's id, whatever its outcome.

    `number` is the expected ordinal of this payment in the order: a stale page (a second tab, a double click) starts
    nothing.

    An earlier payment that still awaits the shopper is ended first, at the PSP too. Raises `OperationNotAllowed` while
    an earlier one's outcome is unknown.
    """
    connector_name = connector_for(system, merchant, method)
    connector = system.connector(connector_name)
    means = ResolvedInstrument()

    def decide(order: Order) -> list[Event]:
        nonlocal means
        if number is not None and number != len(order.payments) + 1:
            raise OperationNotAllowed("another payment was started in the meantime")
        guard.expect(order)
        starting.check_applies(order, method)  # before an earlier payment is ended for it
        rule = merchant.method_rules.get(method)
        if rule and (why_not := rule.why_not(amount or order.open, order.currency)):
            raise MethodNotApplicable(why_not, "/method")
        means = resolve_instrument(system, order, method, connector, asked)
        earlier = _end_earlier(system, order, method, guard)
        if earlier:
            return earlier
        _check_capabilities(order, connector_name, connector.capabilities)
        return starting.start_payment(
            order,
            method=method,
            connector=connector_name,
            amount=amount,
            return_url=return_url,
            actor=actor,
            now=system.now(),
            instrument=means.instrument,
            saves_as=means.saves_as,
            recurring=means.recurring,
            refund_before_settled=connector.capabilities.refund_before_settled,
        )

    def start() -> Saved:
        return change(
            system,
            order_key,
            decide,
            actor=actor,
            cause="menu" if actor is Actor.SHOPPER else "api",
            merchant_id=merchant.merchant_id,
            record=lambda events: guard.begins(_started(events)) if _started(events) else None,
        )

    saved, payment_id = _begin(system, start)

    def authorization(order: Order, payment: Payment, operation: Operation) -> Authorization:
        api_url = system.api_url
        return Authorization(
            payment=payment,
            operation=operation,
            currency=order.currency,
            token=means.psp_token,
            shopper=order.terms.shopper_key if means.instrument or means.saves_as else None,
            account=_account(system, order),
            return_url=f"{api_url}/psp/{payment.connector}/return/{payment.payment_id}",
            notification_url=f"{api_url}/psp/{payment.connector}/notifications",
        )

    order = execute_requests(system, saved, guard=guard, subject=payment_id, authorize=authorization)
    return order, payment_id


def _begin(system: System, start: Callable[[], Saved]) -> tuple[Saved, str]:
    """Ends a payment that still awaits the shopper, if there is one; then begins. Raises `ConcurrentChange`."""
    began = system.clock()
    saved = start()
    if not _started(saved.events):
        execute_requests(system, saved)
        if system.clock() - began > PATIENCE:
            raise ConcurrentChange  # the earlier payment is closed, but there is too little time left for a new one
        saved = start()
    payment_id = _started(saved.events)
    if payment_id is None:
        raise ConcurrentChange
    return saved, payment_id


def _started(events: list[Event]) -> str | None:
    return next((event.payment_id for event in events if isinstance(event, PaymentStarted)), None)


def _end_earlier(system: System, order: Order, method: str, guard: IdempotencyGuard) -> list[Event]:
    """Closes a payment that awaits the shopper, unless this call is a repetition or could not start anything."""
    ending = starting.end_awaiting(order, system.now())
    if ending:
        guard.check()
        starting.may_start(order, system.now())
        starting.check_room_for(order, method)
    return ending


def _check_capabilities(order: Order, name: str, capabilities: Capabilities) -> None:
    if order.capture is Capture.AUTO and not capabilities.auto_capture:
        raise CapabilityNotSupported(f"{name} cannot capture immediately; use capture manual")
    if order.kind == "technical" and not capabilities.split:
        raise CapabilityNotSupported(f"{name} cannot split a payment between vendors")


def _account(system: System, order: Order) -> str | None:
    """The PSP's account of the vendor whose order this is."""
    if order.terms.vendor_id is None:
        return None
    vendor = system.merchants.vendor(order.merchant_id, order.terms.vendor_id)
    return vendor.psp_account if vendor else None
