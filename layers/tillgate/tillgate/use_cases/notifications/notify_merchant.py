"""Tells a merchant that an order changed: the update URL (CM-6), the order's notification URL and the account's
endpoints (RG-12). Each receiver is told at once, beside the others; `deliver` sees to those that do not take it.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from functools import cache

from tillgate.domain.merchants.account import Merchant
from tillgate.domain.notifications.delivery import Delivery, Kind
from tillgate.domain.notifications.event_types import ANY, happened
from tillgate.domain.orders.evolve import evolve
from tillgate.domain.orders.order import Order
from tillgate.store.notifications.outbox import change_key
from tillgate.use_cases.notifications.deliver import Post, deliver_first
from tillgate.use_cases.shared.changes import load
from tillgate.wiring import System


def notify_merchant(system: System, post: Post, order_key: str, version: int) -> int:
    """How many were to be told. Saying it again does no harm: a promise that is there is not made twice.

    The change stands as one to be told of (`outbox`) until each of them has its delivery.
    """
    before, order = order_at(system, order_key, version)
    merchant = system.merchants.merchant(order.merchant_id)
    promises = list(_promises(merchant, before, order, system.now())) if merchant else []
    others = [_pool().submit(deliver_first, system, post, promise, order) for promise in promises[1:]]
    for promise in promises[:1]:
        deliver_first(system, post, promise, order)
    for each in others:
        each.result()
    system.due.done(*change_key(order_key, version))
    return len(promises)


def order_at(system: System, order_key: str, version: int) -> tuple[Order | None, Order]:
    """The order as the change of that version left it, and as it was before, out of its history."""
    before: Order | None = None
    order: Order | None = None
    for change in system.orders.history(order_key):
        if change.version > version:
            break
        before = order
        for event in change.events:
            order = evolve(order, event)
        order = replace(order, version=change.version) if order else None
    return before, order or load(system, order_key)


def _promises(merchant: Merchant, before: Order | None, order: Order, now: datetime) -> Iterator[Delivery]:
    if merchant.update_url:
        yield _promise(order, Kind.UPDATE, merchant.update_url, merchant.update_url_set_at, now)
    if order.terms.notification_url:
        yield _promise(order, Kind.EVENT, order.terms.notification_url, order.created_at, now)
    what = happened(before, order)
    for endpoint in merchant.endpoints:
        asked = ANY in endpoint.events or what & set(endpoint.events)
        if asked and endpoint.url != order.terms.notification_url:
            yield _promise(order, Kind.EVENT, endpoint.url, endpoint.set_at, now)


def _promise(order: Order, kind: Kind, url: str, named_at: datetime | None, now: datetime) -> Delivery:
    return Delivery(
        order_key=order.order_key,
        order_reference=order.order_reference,
        merchant_id=order.merchant_id,
        version=order.version,
        kind=kind,
        url=url,
        created_at=now,
        since=now,
        named_at=named_at,
    )


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=64, thread_name_prefix="deliver")
