"""Orders of many vendors (TH-4, TH-5, TH-10): what is paid once is divided, and each part lives for itself.

The shopper pays the *technical* payment. PAY carves a *vendor payment* out of it: an aggregate of its own with one
payment and the same life as any other, so that thousands of them never wait for each other. The technical payment
keeps two numbers: what is allotted (changed with every vendor payment, in the same transaction) and the sums over its
vendors (`VendorSums`, taken over as `VendorsSummed`). Captures, cancels and refunds go to the vendor payments.
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
from tillgate.domain.payments.operations import Actor, OperationStatus, OperationType
from tillgate.domain.payments.payment import AUTHORIZATION_LIFE, Payment, VendorSums
from tillgate.domain.psp.facts import Fact, learn
from tillgate.domain.shared.identifiers import vendor_key, vendor_payment_id
from tillgate.domain.shared.refusals import AmountExceedsAvailable, OperationNotAllowed, Refusal

SUCCEEDED = OperationStatus.SUCCEEDED


def technical_payment(order: Order, payment_id: str) -> Payment:
    """The payment that PAY can carve from. Raises a `Refusal` where it cannot."""
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
    """Why money that was approved is not given to vendors; empty if it can be."""
    if payment.status is PaymentStatus.CANCEL_FAILED:
        return "what is left of this payment should have been released; cancel it"
    if order.raised and (payment.created_at >= order.raised.at or payment.towards_raise == order.raised.at):
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
    """PAY (TH-4): the beginning of a vendor payment's own history. `split_id`: its amount is allotted already."""
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
        at=now,
    )
    part = evolve(evolve(None, created), started).payments[0]
    return [created, started, request(part, OperationType.AUTHORIZE, amount, Actor.MERCHANT, now)]


def is_same(part: Order, *, technical_payment_id: str, vendor_id: str, amount: int, fee: int) -> bool:
    """Whether a PAY that is said again asks for what is there."""
    asked = (technical_payment_id, vendor_id, amount, fee)
    return part.share is not None and asked == (
        part.share.technical_payment_id,
        part.share.vendor_id,
        part.amount,
        part.share.fee,
    )


def undo(part: Order, now: datetime, stuck_before: datetime | None = None) -> list[Event]:
    """Gives a vendor payment back, whatever stands of it: what is held is cancelled, what was captured refunded.

    What the PSP refused is not asked for again, unless it got stuck before an operator's retry.
    """
    if stuck_before and part.ended is OrderStatus.MANUAL_INTERVENTION_NEEDED:
        return retry(part, now, stuck_before)
    if part.ended or part.ending or not (stands(part) or part.pending):
        return []
    from tillgate.domain.orders.ending import cancel_order  # the same ending as of any order

    return cancel_order(part, actor=Actor.SYSTEM, now=now)


def reverse(part: Order, reason_code: str | None, now: datetime) -> list[Event]:
    """What the bank takes back of the technical payment is taken back of its vendor payments: the money is gone.

    Nothing is asked of the PSP. The ledger follows: what was captured is debited (see `entries_of`). Empty where
    nothing is left of it that could be taken back.
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
    """Undoes a vendor payment; where the bank took back what it was carved out of, there is nothing left to give."""
    carved_from = order.payment(part.share.technical_payment_id) if part.share else None
    if carved_from and carved_from.is_gone:
        return reverse(part, carved_from.reason_code, now)
    return undo(part, now, stuck_before)


def owes(order: Order, part: Order) -> bool:
    """Whether this vendor payment is among those that have to be given back (see `vendors_owe`)."""
    carved_from = order.payment(part.share.technical_payment_id) if part.share else None
    return bool(order.ending or order.ended or (carved_from and carved_from.is_gone))


def stands(part: Order) -> int:
    """What of a vendor payment has neither been given back, held or captured, nor been taken by a dispute."""
    payment = part.payments[0]
    left = payment.authorized - payment.cancelled - min(payment.refunded, payment.taken)
    return max(0, left - payment.lost_to_disputes)


def claim(part: Order) -> int:
    """What a vendor payment takes of the technical payment's allotment: all that it was given, whatever has gone back.

    Nothing if it failed, but for what the shopper has of it. Money that came after that is not the vendor's and goes
    back.
    """
    payment = part.payments[0]
    if payment.surplus:
        return 0
    if payment.authorization.status.rank < OperationStatus.FAILED.rank:
        return payment.amount
    going = payment.reserved(OperationType.CANCEL) + payment.reserved(OperationType.REFUND) if payment.is_gone else 0
    return min(payment.amount, sums_of(part).authorized + going)


def sums_of(part: Order) -> VendorSums:
    """What a vendor payment adds to the sums. What was captured with the technical payment is counted there."""
    payment = part.payments[0]
    if payment.surplus:
        return VendorSums()
    lost = sum(op.amount for op in payment.operations if op.type is OperationType.REVERSAL and op.status is SUCCEEDED)
    if payment.is_gone:  # what the shopper has of it stays given back
        returned = min(payment.refunded, payment.amount - payment.cancelled - lost)
        captured = returned
    else:  # of what was taken back nothing is left to be given back
        returned, captured = min(payment.refunded, payment.taken), payment.captured
    with_technical = part.capture is Capture.AUTO or not payment.traits.holds
    standing = stands(part)
    gave_up = part.ended is OrderStatus.MANUAL_INTERVENTION_NEEDED or (part.ended and payment.status in GAVE_UP)
    return VendorSums(
        authorized=payment.authorized + lost + (returned if payment.is_gone else 0),
        captured=0 if with_technical else captured,
        cancelled=payment.cancelled,
        refunded=returned,
        stuck=standing if gave_up else 0,
        taken_back=lost,
        disputed=payment.lost_to_disputes,
    )


def summed(order: Order, sums: dict[str, VendorSums], now: datetime) -> list[Event]:
    """Takes over the sums over each technical payment's vendors, and goes on with an ending that has waited for them.

    Where a vendor payment fails the sums stay as they are, and what was waited for is over all the same. Empty where
    nothing is new and nothing owed.
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
    """Vendors owe nothing any more, and their sums say nothing new: told once more, so that nothing falls due."""
    divided = [payment for payment in order.payments if payment.is_gone]
    return [VendorsSummed(payment_id=payment.payment_id, sums=payment.vendors, at=now) for payment in divided[:1]]


def with_sums(order: Order, sums: dict[str, VendorSums], now: datetime) -> Order:
    """The order as it stands with these sums, for a view; when it changed is left as it was."""
    after = order
    for payment in order.payments:
        if payment.payment_id in sums and sums[payment.payment_id] != payment.vendors:
            after = evolve(after, VendorsSummed(payment_id=payment.payment_id, sums=sums[payment.payment_id], at=now))
    return replace(after, updated_at=order.updated_at)


def agreed_fee(part: Order, amount: int) -> int:
    """The fee of a capture for which none is said: of the agreed one in proportion; the last takes the rest.

    What is cancelled takes its share of the agreed fee with it: a vendor who delivers half pays half.
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
