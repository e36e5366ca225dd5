"""The shop itself: checkout, the shopper's return, notifications, and the buttons behind the counter.

It remembers what it was told and which orders it still has to ship, in memory only: what became of an order is asked of
Tillgate.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from .tillgate import JSON, Tillgate, is_genuine

GOODS = {"bread": ("Sourdough loaf", 699), "honey": ("Jar of honey", 2250), "beans": ("Coffee beans, 1 kg", 2050)}


class Shop:
    """A shop that sells `GOODS` through Tillgate. `url` is its own."""

    def __init__(self, url: str, tillgate: Tillgate, signing_secret: str, inbox: list[JSON]) -> None:
        self.url = url
        self.tillgate = tillgate
        self.inbox = inbox  # oldest first
        self.awaited: set[str] = set()  # keys of orders that are not safe to ship yet
        self._signing_secret = signing_secret

    def check_out(self, quantities: Mapping[str, int], capture: str, token: str | None = None) -> str:
        """Creates an order, and answers where the shopper's browser goes next.

        That is Tillgate's menu; or, with a card's `token`, wherever the payment that it starts sends the shopper.
        """
        bought = {article: number for article, number in quantities.items() if number > 0}
        items: list[JSON] = [
            {"name": GOODS[article][0], "quantity": number, "amount": number * GOODS[article][1]}
            for article, number in bought.items()
        ]
        order = self.tillgate.post(
            "/orders",
            {
                "order_reference": f"shop-{secrets.token_hex(4)}",
                "amount": sum(item["amount"] for item in items),
                "currency": "EUR",
                "capture": capture,
                "description": "Your order at the Corner Shop",
                "items": items,
                "return_urls": {how: f"{self.url}/return/{how}" for how in ("success", "aborted", "error")},
                "notification_url": f"{self.url}/notifications",
            },
        )
        self.awaited.add(order["order_key"])
        if token is None:
            return str(order["menu_url"])
        start = {"method": "card", "instrument": {"token": token}}
        payment = self.tillgate.post(f"/orders/{order['order_key']}/payments", start)
        here = f"{self.url}/return/success?order_key={order['order_key']}"
        return str(payment["redirect"]["url"] if "redirect" in payment else here)

    def look_at(self, order_key: str) -> JSON:
        """Return and notifications both lead here, whichever comes first: what is safe is shipped, once.

        Neither proves what to do: anyone can open a URL, and an event may come twice or late. The status decides.
        """
        order = self.tillgate.get(f"/orders/{quote(order_key, safe='')}")
        if "considered_safe" in order and order_key in self.awaited:
            self.awaited.discard(order_key)  # here a real shop would ship
        return order

    def told(self, headers: Mapping[str, str], body: str) -> None:
        """A signed event. What is not genuine is kept for you to see, and else ignored."""
        genuine = is_genuine(headers, body, self._signing_secret)
        self._keep(kind="notification", headers=dict(headers), body=body, genuine=genuine)
        if genuine and (order_key := json.loads(body)["data"].get("order_key")) in self.awaited:
            self.look_at(order_key)

    def called(self, reference: str | None, query: str) -> None:
        """The update URL: unsigned, so it proves nothing. Ours only keeps it."""
        self._keep(kind="update", id=reference, query=query)

    def operate(self, order_key: str, operation: str, payment_id: str | None = None) -> None:
        """Capture, cancel, refund and so on: of a payment, or of the whole order."""
        payment = f"/payments/{payment_id}" if payment_id else ""
        self.tillgate.post(f"/orders/{order_key}{payment}/{operation}", {})

    def _keep(self, **message: Any) -> None:
        self.inbox.append({"received_at": time.time()} | message)
