"""Delivers a notification to its receiver and records the outcome (GO-2).

    2xx            delivered
    410            the receiver wants no more: it is stopped until the merchant names it again
    anything else  retried for 72 hours with growing gaps, then dead until it is resent: its receiver needs an operator

A receiver that failed three times in a row rests: new notifications queue up, and one attempt at a time finds out
whether it has recovered. So a dead server costs other receivers nothing but these attempts.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from tillgate.domain.merchants.account import Merchant
from tillgate.domain.notifications.delivery import Attempt, Delivery, DeliveryStatus, Kind
from tillgate.domain.notifications.retry_schedule import RESTS_AFTER, TRIED_FOR, next_attempt, rest
from tillgate.domain.orders.order import Order
from tillgate.domain.shared.links import extended
from tillgate.domain.shared.refusals import NotFound
from tillgate.outbound.notifications.sending import NotTaken
from tillgate.runtime.telemetry import count, logger
from tillgate.store.notifications.receivers import Receiver
from tillgate.store.shared.work_items import ENDPOINT
from tillgate.wiring import System

GONE = 410
MOST_ATTEMPTS_KEPT = 50
CLAIM = timedelta(seconds=60)  # longer than one round takes
ROUND_SECONDS = 20.0
AT_A_TIME = 25


class Post:
    """How to reach receivers: HTTP, the merchant's signatures, the event's body, and how to be called again soon."""

    def __init__(
        self,
        send: Callable[[str, str, Mapping[str, str], bytes | None], int],
        sign: Callable[[Merchant, str, bytes, datetime], Mapping[str, str]],
        call_again: Callable[[str, timedelta], None],
        body_of: Callable[[Order], bytes],
    ) -> None:
        self.send = send
        self.sign = sign  # (merchant as stored now, message_id, body, now)
        self.call_again = call_again  # (endpoint_id, gap)
        self.body_of = body_of  # the event as the API describes it


def deliver_first(
    system: System, post: Post, promise: Delivery, order: Order, merchant: Merchant, receiver: Receiver
) -> Delivery | None:
    """The first attempt; `order` is as the change left it.

    Returns the delivery that the caller has to save, if nothing else follows from it. Otherwise everything is saved,
    in an order in which a crash loses no retry: None.
    """
    if receiver.stops(promise.named_at):
        return replace(promise, status=DeliveryStatus.STOPPED)
    if receiver.failures >= RESTS_AFTER:
        system.deliveries.add(replace(promise, next_attempt_at=system.now()))
        system.receivers.wake(promise.endpoint_id, system.now() + rest(receiver.failures))
        return None
    delivery = _try(system, post, promise, order, merchant)
    if delivery.status is DeliveryStatus.DELIVERED and receiver.is_well:
        return delivery
    system.deliveries.add(delivery)
    _take_note(system, post, receiver, delivery)
    return None


def deliver_again(system: System, post: Post, delivery: Delivery, order: Order) -> Delivery:
    """Another attempt, which the merchant asked for or which is due. Raises `NotFound` if the account is gone."""
    receiver = system.receivers.load(delivery.endpoint_id)
    merchant = system.merchants.merchant(delivery.merchant_id, fresh=True)
    if merchant is None:
        raise NotFound("this merchant does not exist")
    after = _try(system, post, delivery, order, merchant)
    if _saved(system, delivery, after):
        _take_note(system, post, receiver, after)
    return after


def work_through(
    system: System, post: Post, endpoint_id: str, order_of: Callable[[Delivery], Order]
) -> DeliveryStatus | None:
    """Attempts the deliveries that wait for one receiver, longest overdue first, until one fails or time is up."""
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
        return delivery.status  # the index lags
    if receiver.stops(delivery.named_at):
        system.deliveries.save(delivery, _ended(delivery, DeliveryStatus.STOPPED))
        return DeliveryStatus.STOPPED
    if system.now() > delivery.since + TRIED_FOR + CLAIM:
        _saved(system, delivery, _ended(delivery, DeliveryStatus.DEAD))
        return DeliveryStatus.DEAD
    return deliver_again(system, post, delivery, order_of(delivery)).status


def _put_back(system: System, post: Post, endpoint_id: str, claimed_until: datetime, *, failed: bool) -> None:
    """Sets when the receiver is due next: when the first delivery that waits for it is; never if none waits."""
    receiver = system.receivers.load(endpoint_id, consistent=True)
    now = system.now()
    first = system.deliveries.first_due(endpoint_id)
    if first is not None:
        due_at = max(first, now + (rest(receiver.failures) if failed else timedelta(0)))
    elif receiver.failures:
        due_at = now + CLAIM  # the index may lag behind a failure
    else:
        system.receivers.release(receiver, claimed_until, None)
        return
    system.receivers.release(receiver, claimed_until, due_at)
    if first is not None and due_at - now < CLAIM:
        post.call_again(endpoint_id, due_at - now)


def _try(system: System, post: Post, delivery: Delivery, order: Order, merchant: Merchant) -> Delivery:
    """The delivery after one attempt."""
    began, now = system.clock(), system.now()
    try:
        status = _call(post, delivery, order, merchant, now)
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


def _call(post: Post, delivery: Delivery, order: Order, merchant: Merchant, now: datetime) -> int:
    if delivery.kind is Kind.UPDATE:
        return post.send("GET", with_reference(delivery.url, delivery.order_reference), {}, None)
    body = post.body_of(order)
    signed = post.sign(merchant, delivery.notification_id, body, now)
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


def _saved(system: System, before: Delivery, after: Delivery) -> bool:
    """False if it was changed since it was read. One that is given up is put on the operators' work list first."""
    if after.status is DeliveryStatus.DEAD:
        now = system.now()
        system.work.add(f"{ENDPOINT}{after.endpoint_id}", now, now)
        logger.warning("notification given up", extra={"notification_id": after.notification_id})
    return system.deliveries.save(before, after)


def _take_note(system: System, post: Post, receiver: Receiver, delivery: Delivery) -> None:
    """Records what an attempt says about the receiver."""
    now = system.now()
    if delivery.status is DeliveryStatus.DELIVERED:
        if not receiver.is_well:
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
    """Appends `?id=REFERENCE`; an existing query is kept unchanged."""
    return extended(update_url, id=order_reference)
