"""Every list that the API answers is bounded by bytes, or has so little in it that a hundred are nothing (EV-1)."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.functions.notifications.test_notify_merchant import Shop, announce, shop
from tests.functions.payments.test_disputes import DisputingPsp, learns, told
from tests.functions.shared.test_lists import all_of, key
from tests.functions.world import ORDER_KEY, World, invoke
from tillgate.api.http import pages
from tillgate.connectors.host.facts import facts_of
from tillgate.domain.merchants.vendor import Vendor

__all__ = ["shop"]
FUNCTIONS = Path(__file__).resolve().parents[3] / "functions"
SMALL = {
    "list_instruments": "token, brand, four digits, expiry, fingerprint",
    "list_payouts": "keys, amount, account, reference, status",
    "list_vendor_payouts": "keys, amount, account, reference, status",
    "list_payout_entries": "keys, amounts, kind, reference",
    "list_refunds": "keys, amount, status, reason code",
    "list_order_methods": "one for each method that there is",
    "list_methods": "one for each method that there is",
    "list_connectors": "one for each connector that there is",
}
"""Lists whose items have no text of any length: a hundred of them are a few dozen kilobytes."""


def orders(world: World) -> None:
    for number in range(3):
        world.created(order_reference=f"A-{number}")


def payments(world: World) -> None:
    world.created(max_open_tenders=3)
    for _ in range(3):
        world.started(amount=100)


def disputes(world: World) -> None:
    world.psp = psp = world.system.connectors["sandbox"] = DisputingPsp()
    world.paid()
    world.call("capture_payment", {})
    learns(world, facts_of([told(psp.notice(f"dp_{number}", timedelta(hours=number))) for number in range(2)]))


def notifications(world: World) -> None:
    for number in (1, 2, 3):
        world.created(order_reference=f"A-{number}")
        body = {"method": "card", "instrument": {"token": "tok_visa"}}
        assert world.call("start_payment", body, path={"order_key": key(number)}).status == 201
        announce(3, order_key=key(number))
        world.passes(timedelta(seconds=1))


def vendors(world: World) -> None:
    world.psp.can(marketplace="carve")
    world.has(Vendor("ven_1", "mer_1", "Baker", "acct_1"))
    payment_id = world.paid(multi_vendor=True)
    for number in range(3):
        body = {"technical_payment_id": payment_id, "amount": 100, "sub_order_reference": f"sub-{number}"}
        body |= {"vendor_id": "ven_1", "fee": 0}
        answer = world.call("start_payment", body, function="pay_vendor", path={"order_key": ORDER_KEY})
        assert answer.status == 201, answer.text


def account(world: World) -> None:
    for number in range(3):
        invoke("admin", {"action": "update_merchant", "merchant_id": "mer_1", "name": f"Ada {number}"})
        world.passes(timedelta(seconds=1))


LISTS: dict[str, Callable[[World], None]] = {
    "list_orders": orders,
    "list_payments": payments,
    "list_disputes": disputes,
    "list_notifications": notifications,
    "list_vendor_payments": vendors,
    "list_account_history": account,
    "get_history": payments,
}
LIKE = {"list_notifications": "list_orders", "list_vendor_payments": "get_history"}  # calls with the same parameters


@pytest.mark.parametrize("name", LISTS)
def test_a_page_of_it_ends_before_it_is_too_large(
    world: World, shop: Shop, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    LISTS[name](world)
    sample, limit = LIKE.get(name, name), None if name == "get_history" else 100
    (whole,) = all_of(world, sample, limit, function=name)
    assert len(whole) > 1
    monkeypatch.setattr(pages, "MOST_BYTES", 10)
    assert all_of(world, sample, limit, function=name) == [[each] for each in whole]


def test_no_list_is_forgotten() -> None:
    answers = {path.stem: path.read_text() for path in FUNCTIONS.glob("*/*/*.py") if "sandbox" not in str(path)}
    bounded = {name for name, text in answers.items() if re.search(r"\bpages import page\b", text)}
    others = {name for name, text in answers.items() if "next_cursor" in text} - bounded
    assert bounded == LISTS.keys()
    assert others == SMALL.keys()
