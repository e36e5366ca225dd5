"""A notification to the merchant and its delivery attempts, as the API shows them (GO-2)."""

import json
from typing import Any

from tillgate.api.http.instants import instant
from tillgate.api.orders.views import order_view
from tillgate.domain.notifications.delivery import Delivery
from tillgate.domain.orders.order import Order


def delivery_view(delivery: Delivery) -> dict[str, Any]:
    return {
        "id": delivery.notification_id,
        "kind": delivery.kind,
        "type": "order.updated",
        "order_key": delivery.order_key,
        "order_reference": delivery.order_reference,
        "version": delivery.version,
        "url": delivery.url,
        "status": delivery.status,
        "created_at": instant(delivery.created_at),
        "next_attempt_at": instant(delivery.next_attempt_at) if delivery.next_attempt_at else None,
        "attempts": [
            {"at": instant(attempt.at), "status": attempt.status, "error": attempt.error}
            for attempt in delivery.attempts
        ],
    }


def event_body(order: Order, api_url: str) -> bytes:
    """The body of a signed event (RG-12): the order as the API shows it."""
    event = {
        "type": "order.updated",
        "timestamp": instant(order.updated_at),
        "data": order_view(order, api_url),
    }
    return json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode()
