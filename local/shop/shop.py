"""The shop itself: checkout, the shopper's return, notifications, and the merchant's operations.

It keeps notifications and the orders that still have to be shipped, in memory only. The status of an order always comes
from Tillgate.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from .goods import GOODS
from .tillgate import JSON, Tillgate, is_genuine


class GiftCardRefusedError(Exception):
    """The gift card was not accepted; `reason` says why. Nothing was charged, and no order is left."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Shop:
    """A shop that sells `GOODS` through Tillgate. `url` is the shop's own address."""

    def __init__(self, url: str, tillgate: Tillgate, signing_secret: str, inbox: list[JSON]) -> None:
        self.url = url
        self.tillgate = tillgate
        self.inbox = inbox  # oldest first
        self.awaited: set[str] = set()  # keys of orders that are not safe to ship yet
        self._signing_secret = signing_secret

    def check_out(self, bought: Mapping[str, int], capture: str, gift_card: str = "", token: str | None = None) -> str:
        """Creates an order, and returns the URL for the shopper's browser.

        That is Tillgate's menu. With a card `token`, the shop starts the payment itself and follows its redirect. A
        gift card pays first, up to its balance.
        """
        items: list[JSON] = [
            {"name": GOODS[article].name, "quantity": number, "amount": number * GOODS[article].price}
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
        if gift_card:
            payment = self._start(order, "gift_card", gift_card)
            if payment["status"] == "FAILED":
                self.operate(order["order_key"], "cancel")
                raise GiftCardRefusedError(payment["reason_code"])
            if payment["amount"] == order["amount"]:
                return self._back(order, payment)
        return str(order["menu_url"]) if token is None else self._back(order, self._start(order, "card", token))

    def _start(self, order: JSON, method: str, token: str) -> JSON:
        body = {"method": method, "instrument": {"token": token}}
        return self.tillgate.post(f"/orders/{order['order_key']}/payments", body)

    def _back(self, order: JSON, payment: JSON) -> str:
        """Where the browser goes after a START: to the PSP, or to the page that fits what became of the payment."""
        if "redirect" in payment:
            return str(payment["redirect"]["url"])
        failed = "error" if payment["reason_code"] == "PSP_ERROR" else "aborted"
        how = failed if payment["status"] == "FAILED" else "success"
        return f"{self.url}/return/{how}?order_key={order['order_key']}&order_reference={order['order_reference']}"

    def look_at(self, order_key: str) -> JSON:
        """Called on the shopper's return and on notifications, whichever comes first. Ships an order once it is safe.

        Neither call proves anything: anyone can open a URL, and an event may arrive twice or late. The status decides.
        """
        order = self.tillgate.get(f"/orders/{quote(order_key, safe='')}")
        if "considered_safe" in order and order_key in self.awaited:
            self.awaited.discard(order_key)  # here a real shop would ship
        return order

    def told(self, headers: Mapping[str, str], body: str) -> None:
        """Handles a signed event. An event that is not genuine is only kept in the inbox."""
        genuine = is_genuine(headers, body, self._signing_secret)
        self._keep(kind="notification", headers=dict(headers), body=body, genuine=genuine)
        if genuine and (order_key := json.loads(body)["data"].get("order_key")) in self.awaited:
            self.look_at(order_key)

    def called(self, reference: str | None, query: str) -> None:
        """Handles a call of the update URL. It is unsigned and proves nothing, so this shop only keeps it."""
        self._keep(kind="update", id=reference, query=query)

    def operate(self, order_key: str, operation: str, payment_id: str | None = None, amount: int | None = None) -> None:
        """Captures, cancels, refunds and so on: a payment, or the whole order; all of it, or an amount in cents."""
        payment = f"/payments/{payment_id}" if payment_id else ""
        self.tillgate.post(f"/orders/{order_key}{payment}/{operation}", {} if amount is None else {"amount": amount})

    def _keep(self, **message: Any) -> None:
        self.inbox.append({"received_at": time.time()} | message)
