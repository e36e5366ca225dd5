"""An outside client of Tillgate: knows the API's addresses and words, and nothing of how it is made."""

from __future__ import annotations

import base64
import json
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

import urllib3

JSON = dict[str, Any]
FORM = "application/x-www-form-urlencoded"
HTTP = urllib3.PoolManager(maxsize=32, retries=False, timeout=urllib3.Timeout(connect=5, read=40))


@dataclass(frozen=True)
class Answer:
    """One answer; header names are lower case."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def code(self) -> str:
        """The stable code of a problem."""
        assert self.headers["content-type"].startswith("application/problem+json"), self
        assert self.json["status"] == self.status
        return str(self.json["code"])

    def expect(self, status: int) -> Any:
        """The body, if the answer has that status."""
        assert self.status == status, f"{self.status} instead of {status}: {self.text}"
        return self.json if self.text else None

    def refused(self, status: int, code: str) -> JSON:
        """The problem, if it is that one."""
        assert (self.status, self.code) == (status, code), self.text
        problem: JSON = self.json
        return problem


def send(method: str, url: str, body: bytes | str | None = None, headers: Mapping[str, str] | None = None) -> Answer:
    """One request; redirects are not followed."""
    response = HTTP.request(method, url, body=body, headers=dict(headers or {}), redirect=False)
    lower = {name.lower(): value for name, value in response.headers.items()}
    return Answer(response.status, lower, response.data.decode())


def eventually[Found](look: Callable[[], Found], within: float = 60) -> Found:
    """The first truthy value that `look` gives; fails with the last one when time is over.

    What takes long is looked at less often: the looking must not be what the local cloud is busy with.
    """
    began = time.monotonic()
    while not (found := look()):
        waited = time.monotonic() - began
        assert waited < within, f"not within {within} s, the last was {found!r}"
        time.sleep(max(0.1, waited / 20))
    return found


def new_reference() -> str:
    return f"test-{uuid.uuid4().hex[:12]}"


class Merchant:
    """A merchant's own system: one account and its token.

    `pays_vendors`: how an order that is divided between vendors is captured, as its PSP wants it.
    """

    pays_vendors = "manual"

    def __init__(self, stack: JSON, account: JSON) -> None:
        self.account = account
        self.api_url = str(stack["api_url"])
        self.shop_url = str(stack["shop_url"])

    @cached_property
    def token(self) -> str:
        return str(self.ask_token().expect(200)["access_token"])

    def ask_token(self, client_id: str | None = None, secret: str | None = None) -> Answer:
        """POST /auth/token by HTTP Basic, with the account's own credentials where none are given."""
        pair = f"{client_id or self.account['client_id']}:{secret or self.account['client_secret']}"
        headers = {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}", "Content-Type": FORM}
        return send("POST", f"{self.api_url}/auth/token", "grant_type=client_credentials", headers)

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        form: Mapping[str, object] | None = None,
        raw: bytes | None = None,
        key: str | None = None,
        **headers: str,
    ) -> Answer:
        """A call with the token. `body` goes as JSON, `form` as a form, `raw` as it is; `key` makes it idempotent."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        content: bytes | str | None = raw
        if body is not None:
            named, content = {"Content-Type": "application/json"} | named, json.dumps(body)
        if form is not None:
            named, content = {"Content-Type": FORM} | named, urlencode(form)
        if key is not None:
            named["Idempotency-Key"] = key
        return send(method, self.api_url + path, content, {"Authorization": f"Bearer {self.token}"} | named)

    def terms(self, **fields: object) -> JSON:
        """A body for POST /orders."""
        urls = {name: f"{self.shop_url}/return/{name}" for name in ("success", "aborted", "error")}
        ours = {"order_reference": new_reference(), "amount": 4999, "currency": "EUR", "return_urls": urls}
        return ours | fields

    def order(self, **fields: object) -> JSON:
        created: JSON = self.call("POST", "/orders", self.terms(**fields)).expect(201)
        return created

    def read(self, order: JSON) -> JSON:
        found: JSON = self.call("GET", f"/orders/{order['order_key']}").expect(200)
        return found

    def history(self, order: JSON) -> list[JSON]:
        found: list[JSON] = self.call("GET", f"/orders/{order['order_key']}/history").expect(200)["items"]
        return found

    def payment(self, payment: JSON) -> JSON:
        found: JSON = self.call("GET", f"/payments/{payment['payment_id']}").expect(200)
        return found

    def try_start(self, order: JSON, instrument: str | None = "tok_visa", **fields: object) -> Answer:
        """START with an instrument; tokens of gift cards begin with `gc_`."""
        method = "gift_card" if instrument and instrument.startswith("gc_") else "card"
        body = {"method": method} | ({"instrument": {"token": instrument}} if instrument else {}) | fields
        return self.call("POST", f"/orders/{order['order_key']}/payments", body)

    def start(self, order: JSON, instrument: str | None = "tok_visa", **fields: object) -> JSON:
        payment: JSON = self.try_start(order, instrument, **fields).expect(201)
        return payment

    def do(self, payment: JSON, verb: str, body: JSON | None = None, *, key: str | None = None) -> Answer:
        """capture, cancel, refund, withdraw or sync."""
        path = f"/orders/{payment['order_key']}/payments/{payment['payment_id']}/{verb}"
        return self.call("POST", path, body, key=key)

    def done(self, payment: JSON, verb: str, **body: object) -> JSON:
        """The payment after such a call."""
        after: JSON = self.do(payment, verb, body).expect(200)
        return after

    def on_order(self, order: JSON, verb: str, **body: object) -> Answer:
        """withdraw, cancel or refund of the whole order."""
        return self.call("POST", f"/orders/{order['order_key']}/{verb}", body)

    def becomes(self, order: JSON, status: str, within: float = 60) -> JSON:
        """The order, as soon as it has that status and nothing of it is pending."""

        def reached() -> JSON | None:
            now = self.read(order)
            pending = any(payment["pending"] for payment in now["payments"])
            return now if now["status"] == status and not pending else None

        found = eventually(reached, within)
        assert found is not None
        return found

    def cancelled(self, order: JSON, status: str = "CANCELLED") -> JSON:
        """The order once it has ended: with the call, or after its 202 where giving back took the system longer."""
        answer = self.on_order(order, "cancel")
        assert answer.status in (200, 202), answer
        return self.becomes(order, status)

    def told(self, order: JSON) -> list[JSON]:
        """What the shop's inbox has of the order: calls of the update URL."""
        items: list[JSON] = send("GET", f"{self.shop_url}/inbox").expect(200)["items"]
        return [item for item in items if item.get("id") == order["order_reference"]]


def authorized_order(merchant: Merchant, amount: int = 4999, **fields: object) -> tuple[JSON, JSON]:
    """An order whose whole amount is held on a card, and that payment; one with vendors as its PSP wants it."""
    capture = merchant.pays_vendors if fields.get("multi_vendor") else "manual"
    order = merchant.order(amount=amount, **{"capture": capture} | fields)
    payment = merchant.start(order)
    assert payment["status"] == ("AUTHORIZED" if order["capture"] == "manual" else "CAPTURED"), payment
    return order, payment


def sums(payment: JSON) -> tuple[int, int, int, int]:
    """Authorized, captured, cancelled, refunded."""
    of = payment["amounts"]
    return of["authorized"], of["captured"], of["cancelled"], of["refunded"]
