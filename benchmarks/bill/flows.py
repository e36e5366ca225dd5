"""The flows that are counted: what a merchant, a shopper and a PSP do, with the keys and answers of the API.

A merchant gives an idempotency key with every call, reads the order once before it ships, and is told of every change
at its update URL. The PSP notifies what it has decided. The shopper takes two minutes.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from benchmarks.bill.metering import MeteredWorld

SHOPPER = timedelta(minutes=2)
ITEMS = [
    {"name": "Coffee grinder, burr, black", "amount": 3999},
    {"name": "Shipping", "amount": 1000},
]
URLS = {
    "success": "https://shop.example/checkout/thanks",
    "aborted": "https://shop.example/checkout/cart",
    "error": "https://shop.example/checkout/error",
}


def create(world: MeteredWorld, **more: Any) -> str:
    body = {
        **{"order_reference": world.reference, "amount": 4999, "currency": "EUR"},
        **{"return_urls": URLS, "items": ITEMS, "metadata": {"cart": "8f3a1c"}, **more},
    }
    status, order = world.api("create_order", body, key="9d6b7a52-7a1c-4f0e-9d1f-3a5c8e0b1d24")
    assert status == 201, order
    world.work()
    return str(order["order_key"])


def start(world: MeteredWorld, order_key: str, token: str = "tok_visa", number: int = 1) -> str:  # noqa: S107
    method = "gift_card" if token.startswith("gc_") else "card"
    body = {"method": method, "instrument": {"token": token}}
    key = f"5f0c9c0e-33f5-4c7a-8a55-0e6fdc1d{number:04d}"
    status, payment = world.api("start_payment", body, key=key, order_key=order_key)
    assert status == 201, payment
    world.work()
    return str(payment["payment_id"])


def comes_back(world: MeteredWorld, order_key: str, payment_id: str) -> None:
    """The shopper approves at the PSP and returns; the PSP's notification comes after that."""
    world.pass_time(SHOPPER)
    world.choose(order_key, "approve")
    world.api("return_shopper", None, method="GET", connector="sandbox", payment_id=payment_id)
    world.work()


def reads(world: MeteredWorld, order_key: str) -> None:
    assert world.api("get_order", None, order_key=order_key)[0] == 200
    world.work()


def operates(world: MeteredWorld, operation: str, order_key: str, payment_id: str) -> None:
    key = f"{operation[:8]}-4c7a-8a55-0e6fdc1d0001-33f5"
    status, payment = world.api(operation, {}, key=key, order_key=order_key, payment_id=payment_id)
    assert status == 200, payment
    world.work()


def three_d(world: MeteredWorld) -> str:
    order_key = create(world)
    payment_id = start(world, order_key, "tok_visa_3ds")
    comes_back(world, order_key, payment_id)
    reads(world, order_key)
    operates(world, "capture_payment", order_key, payment_id)
    return order_key


def direct(world: MeteredWorld) -> str:
    order_key = create(world)
    payment_id = start(world, order_key)
    reads(world, order_key)
    operates(world, "capture_payment", order_key, payment_id)
    return order_key


def refunded(world: MeteredWorld) -> str:
    order_key = direct(world)
    operates(world, "refund_payment", order_key, f"pay_{order_key.removeprefix('ord_')}_1")
    return order_key


def taken_at_once(world: MeteredWorld) -> str:
    order_key = create(world, capture="auto")
    start(world, order_key)
    reads(world, order_key)
    return order_key


def given_up(world: MeteredWorld) -> str:
    """The shopper goes to the PSP and never comes back: both windows close."""
    order_key = create(world)
    start(world, order_key, "tok_visa_3ds")
    return order_key


FLOWS: dict[str, Callable[[MeteredWorld], object]] = {
    "never paid": create,
    "3-D order": three_d,
    "direct order": direct,
    "direct order, taken at once": taken_at_once,
    "direct order, refunded": refunded,
    "given up at the PSP": given_up,
}
