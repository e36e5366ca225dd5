"""A caller of the sandbox PSP: REST proxy events into its Lambda handler, and its answers read back."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode

from mangum.types import LambdaContext

from functions.sandbox_psp.sandbox.clients import Credentials
from functions.sandbox_psp.sandbox.http import handler
from functions.sandbox_psp.sandbox.signing import sign

CREDENTIALS = Credentials("sandbox", "a-secret-that-only-tests-know")
PSP_URL = "http://127.0.0.1:4566/_aws/execute-api/abc123/psp"
RETURN_URL = "http://127.0.0.1:4566/return/pay_1?x=1&y=2"
NOTIFICATION_URL = "http://127.0.0.1:9/notifications"


@dataclass(frozen=True)
class Answer:
    """Status, headers in lower case, and body of one answer."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def error(self) -> str:
        return str(self.json["error"]["code"])


def invoke(method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
    """One call as API Gateway hands it over: the path is without the stage."""
    event = {
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": method,
        "headers": {"Host": "127.0.0.1", **headers},
        "multiValueHeaders": {},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "requestContext": {"stage": "psp", "path": f"/psp{path}", "identity": {"sourceIp": "127.0.0.1"}},
        "body": body.decode(),
        "isBase64Encoded": False,
    }
    handler._setup_event_loop()  # another test may have closed the one that was there
    answer = handler(event, cast(LambdaContext, None))
    lower = {name.lower(): value for name, value in answer["headers"].items()}
    return Answer(answer["statusCode"], lower, answer["body"])


def call(method: str, path: str, body: object = None, *, key: str | None = None) -> Answer:
    """A signed call of the API."""
    content = b"" if body is None else json.dumps(body).encode()
    headers = sign(CREDENTIALS, method, path, content, time.time())
    return invoke(method, path, headers | ({"Idempotency-Key": key} if key else {}), content)


def new_payment(reference: str = "pay_1", **fields: object) -> dict[str, object]:
    """A body for POST /payments."""
    return {
        "reference": reference,
        "amount": 4999,
        "currency": "EUR",
        "capture": False,
        "method": "card",
        "token": "tok_visa",
        "return_url": RETURN_URL,
        "notification_url": NOTIFICATION_URL,
        "account": "acct_one",
    } | fields


def start(reference: str = "pay_1", **fields: object) -> Answer:
    """POST /payments under the key `op_1`."""
    return call("POST", "/payments", new_payment(reference, **fields), key="op_1")


def operate(kind: str, amount: int, key: str, *, final: bool = False, reference: str = "pay_1") -> Answer:
    """POST /payments/{reference}/captures, cancels or refunds."""
    return call("POST", f"/payments/{reference}/{kind}", {"amount": amount, "final": final}, key=key)


def deed(do: str, amount: int | None = None, *, reference: str = "pay_1") -> Answer:
    """Somebody works in the back office: unsigned."""
    body = {"do": do} if amount is None else {"do": do, "amount": amount}
    return invoke("POST", f"/backoffice/{reference}", {}, json.dumps(body).encode())


def choose(page_url: str, action: str) -> Answer:
    """What a browser does when a button of the page is pressed."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    return invoke("POST", page_path(page_url), form, urlencode({"action": action}).encode())


def page_path(page_url: str) -> str:
    """The path within the API of a page's absolute URL."""
    return page_url.removeprefix(PSP_URL)


def amounts(payment: dict[str, Any]) -> tuple[int, int, int, int]:
    """Authorized, captured, cancelled, refunded."""
    of = payment["amounts"]
    return of["authorized"], of["captured"], of["cancelled"], of["refunded"]
