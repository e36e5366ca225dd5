"""For operators: the operations that a merchant has on an order, with a name and a reason in the history (ONE-9).

`version`: the order as the operator saw it. If it has changed since, nothing is done: `OtherVersion` says so. So a
button that is pressed twice acts once.
"""

from dataclasses import dataclass
from enum import StrEnum

from tillgate.domain.marketplace.vendor_payments import agreed_fee
from tillgate.domain.orders import ending, operating
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.events import OperationRequested
from tillgate.domain.payments.operations import Actor
from tillgate.domain.shared.identifiers import aggregate_key_of
from tillgate.domain.shared.refusals import Refusal
from tillgate.use_cases.marketplace.unwind_vendors import unwind_vendors
from tillgate.use_cases.operators.resolve import check_who_and_why, expect
from tillgate.use_cases.psp.ask_psp import ask_psp
from tillgate.use_cases.shared.changes import PATIENCE, change, execute_requests, load
from tillgate.wiring import System


class Deed(StrEnum):
    """What an operator does. The last two concern the whole order, the others one payment."""

    CAPTURE = "capture"
    CANCEL = "cancel"
    REFUND = "refund"
    WITHDRAW = "withdraw"
    CANCEL_ORDER = "cancel_order"
    WITHDRAW_ORDER = "withdraw_order"

    @property
    def needs_payment(self) -> bool:
        return self not in (Deed.CANCEL_ORDER, Deed.WITHDRAW_ORDER)


@dataclass(frozen=True, slots=True)
class Act:
    """`key`: of the order, or of the vendor payment, as `aggregate_key_of` its payment's id.

    `amount` in minor units; None: all that is possible. `final`: a capture in part releases the rest.
    """

    deed: Deed
    key: str
    payment_id: str | None = None
    amount: int | None = None
    final: bool | None = None
    version: int | None = None

    def __post_init__(self) -> None:
        for name, value in (("amount", self.amount), ("version", self.version)):
            if value is not None and type(value) is not int:
                raise Refusal(f"{name} must be a whole number", f"/{name}")
        if self.final not in (None, True, False):
            raise Refusal("final must be true or false", "/final")


def act(system: System, wanted: Act, *, by: str, reason: str) -> Order:
    """The order afterwards, or the vendor payment. Raises `Refusal` if it is not possible."""
    check_who_and_why(by, reason)
    saved = change(
        system,
        wanted.key,
        lambda order: decide(system, order, wanted, reason),
        actor=Actor.OPERATOR,
        cause=f"{by}: {reason}",
    )
    order = execute_requests(system, saved)
    if order.ending and any(payment.vendors_stand for payment in order.payments):
        order = unwind_vendors(system, order, seconds=PATIENCE)
    return order


def decide(system: System, order: Order, wanted: Act, reason: str | None = None) -> list[Event]:
    """What would happen, without doing it. Raises `Refusal` if it is not possible."""
    expect(order, wanted.version)
    now, actor = system.now(), Actor.OPERATOR
    if wanted.deed is Deed.CANCEL_ORDER:
        return ending.cancel_order(order, actor=actor, now=now)
    if wanted.deed is Deed.WITHDRAW_ORDER:
        return ending.withdraw_order(order, actor=actor, now=now)
    if wanted.payment_id is None:
        raise Refusal(f"{wanted.deed} concerns one payment: pass its id", "/payment_id")
    payment_id, amount = wanted.payment_id, wanted.amount
    if wanted.deed is Deed.CAPTURE:
        fee = agreed_fee(order, order.payments[0].available if amount is None else amount) if order.share else 0
        return operating.capture(order, payment_id, amount=amount, final=wanted.final, fee=fee, now=now, actor=actor)
    if wanted.deed is Deed.CANCEL:
        return operating.cancel(order, payment_id, amount=amount, now=now, actor=actor)
    if wanted.deed is Deed.REFUND:
        return operating.refund(order, payment_id, amount=amount, reason=reason, now=now, actor=actor)
    return operating.withdraw_payment(order, payment_id, now=now, actor=actor)


def preview(system: System, wanted: Act) -> tuple[Order, list[OperationRequested]]:
    """The order, and the requests that its PSPs would be sent. Raises `Refusal` if it is not possible."""
    order = load(system, wanted.key)
    events = decide(system, order, wanted)
    return order, [event for event in events if isinstance(event, OperationRequested)]


def sync(system: System, payment_id: str, *, by: str) -> Order:
    """Asks the PSP about a payment now, and takes over what it says."""
    if not by.strip():
        raise Refusal("pass who asks (by)", "/by")
    return ask_psp(system, load(system, aggregate_key_of(payment_id)), payment_id, cause=f"sync, {by}")
