"""A merchant's orders, newest first (EV-1)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tillgate.domain.orders.order import Order, OrderStatus
from tillgate.store.shared.due_index import instant
from tillgate.use_cases.shared.paging import Paged, paged
from tillgate.wiring import System

_FIRST = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = datetime(9999, 12, 31, tzinfo=UTC)
_REST_OF_MILLISECOND = timedelta(microseconds=999)  # the API shows milliseconds: the whole millisecond is included


@dataclass(frozen=True, slots=True)
class Filter:
    """`created_from` and `created_to` are inclusive; None does not filter."""

    order_reference: str | None = None
    status: OrderStatus | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None


def list_orders(system: System, merchant_id: str, wanted: Filter, *, limit: int, before: str | None) -> Paged[Order]:
    """At most `limit` of them, each with the position after it."""
    if wanted.order_reference is not None:
        order = system.orders.by_reference(merchant_id, wanted.order_reference)
        return iter([(order, _position(order))] if order and _fits(order, wanted) else [])
    since = instant(wanted.created_from or _FIRST)
    until = instant(_end(wanted)) + "~"  # sorts after every key of that instant
    if until < since or (before and before < since):
        return iter(())

    def read(limit: int, before: str | None) -> tuple[list[Order], str | None]:
        keys, after = system.orders.list_keys(merchant_id, since=since, until=until, limit=limit, before=before)
        return system.orders.load_many(keys), after

    return paged(read, _position, lambda order: _fits(order, wanted), limit=limit, before=before)


def _position(order: Order) -> str:
    return f"{instant(order.created_at)}#{order.order_key}"


def _fits(order: Order, wanted: Filter) -> bool:
    return (
        (wanted.status is None or order.status is wanted.status)
        and (wanted.created_from is None or order.created_at >= wanted.created_from)
        and order.created_at <= _end(wanted)
    )


def _end(wanted: Filter) -> datetime:
    return wanted.created_to + _REST_OF_MILLISECOND if wanted.created_to else _LAST
