"""Operators send a merchant's notification again (GO-2, ONE-9)."""

import json
import os
from datetime import datetime
from typing import Any

from tillgate.api.notifications.views import delivery_view
from tillgate.api.operators.actions import Action, Fields
from tillgate.domain.notifications.delivery import Delivery
from tillgate.domain.orders.order import Order
from tillgate.domain.shared.refusals import NotFound
from tillgate.runtime.aws import client
from tillgate.runtime.telemetry import logger
from tillgate.use_cases.notifications.resend_notification import resend_notification
from tillgate.use_cases.operators.resolve import check_who_and_why
from tillgate.use_cases.shared.idempotency import IdempotencyGuard
from tillgate.wiring import System, system


def resend(
    system: System, notification_id: str, *, by: str, reason: str, since: datetime | None = None
) -> dict[str, Any]:
    """The notification as it is sent now, whatever its outcome so far. `since`: not if it was sent again since then.

    Raises `NotFound`, `OperationNotAllowed`.
    """
    check_who_and_why(by, reason)
    found = system.deliveries.load(notification_id)
    if found is None:
        raise NotFound("this notification does not exist")
    sent: list[Delivery] = []
    guard: IdempotencyGuard[Order] = IdempotencyGuard(None, system.keys, lambda _made, _subject: (202, None))
    resend_notification(
        system, found.merchant_id, notification_id, guard=guard, seen=sent.append, queue=_queue, since=since
    )
    logger.info("resent by an operator", extra={"notification": notification_id, "by": by, "reason": reason})
    return delivery_view(sent[-1])


def _queue(notification_id: str) -> None:
    client("sqs").send_message(
        QueueUrl=os.environ["MERCHANT_NOTIFICATIONS_QUEUE_URL"],
        MessageBody=json.dumps({"notification_id": notification_id}),
    )


def _resend(fields: Fields) -> Fields:
    return resend(system(), fields["notification_id"], by=fields["by"], reason=fields["reason"])


ACTIONS = {"resend": Action(_resend, "notification_id by reason")}
