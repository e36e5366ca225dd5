"""The shop itself: checkout, the shopper's return, notifications, and the merchant's operations.

It keeps notifications and the orders that still have to be shipped, in memory only. The status of an order always comes
from Tillgate. Tokens, repetitions and signatures are the SDK's business.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from typing import Any, Literal

from tillgate_sdk import InvalidSignature, Tillgate, models, verify

from .goods import GOODS


class GiftCardRefusedError(Exception):
    """The gift card was not accepted; `reason` says why. Nothing was charged, and no order is left."""

    def __init__(self, reason: str | None) -> None:
        super().__init__(reason)
        self.reason = reason


class Shop:
    """A shop that sells `GOODS` through Tillgate. `url` is the shop's own address."""

    def __init__(self, url: str, tillgate: Tillgate, signing_secret: str, inbox: list[dict[str, Any]]) -> None:
        self.url = url
        self.tillgate = tillgate
        self.inbox = inbox  # oldest first
        self.awaited: set[str] = set()  # keys of orders that are not safe to ship yet
        self._signing_secret = signing_secret

    def check_out(
        self, bought: Mapping[str, int], capture: Literal["auto", "manual"], gift_card: str = "", card: str = ""
    ) -> str:
        """Creates an order, and returns the URL for the shopper's browser.

        That is Tillgate's menu. With a card's token, the shop starts the payment itself and follows its redirect. A
        gift card pays first, up to its balance.
        """
        items: list[models.Item] = [
            {"name": GOODS[article].name, "quantity": number, "amount": number * GOODS[article].price}
            for article, number in bought.items()
        ]
        order = self.tillgate.create_order(
            {
                "order_reference": f"shop-{secrets.token_hex(4)}",
                "amount": sum(number * GOODS[article].price for article, number in bought.items()),
                "currency": "EUR",
                "capture": capture,
                "description": "Your order at the Corner Shop",
                "items": items,
                "return_urls": {
                    "success": f"{self.url}/return/success",
                    "aborted": f"{self.url}/return/aborted",
                    "error": f"{self.url}/return/error",
                },
                "notification_url": f"{self.url}/notifications",
            }
        )
        self.awaited.add(order["order_key"])
        if gift_card:
            payment = self._pay(order, "gift_card", gift_card)
            if payment["status"] == "FAILED":
                self.tillgate.cancel_order(order["order_key"])
                raise GiftCardRefusedError(payment["reason_code"])
            if payment["amount"] == order["amount"]:
                return self._next(order, payment)
        return self._next(order, self._pay(order, "card", card)) if card else order["menu_url"]

    def _pay(self, order: models.Order, method: models.Method, token: str) -> models.Payment:
        return self.tillgate.start_payment(order["order_key"], {"method": method, "instrument": {"token": token}})

    def _next(self, order: models.Order, payment: models.Payment) -> str:
        """Where the browser goes after a START: to the PSP, or to the page that fits what became of the payment."""
        if "redirect" in payment:
            return payment["redirect"]["url"]
        failed = "error" if payment["reason_code"] == "PSP_ERROR" else "aborted"
        how = failed if payment["status"] == "FAILED" else "success"
        return f"{self.url}/return/{how}?order_key={order['order_key']}&order_reference={order['order_reference']}"

    def look_at(self, order_key: str) -> models.Order:
        """Called on the shopper's return and on notifications, whichever comes first. Ships an order once it is safe.

        Neither call proves anything: anyone can open a URL, and an event may arrive twice or late. The status decides.
        """
        order = self.tillgate.get_order(order_key)
        if "considered_safe" in order and order_key in self.awaited:
            self.awaited.discard(order_key)  # here a real shop would ship
        return order

    def told(self, headers: Mapping[str, str], body: bytes) -> None:
        """Handles a signed event. An event that is not genuine is only kept in the inbox."""
        try:
            order = verify(self._signing_secret, headers, body)["data"]
        except InvalidSignature:
            return self._keep(kind="notification", headers=headers, body=body.decode(errors="replace"), genuine=False)
        self._keep(kind="notification", headers=headers, body=body.decode(), genuine=True)
        if order.get("order_key") in self.awaited:  # other events are of disputes, payouts and so on
            self.look_at(order["order_key"])
        return None

    def called(self, reference: str | None, query: str) -> None:
        """Handles a call of the update URL. It is unsigned and proves nothing, so this shop only keeps it."""
        self._keep(kind="update", id=reference, query=query)

    def operate(self, operation: str, order_key: str, payment_id: str, amount: int | None = None) -> None:
        """Captures, releases or refunds a payment: all of it, or an amount in cents. Or asks its PSP how it stands."""
        match operation:
            case "capture":
                self.tillgate.capture_payment(order_key, payment_id, {"amount": amount})
            case "cancel":
                self.tillgate.cancel_payment(order_key, payment_id, {"amount": amount})
            case "refund":
                self.tillgate.refund_payment(order_key, payment_id, {"amount": amount})
            case "sync":
                self.tillgate.sync_payment(order_key, payment_id)

    def end(self, how: str, order_key: str) -> None:
        """Withdraws, cancels or refunds the whole order."""
        match how:
            case "withdraw":
                self.tillgate.withdraw_order(order_key)
            case "cancel":
                self.tillgate.cancel_order(order_key)
            case "refund":
                self.tillgate.refund_order(order_key)

    def _keep(self, **message: Any) -> None:
        self.inbox.append({"received_at": time.time()} | message)
