"""Brings a notification to its receiver and writes down what came of it (GO-2).

    2xx            delivered
    410            the receiver wants nothing more: it is stopped until the merchant names it again
    anything else  tried again for 72 hours in growing gaps, then dead until it is resent

A receiver that failed three times in a row rests: what is new for it waits with the rest, and one try at a time finds
out whether it is well again. So a dead server costs others nothing but these tries.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit, urlunsplit

from tillgate.domain.notifications.delivery import Attempt, Delivery, DeliveryStatus, Kind
from tillgate.domain.notifications.retry_schedule import RESTS_AFTER, TRIED_FOR, next_attempt, rest
from tillgate.domain.orders.order import Order
from tillgate.outbound.notifications.sending import NotTaken
from tillgate.runtime.telemetry import count, logger
from tillgate.store.notifications.receivers import Receiver
from tillgate.wiring import System

GONE = 410
MOST_ATTEMPTS_KEPT = 50
CLAIM = timedelta(seconds=60)  # longer than one round takes
ROUND_SECONDS = 20.0
AT_A_TIME = 25


class Post:
    """How to reach receivers: HTTP, the merchant's signatures, the event's body, how to be called again soon."""

    def __init__(
        self,
        send: Callable[[str, str, Mapping[str, str], bytes | None], int],
        sign: Callable[[str, str, bytes, datetime], Mapping[str, str]],
        call_again: Callable[[str, timedelta], None],
        body_of: Callable[[Order], bytes],
    ) -> None:
        self.send = send
        self.sign = sign  # (merchant_id, message_id, body, now)
        self.call_again = call_again  # (endpoint_id, gap)
        self.body_of = body_of  # the event as the API describes it


def deliver_first(system: System, post: Post, promise: Delivery, order: Order) -> None:
    """The first try; `order` is as the change left it."""
    receiver = system.receivers.load(promise.endpoint_id)
    if receiver.stops(promise.named_at):
        system.deliveries.add(replace(promise, status=DeliveryStatus.STOPPED))
    elif receiver.failures >= RESTS_AFTER:
        system.deliveries.add(replace(promise, next_attempt_at=system.now()))
        system.receivers.wake(promise.endpoint_id, system.now() + rest(receiver.failures))
    else:
        delivery = _try(system, post, promise, order)
        system.deliveries.add(delivery)
        _take_note(system, post, receiver, delivery)


def deliver_again(system: System, post: Post, delivery: Delivery, order: Order) -> Delivery:
    """Another try, asked for by the merchant or due by itself."""
    receiver = system.receivers.load(delivery.endpoint_id)
    after = _try(system, post, delivery, order)
    if system.deliveries.save(delivery, after):
        _take_note(system, post, receiver, after)
    return after


def work_through(
    system: System, post: Post, endpoint_id: str, order_of: Callable[[Delivery], Order]
) -> DeliveryStatus | None:
    """Tries what waits for one receiver, longest overdue first, until it fails or time is up."""
    now = system.now()
    claimed_until = now + CLAIM
    if not system.receivers.claim(endpoint_id, now, claimed_until):
        return None
    receiver = system.receivers.load(endpoint_id, consistent=True)
    until = system.clock() + ROUND_SECONDS
    last: DeliveryStatus | None = None
    while system.clock() < until and (waiting := system.deliveries.waiting(endpoint_id, system.now(), AT_A_TIME)):
        for delivery in waiting:
            last = _work_on(system, post, receiver, delivery, order_of)
            if last is DeliveryStatus.PENDING or system.clock() >= until:
                break
        if last is DeliveryStatus.PENDING:
            break
    _put_back(system, post, endpoint_id, claimed_until, failed=last is DeliveryStatus.PENDING)
    return last


def _work_on(
    system: System, post: Post, receiver: Receiver, delivery: Delivery, order_of: Callable[[Delivery], Order]
) -> DeliveryStatus:
    if delivery.status is not DeliveryStatus.PENDING:
        return delivery.status  # the index is a moment behind
    if receiver.stops(delivery.named_at):
        system.deliveries.save(delivery, _ended(delivery, DeliveryStatus.STOPPED))
        return DeliveryStatus.STOPPED
    if system.now() > delivery.since + TRIED_FOR + CLAIM:
        system.deliveries.save(delivery, _ended(delivery, DeliveryStatus.DEAD))
        return DeliveryStatus.DEAD
    return deliver_again(system, post, delivery, order_of(delivery)).status


def _put_back(system: System, post: Post, endpoint_id: str, claimed_until: datetime, *, failed: bool) -> None:
    """When the receiver is due next: with the first of what waits for it; never where nothing does."""
    receiver = system.receivers.load(endpoint_id, consistent=True)
    now = system.now()
    first = system.deliveries.first_due(endpoint_id)
    if first is not None:
        due_at = max(first, now + (rest(receiver.failures) if failed else timedelta(0)))
    elif receiver.failures:
        due_at = now + CLAIM  # the index may be a moment behind a failure
    else:
        system.receivers.release(receiver, claimed_until, None)
        return
    system.receivers.release(receiver, claimed_until, due_at)
    if first is not None and due_at - now < CLAIM:
        post.call_again(endpoint_id, due_at - now)


def _try(system: System, post: Post, delivery: Delivery, order: Order) -> Delivery:
    """The delivery after one try."""
    began, now = system.clock(), system.now()
    try:
        status = _call(system, post, delivery, order, now)
        attempt = Attempt(now, status=status)
    except NotTaken as error:
        attempt = Attempt(now, error=str(error))
    after = _after(delivery, attempt, system.now())
    count("MerchantNotified", kind=delivery.kind, outcome=after.status)
    logger.info(
        "merchant notified",
        extra={
            "notification_id": delivery.notification_id,
            "order_key": delivery.order_key,
            "kind": delivery.kind,
            "answer": attempt.status or attempt.error,
            "outcome": after.status,
            "milliseconds": round((system.clock() - began) * 1000),
        },
    )
    return after


def _call(system: System, post: Post, delivery: Delivery, order: Order, now: datetime) -> int:
    if delivery.kind is Kind.UPDATE:
        return post.send("GET", with_reference(delivery.url, delivery.order_reference), {}, None)
    body = post.body_of(order)
    signed = post.sign(delivery.merchant_id, delivery.notification_id, body, now)
    return post.send("POST", delivery.url, {"Content-Type": "application/json", **signed}, body)


def _after(delivery: Delivery, attempt: Attempt, now: datetime) -> Delivery:
    tried = replace(
        delivery,
        attempts=(*delivery.attempts, attempt)[-MOST_ATTEMPTS_KEPT:],
        tried=delivery.tried + 1,
        next_attempt_at=None,
    )
    if attempt.was_taken:
        return replace(tried, status=DeliveryStatus.DELIVERED)
    if attempt.status == GONE:
        return replace(tried, status=DeliveryStatus.STOPPED)
    again_at = next_attempt(tried.tried, delivery.since, now)
    status = DeliveryStatus.PENDING if again_at else DeliveryStatus.DEAD
    return replace(tried, status=status, next_attempt_at=again_at)


def _ended(delivery: Delivery, status: DeliveryStatus) -> Delivery:
    return replace(delivery, status=status, next_attempt_at=None)


def _take_note(system: System, post: Post, receiver: Receiver, delivery: Delivery) -> None:
    """What a try told of the receiver."""
    now = system.now()
    if delivery.status is DeliveryStatus.DELIVERED:
        if receiver.failures or receiver.stopped_at:
            system.receivers.recovered(delivery.endpoint_id)
    elif delivery.attempts[-1].status == GONE:
        system.receivers.stop(delivery.endpoint_id, now)
        logger.warning("endpoint stopped", extra={"merchant_id": delivery.merchant_id})
    else:
        failures = system.receivers.failed(delivery.endpoint_id, now).failures
        again_at = max(delivery.next_attempt_at or now, now + rest(failures))
        system.receivers.wake(delivery.endpoint_id, again_at)
        if again_at - now < CLAIM:
            post.call_again(delivery.endpoint_id, again_at - now)


def with_reference(update_url: str, order_reference: str) -> str:
    """`?id=REFERENCE` appended; a query that is there is kept as it is."""
    parts = urlsplit(update_url)
    query = "&".join(part for part in (parts.query, urlencode({"id": order_reference})) if part)
    return urlunsplit(parts._replace(query=query))
