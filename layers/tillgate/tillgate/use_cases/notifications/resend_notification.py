"""Sends a notification once more, whatever its outcome so far (GO-2). Its 72 hours start again."""

from collections.abc import Callable
from datetime import datetime, timedelta

from tillgate.domain.notifications.delivery import Delivery
from tillgate.domain.orders.order import Order
from tillgate.domain.shared.refusals import NotFound, OperationNotAllowed
from tillgate.runtime.backoff import tries
from tillgate.use_cases.shared.changes import ConcurrentChange, load
from tillgate.use_cases.shared.idempotency import IdempotencyGuard
from tillgate.wiring import System

FOUND_AFTER = timedelta(minutes=1)  # the sweep finds the delivery if its message is lost
TRIES = 5


def resend_notification(
    system: System,
    merchant_id: str,
    notification_id: str,
    *,
    guard: IdempotencyGuard,
    seen: Callable[[Delivery], None],
    queue: Callable[[str], None],
    since: datetime | None = None,
) -> tuple[Order, str]:
    """`seen` is called with the delivery before it is saved, `queue` with its id afterwards. `since`: raises
    `OperationNotAllowed` if it was sent again since then."""
    for _ in tries(TRIES):
        before = system.deliveries.load(notification_id)
        if before is None or before.merchant_id != merchant_id:
            raise NotFound("this notification does not exist")
        if since is not None and before.since != since:
            raise OperationNotAllowed("it was sent again since; look at it again")
        order = load(system, before.order_key, merchant_id)
        now = system.now()
        after = before.again(now, now + FOUND_AFTER)
        seen(after)
        record = guard.at_once(notification_id)
        saved = (
            system.deliveries.save_once(before, after, record, order)
            if record
            else system.deliveries.save(before, after)
        )
        if saved:
            system.receivers.wake(after.endpoint_id, now + FOUND_AFTER)
            queue(notification_id)
            return order, notification_id
    raise ConcurrentChange
