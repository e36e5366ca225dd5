"""Lives of orders, from creation to end. Each declares the amounts that it must have moved at its end."""

from collections.abc import Callable
from typing import Any, NamedTuple

from proofs.chaos.merchant import GaveUp, Merchant

AMOUNT = 4999
MOST_STARTS = 8


class Moved(NamedTuple):
    """Sums over all payments of the order, on both sides."""

    captured: int
    refunded: int
    held: int = 0


class Shop:
    """One order of the merchant."""

    def __init__(self, merchant: Merchant, reference: str, capture: str = "manual", **more: Any) -> None:
        self.merchant = merchant
        body = {"order_reference": reference, "amount": AMOUNT, "currency": "EUR", "capture": capture, **more}
        order = merchant.call("POST", "/orders", body)
        self.path = f"/orders/{order['order_key']}"
        self.key: str = order["order_key"]

    def pay(self, token: str = "tok_visa", method: str = "card") -> str:  # noqa: S107
        """Starts payments until one is authorized; one without a known outcome has FAILED, and another is started."""
        for _ in range(MOST_STARTS):
            body = {"method": method, "instrument": {"token": token}}
            payment = self.merchant.call("POST", f"{self.path}/payments", body, accept=(409,))
            if "payment_id" not in payment:  # an earlier one is not decided yet
                self._settle()
                continue
            path = f"{self.path}/payments/{payment['payment_id']}"
            payment = self.merchant.until_decided(path)
            if payment["status"] == "CREATED":
                self.merchant.press(payment["redirect"]["url"], "approve")
                self.merchant.call("POST", f"{path}/sync", {})
                payment = self.merchant.until_decided(path)
            if payment["status"] in ("AUTHORIZED", "CAPTURED"):
                return path
        raise GaveUp(f"{self.path}: {MOST_STARTS} starts were not enough")

    def operate(self, path: str, operation: str, **body: Any) -> None:
        """Requests it once, and checks the outcome."""
        self.merchant.call("POST", f"{path}/{operation}", body)
        payment = self.merchant.until_decided(path)
        done = [each for each in payment["operations"] if each["type"] == operation]
        if [each["status"] for each in done] != ["SUCCEEDED"]:
            raise GaveUp(f"{path}: {operation} is {[each['status'] for each in done]}")

    def ask(self, what: str, **body: Any) -> None:
        """A call on the whole order."""
        self.merchant.call("POST", f"{self.path}/{what}", body)
        self._settle()

    def _settle(self) -> None:
        for payment in self.merchant.call("GET", self.path)["payments"]:
            self.merchant.until_decided(f"{self.path}/payments/{payment['payment_id']}")


def captured_and_refunded(merchant: Merchant, reference: str) -> tuple[str, Moved]:
    shop = Shop(merchant, reference)
    path = shop.pay()
    shop.operate(path, "capture")
    shop.operate(path, "refund", amount=1999)
    return shop.key, Moved(AMOUNT, 1999)


def debited(merchant: Merchant, reference: str) -> tuple[str, Moved]:
    shop = Shop(merchant, reference, capture="auto")
    shop.operate(shop.pay(), "refund")
    return shop.key, Moved(AMOUNT, AMOUNT)


def taken_in_part(merchant: Merchant, reference: str) -> tuple[str, Moved]:
    shop = Shop(merchant, reference)
    path = shop.pay()
    shop.operate(path, "cancel", amount=999)
    shop.operate(path, "capture", amount=1000, final=False)
    return shop.key, Moved(1000, 0, held=3000)


def redirected(merchant: Merchant, reference: str) -> tuple[str, Moved]:
    shop = Shop(merchant, reference)
    shop.operate(shop.pay("tok_visa_3ds"), "capture")
    return shop.key, Moved(AMOUNT, 0)


def cancelled(merchant: Merchant, reference: str) -> tuple[str, Moved]:
    shop = Shop(merchant, reference)
    shop.pay()
    shop.ask("cancel")
    return shop.key, Moved(0, 0)


def two_tenders(merchant: Merchant, reference: str) -> tuple[str, Moved]:
    shop = Shop(merchant, reference)
    for path in (shop.pay("gc_1000", "gift_card"), shop.pay()):
        shop.operate(path, "capture")
    shop.ask("refund", amount=4500)
    return shop.key, Moved(AMOUNT, 4500)


def pending(merchant: Merchant, reference: str) -> tuple[str, Moved]:
    shop = Shop(merchant, reference)
    shop.operate(shop.pay("tok_pending"), "capture")
    return shop.key, Moved(AMOUNT, 0)


def tenders_unwound(merchant: Merchant, reference: str) -> tuple[str, Moved]:
    """A gift card was captured, a card holds the rest; the merchant cancels."""
    shop = Shop(merchant, reference)
    shop.operate(shop.pay("gc_1000", "gift_card"), "capture")
    shop.pay()
    shop.ask("cancel")
    return shop.key, Moved(1000, 1000)


Life = Callable[[Merchant, str], tuple[str, Moved]]
