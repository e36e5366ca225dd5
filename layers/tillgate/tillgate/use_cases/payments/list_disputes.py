"""Reads disputes: one by its id, or a merchant's, newest first (GO-6)."""

from dataclasses import dataclass

from tillgate.domain.orders.order import Order
from tillgate.domain.payments.disputes import Dispute, DisputeStatus, payment_id_of_dispute
from tillgate.domain.payments.payment import Payment
from tillgate.domain.shared.identifiers import aggregate_key_of
from tillgate.domain.shared.refusals import NotFound
from tillgate.store.shared.due_index import instant
from tillgate.use_cases.shared.load_order import load
from tillgate.use_cases.shared.paging import Paged, paged
from tillgate.wiring import System


@dataclass(frozen=True, slots=True)
class Disputed:
    """A dispute and its payment."""

    order: Order
    payment: Payment
    dispute: Dispute


def find_dispute(system: System, merchant_id: str, dispute_id: str) -> Disputed:
    """Raises `NotFound`, also for another merchant's dispute."""
    return dispute_of(load_of_dispute(system, dispute_id, merchant_id), dispute_id)


def load_of_dispute(system: System, dispute_id: str, merchant_id: str | None = None) -> Order:
    """Its order. Raises `NotFound`."""
    try:
        return load(system, aggregate_key_of(payment_id_of_dispute(dispute_id)), merchant_id)
    except NotFound:
        raise NotFound("this dispute does not exist") from None


def dispute_of(order: Order, dispute_id: str) -> Disputed:
    payment = order.payment(payment_id_of_dispute(dispute_id))
    dispute = payment.dispute(dispute_id) if payment else None
    if payment is None or dispute is None:
        raise NotFound("this dispute does not exist")
    return Disputed(order, payment, dispute)


def list_disputes(
    system: System, merchant_id: str, status: DisputeStatus | None, *, limit: int, before: str | None
) -> Paged[Disputed]:
    """At most `limit` of them, each with the position after it. `status` None: all of them."""

    def read(limit: int, before: str | None) -> tuple[list[Disputed], str | None]:
        ids, after = system.orders.dispute_ids(merchant_id, limit=limit, before=before)
        keys = {each: aggregate_key_of(payment_id_of_dispute(each)) for each in ids}
        orders = {order.order_key: order for order in system.orders.load_many(list(dict.fromkeys(keys.values())))}
        return [dispute_of(orders[key], each) for each, key in keys.items() if key in orders], after

    def fits(each: Disputed) -> bool:
        return status is None or each.dispute.status is status

    return paged(read, _position, fits, limit=limit, before=before)


def _position(each: Disputed) -> str:
    return f"{instant(each.dispute.opened_at)}#{each.dispute.dispute_id}"
