"""POST /psp/{connector}/notifications[/{merchant_id}]: a PSP's notification. 2xx only once it is in the queue (IS-12).

The connector verifies and reads it here. What it read goes to the queue, so that nothing has to be verified again when
`apply_psp_notification` applies it to the order. A notification that is not authentic or cannot be parsed is refused
and changes nothing; if the connector fails, the answer is a 500, and the PSP sends it again.
"""

import json
import os

from tillgate.api.http.endpoint import endpoint
from tillgate.api.http.problems import Problem
from tillgate.api.http.request import Request, Response
from tillgate.connectors.v1 import Look, Malformed, NotAuthentic, Sent
from tillgate.domain.psp.facts import Fact
from tillgate.domain.shared.identifiers import is_merchant_id
from tillgate.domain.shared.modes import Mode
from tillgate.runtime.aws import client
from tillgate.store.shared.documents import leave_defaults, to_json


@endpoint
def handler(request: Request) -> Response:
    name = request.path["connector"]
    merchant_id = request.path.get("merchant_id")
    mode, told = _read(request, name, merchant_id)
    if told:
        facts = to_json([each for each in told if isinstance(each, Fact)], leave_defaults)
        looks = [each.case for each in told if isinstance(each, Look)]
        account = {"connector": name, "merchant_id": merchant_id, "mode": mode}
        message = account | {"facts": facts, "looks": looks}
        client("sqs").send_message(QueueUrl=os.environ["PSP_NOTIFICATIONS_QUEUE_URL"], MessageBody=json.dumps(message))
    return _acknowledged(*request.system.manifest(name).ack)


def _acknowledged(status: int, text: str) -> Response:
    """In the PSP's own words, if it wants any."""
    if text:
        return Response(status, text, {"Content-Type": "text/plain; charset=utf-8"})
    return Response(status, {"received": True}, xml_root="notification")


def _read(request: Request, name: str, merchant_id: str | None) -> tuple[Mode | None, list[Fact | Look]]:
    """What it says, and which of the merchant's accounts it comes from; None: the deployment's account."""
    sent = Sent(query=request.query, headers=request.headers, body=request.content())
    refused = NotAuthentic("not set up")
    for mode in _who_notifies(request, name, merchant_id):
        try:
            return mode, request.system.psp(name, merchant_id, mode).receive(sent)
        except NotAuthentic as error:
            refused = error
        except Malformed as error:
            raise Problem(400, "invalid_request", str(error)) from None
    raise Problem(401, "unauthorized", str(refused)) from None


def _who_notifies(request: Request, name: str, merchant_id: str | None) -> list[Mode | None]:
    """401 rather than 500 where nobody has set the connector up: nothing can be verified."""
    if merchant_id is not None and not is_merchant_id(merchant_id):
        raise Problem(404, "not_found", "this account does not exist")
    try:
        found = request.system.who_notifies(name, merchant_id)
        return [mode for mode in found if request.system.is_set_up(name, merchant_id, mode=mode)]
    except KeyError:
        raise Problem(404, "not_found", "this connector does not exist") from None
