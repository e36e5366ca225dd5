"""The shop's server: one function a page or button.

GET  /                        the cart; POST /checkout creates the order
GET  /return/success|aborted|error   where the shopper's browser comes back to
GET  /orders, /orders/KEY     behind the counter; POST /orders/KEY/capture and so on
GET  /update?id=REFERENCE     the update URL; `answer=503` in the query makes it answer that
POST /notifications           signed events; `answer=410` works here too
GET  /inbox                   what came, oldest first, as JSON (for browsers as a page); DELETE empties it
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from . import pages
from .inbox import Inbox, is_genuine
from .tillgate import JSON, RefusedError, Tillgate

HTML = "text/html; charset=utf-8"
FILES = {"shop.css": "text/css; charset=utf-8", "logo.svg": "image/svg+xml"}


class Shop:
    """What the shop knows and does. `pass_time(order_key, minutes)` is the local system's time machine."""

    def __init__(self, url: str, stack: Callable[[], JSON], pass_time: Callable[[str, int], None]) -> None:
        self.url = url
        self.inbox = Inbox()
        self._stack = stack
        self.pass_time = pass_time
        self._tillgate: Tillgate | None = None

    @property
    def merchant(self) -> JSON:
        first: JSON = self._stack()["merchants"][0]
        return first

    @property
    def tillgate(self) -> Tillgate:
        """Made when it is first needed: the shop is open before the system it sells through is ready."""
        api_url, merchant = self._stack()["api_url"], self.merchant
        if self._tillgate is None or self._tillgate.api_url != api_url:
            self._tillgate = Tillgate(api_url, merchant["client_id"], merchant["client_secret"])
        return self._tillgate

    def check_out(self, form: dict[str, str]) -> str:
        """Creates the order and answers where the shopper goes."""
        bought = {key: int(form.get(key) or 0) for key in pages.GOODS}
        items = [
            {"name": pages.GOODS[key][0], "quantity": quantity, "amount": quantity * pages.GOODS[key][1]}
            for key, quantity in bought.items()
            if quantity > 0
        ]
        order = self.tillgate.post(
            "/orders",
            {
                "order_reference": f"shop-{secrets.token_hex(4)}",
                "amount": sum(int(str(item["amount"])) for item in items),
                "currency": "EUR",
                "capture": form.get("capture", "manual"),
                "description": "Your order at the Corner Shop",
                "items": items,
                "return_urls": {how: f"{self.url}/return/{how}" for how in ("success", "aborted", "error")},
                "notification_url": f"{self.url}/notifications",
            },
        )
        if form.get("how") != "direct":
            return str(order["menu_url"])
        body = {"method": "card", "instrument": {"token": form["token"]}}
        payment = self.tillgate.post(f"/orders/{order['order_key']}/payments", body)
        redirect = payment.get("redirect") or {"url": f"{self.url}/return/success?order_key={order['order_key']}"}
        return str(redirect["url"])

    def order(self, order_key: str | None) -> JSON | None:
        """An order of ours, as Tillgate knows it."""
        try:
            return self.tillgate.get(f"/orders/{order_key}") if order_key else None
        except RefusedError:
            return None

    def operate(self, order_key: str, operation: str, form: dict[str, str]) -> None:
        """What a button behind the counter does."""
        if operation == "time":
            self.pass_time(order_key, int(form["minutes"]))
        elif "payment_id" in form:
            self.tillgate.post(f"/orders/{order_key}/payments/{form['payment_id']}/{operation}", {})
        else:
            self.tillgate.post(f"/orders/{order_key}/{operation}", {})


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    protocol_version = "HTTP/1.1"
    shop: Shop

    def do_GET(self) -> None:
        """Pages, the update URL and the inbox."""
        self._serve(self._get)

    def do_POST(self) -> None:
        """Buttons, and signed events."""
        self._serve(self._post)

    def do_DELETE(self) -> None:
        """Empties the inbox."""
        self.shop.inbox.clear()
        self._answer(204, "")

    def _get(self, path: list[str], query: dict[str, str]) -> None:
        if path == [""]:
            self._answer(200, pages.cart(), HTML)
        elif path[0] in FILES and len(path) == 1:
            self._answer(200, Path(__file__).with_name(path[0]).read_text(), FILES[path[0]])
        elif path == ["update"]:
            self.shop.inbox.add({"kind": "update", "id": query.get("id"), "query": urlsplit(self.path).query})
            self._answer(int(query.get("answer", 200)), "")
        elif path == ["inbox"]:
            self._inbox()
        elif path[0] == "return" and path[1:] in (["success"], ["aborted"], ["error"]):
            self._answer(200, pages.returned(self.shop.order(query.get("order_key"))), HTML)
        elif path == ["orders"]:
            self._answer(200, pages.orders(self.shop.tillgate.get("/orders?limit=50")["items"]), HTML)
        elif path[0] == "orders" and len(path) == 2:
            order = self.shop.tillgate.get(f"/orders/{path[1]}")
            history = self.shop.tillgate.get(f"/orders/{path[1]}/history")["items"]
            self._answer(200, pages.order(order, history), HTML)
        else:
            self._answer(404, "There is nothing here.\n")

    def _post(self, path: list[str], query: dict[str, str]) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        if path == ["notifications"]:
            headers = {name.lower(): value for name, value in self.headers.items()}
            genuine = is_genuine(headers, body, self.shop.merchant["signing_secret"])
            self.shop.inbox.add({"kind": "notification", "headers": headers, "body": body, "genuine": genuine})
            self._answer(int(query.get("answer", 200)), "")
        elif path == ["checkout"]:
            self._go(self.shop.check_out(dict(parse_qsl(body))))
        elif path[0] == "orders" and len(path) == 3:
            self.shop.operate(path[1], path[2], dict(parse_qsl(body)))
            self._go(f"/orders/{path[1]}")
        else:
            self._answer(404, "There is nothing here.\n")

    def _serve(self, answer: Callable[[list[str], dict[str, str]], None]) -> None:
        url = urlsplit(self.path)
        try:
            answer(url.path.removeprefix("/").split("/"), dict(parse_qsl(url.query)))
        except RefusedError as refused:
            self._answer(int(refused.problem.get("status", 500)), pages.refused(refused.problem), HTML)

    def _inbox(self) -> None:
        messages = self.shop.inbox.all()
        if "text/html" in self.headers.get("Accept", ""):
            self._answer(200, pages.inbox(messages), HTML)
        else:
            self._answer(200, json.dumps({"items": messages}), "application/json")

    def _go(self, url: str) -> None:
        self._answer(303, "", headers={"Location": url})

    def _answer(self, status: int, text: str, kind: str = "text/plain; charset=utf-8", **more: Any) -> None:
        body = text.encode()
        headers = {"Content-Type": kind, "Content-Length": str(len(body)), "Cache-Control": "no-store"}
        self.send_response(status)
        for name, value in (headers | more.get("headers", {})).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing: the inbox shows it all."""
