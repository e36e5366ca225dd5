"""Reads disputes: one by its id, or a merchant's, newest first (GO-6)."""

from dataclasses import dataclass

from tillgate.domain.orders.order import Order
from tillgate.domain.payments.disputes import Dispute, DisputeStatus, payment_id_of_dispute
from tillgate.domain.payments.payment import Payment
from tillgate.domain.shared.identifiers import aggregate_key_of
from tillgate.domain.shared.refusals import NotFound
from tillgate.use_cases.shared.load_order import load
from tillgate.wiring import System

MOST_PAGES = 5  # read per answer while filtering by status; the cursor continues from there


@dataclass(frozen=True, slots=True)
class Disputed:
    """A dispute and its payment."""

    order: Order
    payment: Payment
    dispute: Dispute


def find_dispute(system: System, merchant_id: str, dispute_id: str) -> Disputed:
    """Raises `NotFound`, also for another merchant's dispute."""
    try:
        order = load(system, aggregate_key_of(payment_id_of_dispute(dispute_id)), merchant_id)
    except NotFound:
        raise NotFound("this dispute does not exist") from None
    return dispute_of(order, dispute_id)


def dispute_of(order: Order, dispute_id: str) -> Disputed:
    payment = order.payment(payment_id_of_dispute(dispute_id))
    dispute = payment.dispute(dispute_id) if payment else None
    if payment is None or dispute is None:
        raise NotFound("this dispute does not exist")
    return Disputed(order, payment, dispute)


def list_disputes(
    system: System, merchant_id: str, status: DisputeStatus | None, *, limit: int, before: str | None
) -> tuple[list[Disputed], str | None]:
    """A page, and where the next one begins. `status` None: all of them."""
    found: list[Disputed] = []
    for _ in range(MOST_PAGES):
        ids, before = system.orders.dispute_ids(merchant_id, limit=limit - len(found), before=before)
        keys = list(dict.fromkeys(aggregate_key_of(payment_id_of_dispute(each)) for each in ids))
        orders = {order.order_key: order for order in system.orders.load_many(keys)}
        of = [(orders.get(aggregate_key_of(payment_id_of_dispute(each))), each) for each in ids]
        told = [dispute_of(order, dispute_id) for order, dispute_id in of if order]
        found += [each for each in told if status is None or each.dispute.status is status]
        if before is None or len(found) >= limit:
            break
    return found, before
