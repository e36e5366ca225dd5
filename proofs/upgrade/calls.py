"""A merchant that repeats nothing: a call that is not answered as it should be is counted as failed."""

import base64
import json
import threading
import uuid
from collections import Counter
from pathlib import Path
from typing import Any

import urllib3

AMOUNT = 4_999


class FailedCall(Exception):
    """Not answered, or answered with an error."""


class Caller:
    """Knows the system by its file, which a deploy may rewrite."""

    def __init__(self, stack: Path) -> None:
        self._file = stack
        self._http = urllib3.PoolManager(maxsize=8, timeout=urllib3.Timeout(300), retries=False)
        self._lock = threading.Lock()
        self._token = ""
        self.answers: Counter[str] = Counter()

    def begin(self) -> str:
        """An order with an authorized payment: `order_key/payment_id`."""
        body = {"order_reference": uuid.uuid4().hex, "amount": AMOUNT, "currency": "EUR"}
        order = self._call("create", "POST", "/orders", body, 201)
        start = {"method": "card", "instrument": {"token": "tok_visa"}}
        payment = self._call("START", "POST", f"/orders/{order['order_key']}/payments", start, 201)
        return f"{order['order_key']}/payments/{payment['payment_id']}"

    def finish(self, payment: str) -> None:
        """Captures, refunds a part, and reads what has become of it."""
        self._call("capture", "POST", f"/orders/{payment}/capture", {"amount": AMOUNT}, 200)
        self._call("refund", "POST", f"/orders/{payment}/refund", {"amount": 999}, 200)
        found = self._call("status", "GET", f"/orders/{payment}", None, 200)["amounts"]
        if (found["captured"], found["refunded"]) != (AMOUNT, 999):
            raise FailedCall(f"{payment}: {found}")

    def _call(self, name: str, method: str, path: str, body: Any, wanted: int) -> Any:
        stack = json.loads(self._file.read_text())
        headers = {"Authorization": f"Bearer {self._bearer(stack)}", "Content-Type": "application/json"}
        if method != "GET":
            headers["Idempotency-Key"] = str(uuid.uuid4())  # without hyphens, one in thousands has a card's digits
        content = None if body is None else json.dumps(body).encode()
        try:
            answer = self._http.request(method, stack["api_url"] + path, body=content, headers=headers)
        except urllib3.exceptions.HTTPError as error:
            raise FailedCall(f"{name}: {error}") from error
        if answer.status != wanted:
            raise FailedCall(f"{name}: {answer.status} {answer.data[:300]!r}")
        with self._lock:
            self.answers[f"{name} {answer.status}"] += 1
        return json.loads(answer.data)

    def _bearer(self, stack: dict[str, Any]) -> str:
        with self._lock:
            if not self._token:
                account = stack["merchants"][0]
                basic = base64.b64encode(f"{account['client_id']}:{account['client_secret']}".encode()).decode()
                answer = self._http.request(
                    "POST",
                    stack["api_url"] + "/auth/token",
                    body=b"grant_type=client_credentials",
                    headers={"Authorization": f"Basic {basic}", "Content-Type": "application/x-www-form-urlencoded"},
                )
                self._token = json.loads(answer.data)["access_token"]
            return self._token
