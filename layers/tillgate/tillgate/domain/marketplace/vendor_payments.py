"""Multi-vendor orders (TH-4, TH-5, TH-10): one payment is divided, and each part has a life of its own.

The shopper pays the *technical* payment. PAY carves a *vendor payment* out of it: a separate aggregate with one payment
and the usual lifecycle, so that thousands of them never wait for each other. The technical payment keeps two numbers:
the allotted amount (changed with every vendor payment, in the same transaction) and the sums over its vendors
(`VendorSums`, updated by `VendorsSummed`). Captures, cancels and refunds go to the vendor payments.
"""

from dataclasses import replace
from datetime import datetime

from tillgate.domain.marketplace.split_rules import of_fee
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.evolve import evolve
from tillgate.domain.orders.order import Order, OrderStatus, Share, Terms
from tillgate.domain.orders.order_events import OrderCreated
from tillgate.domain.orders.reactions import GAVE_UP, react, retry
from tillgate.domain.orders.requests import request
from tillgate.domain.payments.events import PaymentStarted, VendorsSummed
from tillgate.domain.payments.lifecycle import Capture, PaymentStatus
from tillgate.domain.payments.limits import Limits
from tillgate.domain.payments.operations import Actor, OperationStatus, OperationType
from tillgate.domain.payments.payment import AUTHORIZATION_LIFE, Payment, VendorSums
from tillgate.domain.psp.facts import Fact, learn
from tillgate.domain.shared.identifiers import vendor_key, vendor_payment_id
from tillgate.domain.shared.refusals import AmountExceedsAvailable, OperationNotAllowed, Refusal

SUCCEEDED = OperationStatus.SUCCEEDED


def technical_payment(order: Order, payment_id: str) -> Payment:
    """The payment that PAY can carve from. Raises a `Refusal` if it cannot."""
    if order.kind != "technical":
        raise OperationNotAllowed("this order was not created with multi_vendor")
    if order.ended or order.ending:
        raise OperationNotAllowed(f"the order is {order.ended or 'being ended'}")
    payment = order.payment(payment_id)
    if payment is None:
        raise Refusal("this order has no such payment", "/technical_payment_id")
    if not order.covered_once:
        raise OperationNotAllowed("the order is not fully authorized yet")
    if payment.covers == 0 or payment.authorization.status is not OperationStatus.SUCCEEDED:
        raise OperationNotAllowed(f"a payment that is {payment.status} cannot be allotted to vendors")
    if why := _not_to_be_relied_on(order, payment):
        raise OperationNotAllowed(why)
    return payment


def _not_to_be_relied_on(order: Order, payment: Payment) -> str:
    """Why approved money cannot be allotted to vendors; empty if it can."""
    if payment.status is PaymentStatus.CANCEL_FAILED:
        return "what is left of this payment should have been released; cancel it"
    if order.counts_towards_raise(payment):
        return "this payment is returned if the raise is not paid in full; wait until it is"
    if payment.authorization.contradictions:
        return "the PSP reported that this payment failed; an operator has to resolve it"
    return ""


def pay(
    order: Order,
    *,
    technical_payment_id: str,
    vendor_id: str,
    amount: int,
    sub_order_reference: str,
    fee: int,
    now: datetime,
    split_id: str | None = None,
) -> list[Event]:
    """PAY (TH-4): begins a vendor payment's own history. `split_id`: its split has already allotted the amount."""
    payment = technical_payment(order, technical_payment_id)
    if fee > amount:
        raise AmountExceedsAvailable("the fee is more than the amount", "/fee")
    if split_id is None and amount > payment.unallotted:
        raise AmountExceedsAvailable(f"only {payment.unallotted} of the technical payment is left", "/amount")
    key = vendor_key(order.order_key, sub_order_reference)
    created = OrderCreated(
        order_key=key,
        merchant_id=order.merchant_id,
        order_reference=sub_order_reference,
        amount=amount,
        currency=order.currency,
        capture=Capture.AUTO if payment.taken_at_once else Capture.MANUAL,
        expires_at=payment.authorization_expires_at or now + AUTHORIZATION_LIFE,
        terms=Terms(),
        kind="vendor",
        share=Share(vendor_id, technical_payment_id, fee, split_id),
        refunds_commission=order.refunds_commission,
        at=now,
    )
    started = PaymentStarted(
        payment_id=vendor_payment_id(key),
        method=payment.method,
        connector=payment.connector,
        amount=amount,
        refund_before_settled=payment.refund_before_settled,
        limits=_limits(payment),
        mode=payment.mode,
        at=now,
    )
    part = evolve(evolve(None, created), started).payments[0]
    return [created, started, request(part, OperationType.AUTHORIZE, amount, Actor.MERCHANT, now)]


