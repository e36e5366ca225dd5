"""The shop's server: one method per page or button, as listed in `ROUTES`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from itertools import islice
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qsl, urlsplit

from tillgate_sdk import NoAnswer, Problem

from . import counter, layout, storefront, words
from .goods import GOODS
from .shop import GiftCardRefusedError, Shop

TYPES = {"css": "text/css; charset=utf-8", "svg": "image/svg+xml", "txt": "text/plain; charset=utf-8"}
HTML = "text/html; charset=utf-8"
NEWEST = 50  # orders on a page
SAFE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def _bought(fields: dict[str, str]) -> dict[str, int]:
    """How many of each article; what is no number is none."""
    numbers = {article: fields.get(article, "") for article in GOODS}
    return {article: int(text) for article, text in numbers.items() if re.fullmatch("[0-9]{1,2}", text) and int(text)}


def _cents(text: str) -> int:
    """`12.50` as 1250. Raises ValueError."""
    if not re.fullmatch(r"[0-9]{1,9}([.,][0-9]{2})?", text.strip()):
        raise ValueError(text)
    whole, _, rest = text.strip().replace(",", ".").partition(".")
    return int(whole) * 100 + int(rest or 0)


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    protocol_version = "HTTP/1.1"
    find_shop: Callable[[], Shop]
    pass_time: Callable[[str, int], None]  # the local system's time machine: order key, minutes
    links: ClassVar[dict[str, str]] = {}  # where the API's docs and the operators' desk are

    def shelf(self) -> None:
        self._show(storefront.shelf())

    def cart(self) -> None:
        bought = _bought(self.query)
        self._show(storefront.cart(bought) if bought else storefront.shelf("There is nothing in your cart."))

    def check_out(self) -> None:
        bought, gift_card = _bought(self.form), self.form.get("gift_card", "").strip()
        if not bought:
            return self._show(storefront.shelf("There is nothing in your cart."))
        card = self.form.get("token", "") if self.form.get("how") == "direct" else ""
        try:
            url = self.shop.check_out(
                bought, "auto" if self.form.get("capture") == "auto" else "manual", gift_card, card
            )
        except GiftCardRefusedError as refused:
            said = f"This gift card was not accepted: {words.reason(refused.reason)}. Nothing was charged."
            return self._show(storefront.cart(bought, said, gift_card), 422)
        return self._go(url)

    def back(self, _how: str) -> None:
        """The page that the shopper returns to, at any of the three return URLs."""
        try:
            order = self.shop.look_at(self.query["order_key"])
        except (KeyError, Problem):
            return self._show(storefront.unknown(), 404)
        return self._show(storefront.returned(order))

    def orders(self) -> None:
        newest = islice(self.shop.tillgate.list_orders(limit=NEWEST), NEWEST)
        self._show(counter.orders(newest))

    def order(self, order_key: str) -> None:
        """The merchant's view of an order."""
        order = self.shop.tillgate.get_order(order_key)
        self._show(counter.order(order, self.shop.tillgate.get_history(order_key)))

    def operate(self, order_key: str, operation: str) -> None:
        if operation == "time":
            type(self).pass_time(order_key, int(self.form["minutes"]))
        else:
            try:
                amount = _cents(self.form["amount"]) if "amount" in self.form else None
            except ValueError:
                return self._show(counter.refused("An amount is written like 12.50"), 422)
            if "payment_id" in self.form:
                self.shop.operate(operation, order_key, self.form["payment_id"], amount)
            else:
                self.shop.end(operation, order_key)
        return self._go(f"/orders/{order_key}")

    def told(self) -> None:
        """Receives a signed event. With `?answer=410` in the URL, the shop responds with that status."""
        self.shop.told({name.lower(): value for name, value in self.headers.items()}, self.body)
        self._answer(int(self.query.get("answer", 200)))

    def called(self) -> None:
        """The update URL. `answer` works here too."""
        self.shop.called(self.query.get("id"), urlsplit(self.path).query)
        self._answer(int(self.query.get("answer", 200)))

    def inbox(self) -> None:
        """The inbox, as a page for browsers and as JSON for other clients."""
        if "text/html" in self.headers.get("Accept", ""):
            self._show(counter.inbox(self.shop.inbox))
        else:
            self._answer(200, json.dumps({"items": self.shop.inbox}), "application/json")

    def empty_inbox(self) -> None:
        self.shop.inbox.clear()
        self._answer(204)

    def methods(self) -> None:
        self._show(counter.methods(self.shop.tillgate.list_methods()))

    def offer(self, method: str) -> None:
        self.shop.tillgate.set_method(method, {"enabled": bool(self.form.get("enabled"))})
        self._go("/methods")

    def elsewhere(self, name: str) -> None:
        self._go(type(self).links[name])

    def source(self) -> None:
        self._show(counter.source())

    def text(self, name: str) -> None:
        self._show(storefront.text(name))

    def file(self, name: str) -> None:
        self._answer(200, Path(__file__).with_name(name).read_text(), TYPES[name.rpartition(".")[2]])

    ROUTES: ClassVar[dict[str, Callable[..., None]]] = {
        r"GET /": shelf,
        r"GET /cart": cart,
        r"POST /checkout": check_out,
        r"GET /return/(success|aborted|error)": back,
        r"POST /notifications": told,
        r"GET /update": called,
        r"GET /orders": orders,
        r"GET /orders/(ord_\w+)": order,
        r"POST /orders/(ord_\w+)/(\w+)": operate,
        r"GET /inbox": inbox,
        r"DELETE /inbox": empty_inbox,
        r"GET /methods": methods,
        r"POST /methods/(\w+)": offer,
        r"GET /(docs|desk)": elsewhere,
        r"GET /source": source,
        r"GET /(terms|privacy|contact)": text,
        r"GET /(shop\.css|logo\.svg)": file,
    }

    def do_GET(self) -> None:
        """Finds the method for the path and calls it."""
        url = urlsplit(self.path)
        self.query = dict(parse_qsl(url.query))
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.form = dict(
            parse_qsl(self.body.decode(errors="replace"), keep_blank_values=True)
        )  # an empty amount is not all of it
        for route, answer in self.ROUTES.items():
            if found := re.fullmatch(route, f"{self.command} {url.path}"):
                return self._serve(answer, *found.groups())
        return self._show(layout.page("Nothing here", '<p><a href="/">To the shop</a></p>'), 404)

    do_POST = do_DELETE = do_GET  # noqa: N815

    def _serve(self, answer: Callable[..., None], *arguments: str) -> None:
        try:
            self.shop = type(self).find_shop()
            answer(self, *arguments)
        except Problem as problem:
            self._show(counter.refused(words.problem(problem), vars(problem)), problem.status)
        except (NoAnswer, OSError):  # Tillgate cannot be reached, or the system is not up yet
            self._show(layout.page("Please try again", "<p>We cannot reach our payment system right now.</p>"), 503)

    def _show(self, page: str, status: int = 200) -> None:
        self._answer(status, page, HTML)

    def _go(self, url: str) -> None:
        self._answer(303, location=url)

    def _answer(self, status: int, text: str = "", kind: str = TYPES["txt"], location: str | None = None) -> None:
        body = text.encode()
        self.send_response(status)
        for name, value in SAFE.items():
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Logs nothing: the inbox shows every call."""
