"""Properties of every state and of every step between two states, in words; exploration and tests check them.

They are written independently of the domain's own code, so that a bug there cannot hide itself.
"""

from collections.abc import Callable
from functools import partial

from proofs.exploration.moves import NOW
from proofs.exploration.ways_out import (
    all_work_can_be_done,
    an_operator_can_end_it,
    nothing_is_forgotten,
    the_end_keeps_no_money,
    there_is_a_way_out,
)
from proofs.exploration.ways_out import is_settled as is_settled
from tillgate.domain.marketplace import vendor_payments
from tillgate.domain.orders import ending, operating, starting
from tillgate.domain.orders.allowed_operations import has_something_to_end, order_operations, payment_operations
from tillgate.domain.orders.amendments import amend
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.invariants import broken
from tillgate.domain.orders.order import Order, OrderStatus
from tillgate.domain.orders.reactions import react
from tillgate.domain.payments.lifecycle import FACES, PaymentStatus
from tillgate.domain.payments.methods import METHODS
from tillgate.domain.payments.operations import Actor, Operation, OperationStatus, OperationType
from tillgate.domain.payments.payment import Payment, VendorSums
from tillgate.domain.shared.refusals import Refusal

S = PaymentStatus
OfState = Callable[[Order], bool]
OfStep = Callable[[Order, Order], bool]


def _on_its_way(payment: Payment, kind: OperationType) -> int:
    moving = (OperationStatus.REQUESTED, OperationStatus.UNKNOWN, OperationStatus.PENDING)
    return sum(op.amount for op in payment.operations if op.type is kind and op.status in moving)


def _nothing_is_spent_twice(order: Order) -> bool:
    return all(
        payment.captured
        + payment.cancelled
        + _on_its_way(payment, OperationType.CAPTURE)
        + _on_its_way(payment, OperationType.CANCEL)
        <= payment.authorized
        for payment in order.payments
    )


def _nothing_is_given_back_twice(order: Order) -> bool:
    return all(
        is_void(p) or p.refunded + _on_its_way(p, OperationType.REFUND) <= _taken(p) + _gone(p) for p in order.payments
    )


def _taken(payment: Payment) -> int:
    """A bank's confirmation counts as money for a refund, if the PSP refunds before the booking."""
    confirmed = payment.status is S.AUTHORIZED and not payment.traits.holds
    return payment.authorized if confirmed else payment.captured


def _gone(payment: Payment) -> int:
    """What was captured and then reversed by the bank or by a late failure of the capture."""
    failed = (op for op in payment.operations if op.status is OperationStatus.REVERSED)
    return _succeeded(payment, OperationType.REVERSAL) + sum(
        o.amount for o in failed if o.type is OperationType.CAPTURE
    )


def _sums_are_those_of_the_operations(order: Order) -> bool:
    """For a technical payment, its vendors' operations are not included."""
    return all(
        (payment.refunded - payment.vendors.refunded == _succeeded(payment, OperationType.REFUND))
        and (
            payment.captured - payment.vendors.captured in (_by_captures(payment), payment.authorized)
            or (payment.captured == 0 and payment.taken_back > 0)  # told of both: taken once
        )
        for payment in order.payments
        if not is_void(payment)
    )


def _by_captures(payment: Payment) -> int:
    return _succeeded(payment, OperationType.CAPTURE) - _succeeded(payment, OperationType.REVERSAL)


def _succeeded(payment: Payment, kind: OperationType) -> int:
    done = (op for op in payment.operations if op.status is OperationStatus.SUCCEEDED)
    return sum(op.amount for op in done if op.type is kind)


def is_void(payment: Payment) -> bool:
    return payment.authorization.status is OperationStatus.REVERSED


def _counts(payment: Payment) -> int:
    """The approved amount that was not released; for an awaited transfer, the received amount."""
    awaited = payment.status in (S.CREATED, S.SEEN)
    if payment.surplus:
        return 0
    return payment.received if awaited else max(0, payment.authorized - payment.cancelled - payment.reopened)


def _nothing_booked_is_lost(order: Order) -> bool:
    """A booking is part of an awaited amount, or was approved and captured."""
    booked = (payment for payment in order.payments if payment.received and not is_void(payment))
    return all(
        p.received <= p.captured + p.taken_back or (p.status in (S.CREATED, S.SEEN) and p.captured == 0) for p in booked
    )


def _covered_once(order: Order) -> bool:
    counting = sum(map(_counts, order.payments))
    return counting <= order.amount - order.released and 0 <= order.released <= order.amount


_EMPTY = (S.CREATED, S.SEEN, S.PROCESSING, S.WITHDRAWN, S.FAILED, S.PROCESSING_EXPIRED, S.CAPTURE_VOIDED)