def _limits(payment: Payment) -> Limits | None:
    """Of a part. Money that was taken with the whole payment is held nowhere: capturing less of it would release
    nothing, so a part of it is captured or given back whole."""
    limits = replace(payment.limits, captures="whole", cancels="whole") if payment.taken_at_once else payment.limits
    return limits if limits != Limits() else None


def is_same(part: Order, *, technical_payment_id: str, vendor_id: str, amount: int, fee: int) -> bool:
    """Whether a repeated PAY matches the existing vendor payment."""
    asked = (technical_payment_id, vendor_id, amount, fee)
    return part.share is not None and asked == (
        part.share.technical_payment_id,
        part.share.vendor_id,
        part.amount,
        part.share.fee,
    )


def undo(part: Order, now: datetime, stuck_before: datetime | None = None) -> list[Event]:
    """Gives a vendor payment back, in every state: holds are cancelled, captures are refunded.

    A refused operation is not repeated, unless the vendor payment got stuck before an operator's retry.
    """
    if stuck_before and part.ended is OrderStatus.MANUAL_INTERVENTION_NEEDED:
        return retry(part, now, stuck_before)
    if part.ended or part.ending or not (stands(part) or part.pending):
        return []
    from tillgate.domain.orders.ending import cancel_order  # the same ending as for any order

    return cancel_order(part, actor=Actor.SYSTEM, now=now)


def reverse(part: Order, reason_code: str | None, now: datetime) -> list[Event]:
    """The bank took the technical payment back, so it is taken back from its vendor payments: the money is gone.

    No request goes to the PSP. The ledger follows: captures are debited (see `entries_of`). Empty if nothing is left to
    take back.
    """
    payment = part.payments[0]
    undecided = payment.authorization.status.rank < OperationStatus.FAILED.rank
    if payment.is_gone or not (undecided or stands(part)):
        return []
    fact = Fact(
        payment.payment_id, payment.authorization.operation_id, OperationStatus.REVERSED, reason_code=reason_code
    )
    return learn(part, [fact], now)


def give_back(order: Order, part: Order, now: datetime, stuck_before: datetime | None = None) -> list[Event]:
    """Undoes a vendor payment; if the bank took back the technical payment, nothing is left to give back."""
    carved_from = order.payment(part.share.technical_payment_id) if part.share else None
    if carved_from and carved_from.is_gone:
        return reverse(part, carved_from.reason_code, now)
    return undo(part, now, stuck_before)


def owes(order: Order, part: Order) -> bool:
    """Whether this vendor payment has to be given back (see `vendors_owe`)."""
    carved_from = order.payment(part.share.technical_payment_id) if part.share else None
    return bool(order.ending or order.ended or (carved_from and carved_from.is_gone))


def stands(part: Order) -> int:
    """The held and captured money of a vendor payment, less what was given back or taken by disputes."""
    payment = part.payments[0]
    left = payment.authorized - payment.cancelled - min(payment.refunded, payment.taken)
    return max(0, left - payment.lost_to_disputes)


