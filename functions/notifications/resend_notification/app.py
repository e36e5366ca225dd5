"""POST /notifications/{id}/resend: sends a notification again, whatever its status (GO-2)."""

import json
import os
from typing import Any

from tillgate.api.http.authentication import caller
from tillgate.api.http.endpoint import endpoint
from tillgate.api.http.fields import Nothing
from tillgate.api.http.idempotency import idempotent
from tillgate.api.http.request import Request, Response
from tillgate.api.notifications.views import delivery_view
from tillgate.domain.notifications.delivery import Delivery
from tillgate.runtime.aws import client
from tillgate.use_cases.notifications.resend_notification import resend_notification


@endpoint
def handler(request: Request) -> Response:
    merchant = caller(request, "orders:write")
    body = request.read(Nothing)
    shown: list[Delivery] = []

    def view(*_: Any) -> dict[str, Any]:
        return delivery_view(shown[-1])

    return idempotent(
        request,
        merchant.merchant_id,
        body,
        lambda guard: resend_notification(
            request.system,
            merchant.merchant_id,
            request.path["id"],
            guard=guard,
            seen=shown.append,
            queue=_queue,
        ),
        view,
        status=lambda _: 202,
        xml_root="notification",
    )


def _queue(notification_id: str) -> None:
    client("sqs").send_message(
        QueueUrl=os.environ["MERCHANT_NOTIFICATIONS_QUEUE_URL"],
        MessageBody=json.dumps({"notification_id": notification_id}),
    )