def _status_fits(p: Payment) -> bool:
    held = p.authorized - p.captured - p.cancelled
    if p.status in _EMPTY:
        return (held, p.captured) == (0, 0) and (p.cancelled == p.refunded == 0 or p.taken_back > 0)
    if p.status in (S.AUTHORIZED, S.PARTIALLY_CAPTURED):
        return held > 0 and (p.captured > 0) == (p.status is S.PARTIALLY_CAPTURED)
    if p.status in (S.CANCELLED, S.EXPIRED):
        return held == 0 and p.captured == 0
    if p.status is S.CANCEL_FAILED:
        return held > 0
    given_back = {S.CAPTURED: p.refunded == 0, S.REFUNDED: p.refunded >= p.captured}
    return held == 0 and p.captured > 0 and given_back.get(p.status, p.refunded < p.captured)


def _order_status_fits(order: Order) -> bool:
    counting = [payment for payment in order.payments if not payment.surplus]
    covered = sum(map(_counts, counting))
    due = order.amount - order.released
    captured = sum(max(0, p.captured - p.reopened) for p in counting)  # below zero: refunded, then taken back as well
    left = sum(max(0, p.authorized - p.captured - p.cancelled) + max(0, p.captured - p.refunded) for p in counting)
    fits = {
        OrderStatus.UNPAID: covered == 0 and order.amount > 0,
        OrderStatus.PARTIALLY_PAID: 0 < covered < due,
        OrderStatus.AUTHORIZED: covered == due and captured < due,
        OrderStatus.PAID: covered == due and (captured == due or not all(p.traits.holds for p in counting)),
        OrderStatus.REFUNDED: any(p.captured for p in counting) and left == 0,
    }
    return order.ended is order.status if order.ended else fits.get(order.status, False)


def _safe_is_safe(order: Order) -> bool:
    if order.safe is None:
        return True
    goes_on = order.ended is None and order.ending is None
    if order.amount == 0:
        return goes_on and order.covered == 0
    contradicted = any(payment.authorization.contradictions for payment in order.payments if payment.covers)
    kept = sum(_counts(p) - p.refunded + p.reopened for p in order.payments if not p.surplus)
    all_kept = kept >= order.amount - order.released - order.returned
    return goes_on and order.covered == order.due > 0 and all_kept and kept > 0 and not contradicted


def _nothing_owed(order: Order) -> bool:
    return react(order, NOW) == []


def _api_tells_what_is_possible(order: Order) -> bool:
    told = set(order_operations(order))
    possible = {
        "withdraw": _accepted(lambda: ending.withdraw_order(order, now=NOW)),
        "cancel": _accepted(lambda: ending.cancel_order(order, actor=Actor.MERCHANT, now=NOW)),
        "start": any(_accepted(partial(_start, order, method)) for method in METHODS),
        "update": _accepted(lambda: amend(order, amount=None, metadata={"a": 1}, now=NOW)),
        "refund": _accepted(lambda: operating.refund_order(order, amount=1, reason=None, now=NOW)),
    }
    if order.ended or order.ending:  # saying again how it ended is accepted, and not told as possible
        possible["cancel"] = possible["withdraw"] = False
    # A vendor's order without anything to end is still cancelled by the system, which tells nobody.
    unwound = order.share is not None and not has_something_to_end(order)
    if possible["withdraw"] or unwound:  # what nobody has begun to pay is told to be withdrawn, and may be cancelled
        possible["cancel"] = False
    return all((name in told) == accepted for name, accepted in possible.items()) and all(
        _payment_tells(order, payment) for payment in order.payments
    )


def _start(order: Order, method: str) -> None:
    """START with that method: a payment that awaits the shopper is ended first."""
    starting.may_start(order, NOW)
    starting.check_applies(order, method)
    starting.check_room_for(order, method)
    if not starting.make_way(order, method, 1, NOW):
        starting.start_payment(
            order, method=method, connector="psp", amount=1, return_url=None, actor=Actor.MERCHANT, now=NOW
        )


def _payment_tells(order: Order, payment: Payment) -> bool:
    key, told = payment.payment_id, set(payment_operations(order, payment))
    possible = {
        "capture": _accepted(lambda: operating.capture(order, key, amount=1, final=None, fee=0, now=NOW)),
        "cancel": _accepted(lambda: operating.cancel(order, key, amount=1, now=NOW)),
        "refund": _accepted(lambda: operating.refund(order, key, amount=1, reason=None, now=NOW)),
        "withdraw": _accepted(lambda: operating.withdraw_payment(order, key, now=NOW)),
        "pay": _accepted(lambda: _pay(order, key)) and not payment.pending,
    }
    return all((name in told) == accepted for name, accepted in possible.items())


def _pay(order: Order, payment_id: str) -> list[Event]:
    return vendor_payments.pay(
        order, technical_payment_id=payment_id, vendor_id="v", amount=1, sub_order_reference="s", fee=0, now=NOW
    )


def _accepted(ask: Callable[[], list[Event] | None]) -> bool:
    try:
        ask()
    except Refusal:
        return False
    return True


