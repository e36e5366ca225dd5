"""Queue of notifications to merchants: a change of an order, a receiver that is due again, a notification to resend.

{"order_key", "version", "merchant_id"}   every receiver is notified of the change (CM-6, RG-12)
{"endpoint"}                              what waits for this receiver is attempted (GO-2)
{"notification_id"}                       one notification is attempted, whatever its status
"""

import json
import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from tillgate.api.notifications.views import event_body
from tillgate.domain.merchants.account import Merchant
from tillgate.domain.notifications.delivery import Delivery
from tillgate.domain.orders.order import Order
from tillgate.outbound.notifications import signing
from tillgate.outbound.notifications.sending import send
from tillgate.runtime.aws import client
from tillgate.runtime.batches import each_message_at_once
from tillgate.use_cases.merchants.accounts import signing_secrets
from tillgate.use_cases.notifications.deliver import Post, deliver_again, work_through
from tillgate.use_cases.notifications.notify_merchant import notify_merchant, order_at
from tillgate.wiring import system


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return each_message_at_once(event, take)


def take(message: dict[str, Any]) -> None:
    if "endpoint" in message:
        work_through(system(), POST, message["endpoint"], _order_of)
    elif "notification_id" in message:
        delivery = system().deliveries.load(message["notification_id"])
        if delivery:
            deliver_again(system(), POST, delivery, _order_of(delivery))
    else:
        notify_merchant(system(), POST, message["order_key"], message["version"], message.get("merchant_id"))


def _order_of(delivery: Delivery) -> Order:
    return order_at(system(), delivery.order_key, delivery.version)


def _send(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> int:
    return send(method, url, headers, body, local_origins=system().local_origins)


def _sign(merchant: Merchant, message_id: str, body: bytes, now: datetime) -> Mapping[str, str]:
    return signing.headers(signing_secrets(system().seal, merchant, now), message_id, body, now)


def _call_again(endpoint_id: str, gap: timedelta) -> None:
    """Sooner than the sweep, which would find it within a minute."""
    client("sqs").send_message(
        QueueUrl=os.environ["MERCHANT_NOTIFICATIONS_QUEUE_URL"],
        MessageBody=json.dumps({"endpoint": endpoint_id}),
        DelaySeconds=max(0, ceil(gap.total_seconds())),
    )


def _body_of(order: Order) -> bytes:
    return event_body(order, system().api_url)


POST = Post(_send, _sign, _call_again, _body_of)
