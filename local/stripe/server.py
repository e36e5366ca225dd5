"""The proxy's server: one method per path, as listed in `API`. What is not listed goes to `localstripe` as it came."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Callable
from contextlib import nullcontext
from http.server import BaseHTTPRequestHandler
from typing import ClassVar
from urllib.parse import urlsplit

from .account import Account
from .accounts import Accounts
from .forms import JSON, decode
from .theirs import RefusedError

WAITS = "/_config/delivered"  # whoever an event is delivered to may call
ALL = "all"  # things: it happens to the account
LOCK = threading.Lock()  # one request after the other: what is shown was so at one time


class Handler(BaseHTTPRequestHandler):
    """Answers one request. `accounts` is set before the server starts."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # headers and body go as one packet: else each answer waits 40 ms for an acknowledgement
    disable_nagle_algorithm = True
    accounts: ClassVar[Accounts]

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        is_form = "multipart" not in (self.headers.get("Content-Type") or "")
        self.form = decode(url.query) | (decode(self.body.decode()) if is_form else {})
        with nullcontext() if url.path == WAITS else LOCK:
            try:
                self._route(f"{self.command} {url.path}")
            except RefusedError as refused:
                self._json(refused.status, {"error": refused.error})

    do_POST = do_DELETE = do_GET  # noqa: N815

    def _route(self, asked: str) -> None:
        for route, show in PAGES.items():
            if found := re.fullmatch(route, asked):
                return show(self, *found.groups())
        account = self.accounts.of(self._key())
        for route, call in API.items():
            if found := re.fullmatch(route, asked):
                return self._json(*self._once(account, asked, call, found.groups()))
        return self._answer(*account.theirs.raw(self.command, self.path, self.body), "application/json")

    def _once(
        self, account: Account, asked: str, call: Callable[..., JSON], found: tuple[str, ...]
    ) -> tuple[int, JSON]:
        def execute() -> tuple[int, JSON]:
            try:
                return 200, call(account, self.form | {"account": self.headers.get("Stripe-Account")}, *found)
            except RefusedError as refused:
                return refused.status, {"error": refused.error}

        key = self.headers.get("Idempotency-Key") if self.command == "POST" else None
        return account.keys.once(self._key(), key, f"{asked} {self.body.decode('latin-1')}", execute)

    def _key(self) -> str:
        scheme, _, value = self.headers.get("Authorization", "").partition(" ")
        return base64.b64decode(value).decode().partition(":")[0] if scheme == "Basic" else value

    def show(self, kind: str, thing: str) -> None:
        self._answer(200, self.accounts.holding(thing).page(kind, thing).encode(), "text/html; charset=utf-8")

    def press(self, kind: str, thing: str) -> None:
        self.send_response(303)
        self.send_header("Location", self.accounts.holding(thing).press(kind, thing, self.form["do"]))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def subscribe(self, name: str) -> None:
        """An endpoint of the account whose key is sent."""
        self.accounts.of(self._key()).events.subscribe(name, self.form["url"], self.form["secret"])
        self._json(200, {})

    def begin(self) -> None:
        self.accounts.begin()
        self._json(200, {})

    def delivered(self) -> None:
        """Answers when all events have been taken."""
        self.accounts.wait()
        self._json(200, {})

    def backoffice(self, do: str, thing: str) -> None:
        """What happens at a PSP or bank without our asking, to one thing or in the account whose key is sent."""
        account = self.accounts.of(self._key()) if thing == ALL else self.accounts.holding(thing)
        self._json(200, account.backoffice(do, thing, self.form))

    def _json(self, status: int, body: JSON) -> None:
        self._answer(status, json.dumps(body, indent=2).encode(), "application/json")

    def _answer(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Logs nothing: bodies hold what test systems sent."""


PAGES: dict[str, Callable[..., None]] = {
    r"GET /(checkout|authenticate)/(\w+)": Handler.show,
    r"POST /(checkout|authenticate)/(\w+)": Handler.press,
    r"POST /_config/webhooks/(\w+)": Handler.subscribe,
    r"DELETE /_config/data": Handler.begin,
    rf"GET {WAITS}": Handler.delivered,
    r"POST /_backoffice/(\w+)/(\w+)": Handler.backoffice,
}
API: dict[str, Callable[..., JSON]] = {
    r"POST /v1/payment_intents": Account.create_intent,
    r"GET /v1/payment_intents": Account.list_intents,
    r"GET /v1/payment_intents/(pi_\w+)": Account.show_intent,
    r"POST /v1/payment_intents/(pi_\w+)/capture": Account.capture,
    r"POST /v1/payment_intents/(pi_\w+)/cancel": Account.cancel,
    r"POST /v1/payment_methods": Account.create_method,
    r"POST /v1/setup_intents": Account.create_setup,
    r"GET /v1/setup_intents": Account.list_setups,
    r"GET /v1/setup_intents/(seti_\w+)": Account.show_setup,
    r"POST /v1/setup_intents/(seti_\w+)/cancel": Account.cancel_setup,
    r"POST /v1/checkout/sessions": Account.create_session,
    r"GET /v1/checkout/sessions": Account.list_sessions,
    r"GET /v1/checkout/sessions/(cs_\w+)": Account.show_session,
    r"POST /v1/checkout/sessions/(cs_\w+)/expire": Account.expire_session,
    r"POST /v1/refunds": Account.refund,
    r"GET /v1/refunds": Account.list_refunds,
    r"GET /v1/disputes": Account.list_disputes,
    r"POST /v1/disputes/(du_\w+)": Account.update_dispute,
    r"POST /v1/disputes/(du_\w+)/close": Account.close_dispute,
    r"POST /v1/files": Account.upload,
    r"GET /v1/balance_transactions": Account.list_transactions,
    r"GET /v1/payouts": Account.list_payouts,
    r"POST /v1/payouts": Account.pay_vendor,
    r"GET /v1/payouts/(po_\w+)": Account.show_payout,
    r"POST /v1/transfers": Account.transfer,
    r"GET /v1/transfers": Account.list_transfers,
    r"POST /v1/transfers/(tr_\w+)/reversals": Account.reverse,
}
