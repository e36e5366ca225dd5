"""POST /psp/{connector}/notifications[/{merchant_id}]: a PSP's notification. 2xx only once it is in the queue (IS-12).

A notification that is not authentic or cannot be parsed is refused and changes nothing. `apply_psp_notification` parses
the same bytes again and applies them to the order.
"""

import json
import os

from tillgate.api.http.endpoint import endpoint
from tillgate.api.http.problems import Problem
from tillgate.api.http.request import Request, Response
from tillgate.connectors.api import Connector, Malformed, NotAuthentic, news
from tillgate.runtime.aws import client


@endpoint
def handler(request: Request) -> Response:
    name = request.path["connector"]
    body = request.text()
    _check(_connector(request, name), request, body)
    message = {"connector": name, "merchant_id": request.path.get("merchant_id"), "body": body}
    client("sqs").send_message(QueueUrl=os.environ["PSP_NOTIFICATIONS_QUEUE_URL"], MessageBody=json.dumps(message))
    return Response(202, {"received": True}, xml_root="notification")


def _connector(request: Request, name: str) -> Connector:
    try:
        return request.system.connector(name)
    except KeyError:
        raise Problem(404, "not_found", "this connector does not exist") from None


def _check(connector: Connector, request: Request, body: str) -> None:
    try:
        connector.verify(request.headers, body.encode())
        news(connector, body.encode())
    except NotAuthentic as refused:
        raise Problem(401, "unauthorized", str(refused)) from None
    except Malformed as refused:
        raise Problem(400, "invalid_request", str(refused)) from None
