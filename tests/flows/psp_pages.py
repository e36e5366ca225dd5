"""The sandbox PSP from outside: its API, signed as its one customer signs, and its pages as a shopper sees them."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

from tests.flows.client import FORM, JSON, Answer, send


@dataclass(frozen=True)
class Psp:
    """The sandbox PSP's books, whatever we believe ourselves."""

    url: str
    key_id: str
    secret: str

    def find(self, payment_id: str) -> JSON | None:
        """Its payment under our payment's id; None where it has never heard of it."""
        path = f"/payments/{payment_id}"
        answer = send("GET", self.url + path, headers=self.signed("GET", path, ""))
        return None if answer.status == 404 else answer.expect(200)

    def payment(self, payment_id: str) -> JSON:
        found = self.find(payment_id)
        assert found is not None, f"the PSP does not know {payment_id}"
        return found

    def payout(self, payout_id: str) -> JSON | None:
        """Its payout under our payout's id; None where it has never heard of it."""
        path = f"/payouts/{payout_id}"
        answer = send("GET", self.url + path, headers=self.signed("GET", path, ""))
        return None if answer.status == 404 else answer.expect(200)

    def notify(self, payment_id: str, copies: int) -> None:
        """Has it send the present state again, so many times."""
        path, body = f"/payments/{payment_id}/notifications", json.dumps({"copies": copies})
        send("POST", self.url + path, body, self.signed("POST", path, body)).expect(200)

    def backoffice(self, payment: JSON, do: str, amount: int | None = None) -> Answer:
        """Somebody works there, or a bank does something, without our asking."""
        body = json.dumps({"do": do} | ({} if amount is None else {"amount": amount}))
        return send(
            "POST", f"{self.url}/backoffice/{payment['payment_id']}", body, {"Content-Type": "application/json"}
        )

    def notification(self, payment: JSON) -> str:
        """The body of a notification that says this of a payment."""
        return json.dumps({"event_id": "evt_test", "created_at": "2026-01-01T00:00:00.000Z", "payment": payment})

    def signed(self, method: str, path: str, body: str, at: float | None = None) -> dict[str, str]:
        timestamp = str(int(time.time() if at is None else at))
        text = f"{timestamp}.{method}.{path}.{body}"
        signature = hmac.new(self.secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        names = {"Sandbox-Key": self.key_id, "Sandbox-Timestamp": timestamp, "Sandbox-Signature": signature}
        return names | {"Content-Type": "application/json"}


class Page(HTMLParser):
    """A page with one plain form: where it goes, and what its buttons send."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.answer = send("GET", url)
        self.target: str | None = None
        self.buttons: dict[str, dict[str, str]] = {}
        self._button: dict[str, str] | None = None
        assert self.answer.headers["content-type"].startswith("text/html"), self.answer
        self.feed(self.answer.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "form":
            assert attributes["method"] == "post"
            self.target = urljoin(self.url, attributes.get("action", ""))
        if tag == "button":
            self._button = {attributes["name"]: attributes["value"]}

    def handle_data(self, data: str) -> None:
        if self._button is not None:
            self.buttons[data.strip()] = self._button
            self._button = None

    def press(self, label: str) -> Answer:
        """Sends the form by that button; where it leads is not followed."""
        assert self.target is not None, "there is no form"
        return send("POST", self.target, urlencode(self.buttons[label]), {"Content-Type": FORM})


def follow(answer: Answer) -> str:
    """What a browser does with a redirect, until a page comes; its URL."""
    url = ""
    while answer.status == 303:
        url = answer.headers["location"]
        answer = send("GET", url)
    assert answer.status == 200, answer
    return url


def pay(payment: JSON, label: str) -> str:
    """The shopper goes to the PSP's page, presses a button and is sent back; the URL where that ends."""
    return follow(Page(payment["redirect"]["url"]).press(label))


def came_back(url: str) -> tuple[str, dict[str, str]]:
    """Path and query of the URL a shopper came back to."""
    parts = urlsplit(url)
    return parts.path, {name: values[0] for name, values in parse_qs(parts.query).items()}