OF_STATES: dict[str, OfState] = {
    "The domain's own invariants hold.": lambda order: broken(order) == [],
    "Captures and cancellations, pending ones included, never exceed the authorized amount.": (_nothing_is_spent_twice),
    "Refunds, pending ones included, never exceed the captured amount.": (_nothing_is_given_back_twice),
    "A payment's amounts are the sums of its succeeded operations.": _sums_are_those_of_the_operations,
    "What covers an order never exceeds the amount due; money beyond that is surplus.": _covered_once,
    "No booked money is lost: it is part of an awaited amount, or captured.": _nothing_booked_is_lost,
    "A payment's status matches its amounts: nothing, authorized, captured or refunded.": lambda order: all(
        map(_status_fits, order.payments)
    ),
    "An order's status matches how much of what is due is covered and captured, or how it ended.": _order_status_fits,
    "An order is considered safe only if it is fully covered, undisputed and not being ended.": (_safe_is_safe),
    "Whatever the system owes has been requested.": _nothing_owed,
    "An ended order keeps no money, unless returning it failed and the status shows that.": the_end_keeps_no_money,
    "While anything is open, there is an instant at which the system continues by itself.": nothing_is_forgotten,
    "In every state that is not final, something falls due, or someone can act.": there_is_a_way_out,
    "Whatever an operator is told of is settled by one of the calls that come with it.": all_work_can_be_done,
    "An order that needs an operator can be retried, or ended because nothing is left.": an_operator_can_end_it,
    "`allowed_operations` has exactly the operations that are possible.": _api_tells_what_is_possible,
}


def _ended_stays_ended(before: Order, after: Order) -> bool:
    return before.ended is None or after.ended is before.ended


def _final_is_final(before: Order, after: Order) -> bool:
    return all(
        was.status is now.status or not FACES[was.status].final or _was_approved_late(was, now) or _taken_back(was, now)
        for was, now in zip(before.payments, after.payments, strict=False)
    )


def _was_approved_late(was: Payment, now: Payment) -> bool:
    late = (OperationStatus.SUCCEEDED, OperationStatus.REVERSED)
    return was.authorized == 0 and was.authorization.status not in late and now.authorization.status in late


def _taken_back(was: Payment, now: Payment) -> bool:
    """Whether this step reversed a successful operation, or money in part or whole, of this payment or a vendor's."""
    vendors = any(getattr(now.vendors, sums) < getattr(was.vendors, sums) for sums in VendorSums.__slots__)
    return vendors or now.vendors.taken_back > was.vendors.taken_back or _lost(now) > _lost(was)


def _lost(payment: Payment) -> int:
    lost = ((OperationType.REVERSAL, OperationStatus.SUCCEEDED),)
    return sum(op.status is OperationStatus.REVERSED or (op.type, op.status) in lost for op in payment.operations)


def _money_only_grows(before: Order, after: Order) -> bool:
    return all(
        is_void(now)
        or _taken_back(was, now)
        or (was.captured <= now.captured and was.cancelled <= now.cancelled and was.refunded <= now.refunded)
        for was, now in zip(before.payments, after.payments, strict=False)
    )


def _outcomes_only_grow(before: Order, after: Order) -> bool:
    def grew(was: Operation, now: Operation) -> bool:
        return was.status.rank <= now.status.rank and was.type is now.type

    return all(
        grew(op, now.operations[number])
        for was, now in zip(before.payments, after.payments, strict=False)
        for number, op in enumerate(was.operations)
    )


def _starts_take_what_nobody_claims(before: Order, after: Order) -> bool:
    """Beside what covers the order and what the shopper is awaited for, if that goes on. Where one open tender is
    allowed, what waits is ended before."""
    if before.terms.max_open_tenders == 1:
        return True
    requested = OperationStatus.REQUESTED  # else a booking began it, for money that has come
    new = [p for p in after.payments[len(before.payments) :] if p.authorization.status is requested]
    going_on = [p for p in after.payments[: len(before.payments)] if p.status in (S.CREATED, S.SEEN)]
    claimed = sum(p.amount - p.received for p in going_on)
    covered = sum(map(_counts, before.payments))
    return not new or claimed + sum(p.amount for p in new) + covered <= before.amount - before.released


OF_STEPS: dict[str, OfStep] = {
    "A payment is started for no more than is neither covered nor awaited from the shopper.": (
        _starts_take_what_nobody_claims
    ),
    "An ended order never changes its final status.": _ended_stays_ended,
    "A payment leaves a final status only if the PSP approved late or reversed a success.": _final_is_final,
    "Captured, cancelled and refunded amounts never decrease, unless the PSP or a bank reversed them.": (
        _money_only_grows
    ),
    "The known outcome of an operation is never forgotten.": _outcomes_only_grow,
}


def broken_in(order: Order) -> list[str]:
    return [words for words, holds in OF_STATES.items() if not holds(order)]


def broken_between(before: Order, after: Order) -> list[str]:
    return [words for words, holds in OF_STEPS.items() if not holds(before, after)]