def claim(part: Order) -> int:
    """What a vendor payment takes of the technical payment's allotment: its whole share, including what went back.

    Zero if it failed, except for what went back to the shopper. Money that arrives after that is not the vendor's and
    is returned.
    """
    payment = part.payments[0]
    if payment.surplus:
        return 0
    if payment.authorization.status.rank < OperationStatus.FAILED.rank:
        return payment.amount
    going = payment.reserved(OperationType.CANCEL) + payment.reserved(OperationType.REFUND) if payment.is_gone else 0
    return min(payment.amount, sums_of(part).authorized + going)


def sums_of(part: Order) -> VendorSums:
    """What a vendor payment adds to the sums. Money captured with the technical payment is counted there."""
    payment = part.payments[0]
    if payment.surplus:
        return VendorSums()
    lost = sum(op.amount for op in payment.operations if op.type is OperationType.REVERSAL and op.status is SUCCEEDED)
    if payment.is_gone:  # what went back to the shopper stays there
        returned = min(payment.refunded, payment.amount - payment.cancelled - lost)
        captured = returned
    else:  # money that was taken back cannot be given back
        returned, captured = min(payment.refunded, payment.taken), payment.captured
    taken_before = part.capture is Capture.AUTO  # so what is cancelled of it has been given back to the shopper
    with_technical = taken_before or not payment.traits.holds
    standing = stands(part)
    gave_up = part.ended is OrderStatus.MANUAL_INTERVENTION_NEEDED or (part.ended and payment.status in GAVE_UP)
    return VendorSums(
        authorized=payment.authorized + lost + (returned if payment.is_gone else 0),
        captured=0 if with_technical else captured,
        cancelled=0 if taken_before else payment.cancelled,
        refunded=returned + (payment.cancelled if taken_before else 0),
        stuck=standing if gave_up else 0,
        taken_back=lost,
        disputed=payment.lost_to_disputes,
    )


def summed(order: Order, sums: dict[str, VendorSums], now: datetime) -> list[Event]:
    """Updates the sums over each technical payment's vendors, and continues an ending that has waited for them.

    If a vendor payment fails, the sums stay the same, but the wait for it is over. Empty if nothing is new and nothing
    is owed.
    """
    news: list[Event] = [
        VendorsSummed(payment_id=payment.payment_id, sums=sums[payment.payment_id], at=now)
        for payment in order.payments
        if payment.payment_id in sums and sums[payment.payment_id] != payment.vendors
    ]
    after = order
    for event in news:
        after = evolve(after, event)
    return [*news, *react(after, now)] if news or order.ending else []


def summed_again(order: Order, now: datetime) -> list[Event]:
    """Repeats unchanged sums once the vendors owe nothing any more, so that nothing falls due."""
    divided = [payment for payment in order.payments if payment.is_gone]
    return [VendorsSummed(payment_id=payment.payment_id, sums=payment.vendors, at=now) for payment in divided[:1]]


def with_sums(order: Order, sums: dict[str, VendorSums], now: datetime) -> Order:
    """The order with these sums, for a view; `updated_at` stays the same."""
    after = order
    for payment in order.payments:
        if payment.payment_id in sums and sums[payment.payment_id] != payment.vendors:
            after = evolve(after, VendorsSummed(payment_id=payment.payment_id, sums=sums[payment.payment_id], at=now))
    return replace(after, updated_at=order.updated_at)


def agreed_fee(part: Order, amount: int) -> int:
    """The default fee of a capture: the agreed fee in proportion; the last capture takes the rest.

    A cancelled amount reduces the agreed fee in proportion: a vendor who delivers half pays half.
    """
    if part.share is None or part.share.fee == 0:
        return 0
    payment = part.payments[0]
    kept = payment.amount - payment.cancelled - payment.reserved(OperationType.CANCEL)
    agreed = part.share.fee * kept // payment.amount
    taken = sum(
        op.fee
        for op in payment.operations
        if op.type is OperationType.CAPTURE and (op.status.at_psp or op.status is OperationStatus.SUCCEEDED)
    )
    return of_fee(agreed, taken, kept, amount, last=amount >= payment.available)
