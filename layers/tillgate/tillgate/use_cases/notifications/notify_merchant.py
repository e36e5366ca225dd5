"""Tells a merchant that an order changed: the update URL (CM-6), the order's notification URL and the account's
endpoints (RG-12). Each receiver is called once, in parallel with the others; `deliver` retries those that do not
accept.

Whom to tell and which secrets sign is read from the account after the change was saved, never from a copy that a
process has kept.
"""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from tillgate.domain.merchants.account import Merchant
from tillgate.domain.notifications.delivery import Delivery, Kind
from tillgate.domain.notifications.event_types import ANY
from tillgate.domain.orders.evolve import evolve
from tillgate.domain.orders.order import Order
from tillgate.domain.shared.refusals import NotFound
from tillgate.store.notifications.receivers import Receiver
from tillgate.store.shared.reading import Lookup, look_up
from tillgate.use_cases.notifications.deliver import Post, deliver_first
from tillgate.use_cases.shared.changes import load
from tillgate.wiring import System


@dataclass(frozen=True, slots=True)
class _News:
    """A change to announce: the order right after it, the event types that it caused, and who is concerned."""

    order: Order
    happened: frozenset[str]
    psp_references: Mapping[str, str]
    merchant: Merchant
    receivers: Mapping[str, Receiver]


def notify_merchant(system: System, post: Post, order_key: str, version: int, merchant_id: str | None = None) -> int:
    """How many receivers there were to notify; none if the change has been announced already.

    One read and one transaction, if every receiver accepts. The change stays in the outbox until each of them has its
    delivery record, so a repetition may call a receiver twice, but never records two deliveries.
    """
    news = _read(system, order_key, version, merchant_id or load(system, order_key).merchant_id)
    if news is None:
        return 0
    promises = list(_promises(news, system.now()))
    others = [_pool().submit(_deliver, system, post, news, promise) for promise in promises[1:]]
    unsaved = [_deliver(system, post, news, promise) for promise in promises[:1]]
    unsaved += [each.result() for each in others]
    additions = [system.deliveries.addition(each) for each in unsaved if each is not None]
    additions += system.outbox.reference_items(news.psp_references)
    system.outbox.announced(order_key, version, additions)
    if promises:
        system.receivers.remember(news.order.merchant_id, tuple(promise.endpoint_id for promise in promises))
    return len(promises)


def order_at(system: System, order_key: str, version: int) -> Order:
    """The order as the change of that version left it. Only if it has changed since is its history replayed."""
    (order,) = look_up(system.orders.dynamodb, [system.orders.lookup_as_written(order_key)])
    return order if order and order.version == version else _replayed(system, order_key, version)


def _read(system: System, order_key: str, version: int, merchant_id: str) -> _News | None:
    """Reads all of it in one call. None if the change is not in the outbox any more. Raises `NotFound`."""
    known = system.receivers.known_of(merchant_id)
    lookups: list[Lookup[Any]] = [
        system.outbox.lookup(order_key, version),
        system.orders.lookup_as_written(order_key),
        system.merchants.lookup(merchant_id),
        *(system.receivers.lookup(endpoint) for endpoint in known),
    ]
    announcement, order, merchant, *receivers = look_up(system.orders.dynamodb, lookups)
    if announcement is None:
        return None
    if merchant is None:
        raise NotFound("this merchant does not exist")
    if order.version != version:
        order = _replayed(system, order_key, version)
    told = announcement.happened, announcement.psp_references
    return _News(order, *told, merchant, dict(zip(known, receivers, strict=True)))


def _replayed(system: System, order_key: str, version: int) -> Order:
    order: Order | None = None
    for change in system.orders.history(order_key):
        if change.version > version:
            break
        for event in change.events:
            order = evolve(order, event)
        order = replace(order, version=change.version) if order else None
    return order or load(system, order_key)


def _deliver(system: System, post: Post, news: _News, promise: Delivery) -> Delivery | None:
    receiver = news.receivers.get(promise.endpoint_id) or system.receivers.load(promise.endpoint_id)
    return deliver_first(system, post, promise, news.order, news.merchant, receiver)


def _promises(news: _News, now: datetime) -> Iterator[Delivery]:
    order, merchant = news.order, news.merchant
    if merchant.update_url:
        yield _promise(order, Kind.UPDATE, merchant.update_url, merchant.update_url_set_at, now)
    if order.terms.notification_url:
        yield _promise(order, Kind.EVENT, order.terms.notification_url, order.created_at, now)
    for endpoint in merchant.endpoints:
        asked = ANY in endpoint.events or news.happened & set(endpoint.events)
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
