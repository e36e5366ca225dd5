"""Vendors are paid with Stripe Connect through the deployed system; its stand-in runs beside it (TH-4, TH-5, TH-10)."""

from __future__ import annotations

from typing import Any

import pytest

from local.place import Place
from local.psps import stripe_account
from tests.flows.client import JSON, send, sums
from tests.flows.marketplace.test_split import ended, try_split, vendor_payments
from tests.flows.marketplace.test_vendors import pay
from tests.flows.operators import Operators
from tests.flows.psp.test_stripe import opened

pytestmark = pytest.mark.flow


class Market:
    """A merchant with vendors, and what Stripe has of it."""

    def __init__(self, operators: Operators, place: Place) -> None:
        self.shop = opened(operators, place)
        self._place = place
        merchant_id = self.shop.account["merchant_id"]
        accounts = ("acct_baker", "acct_florist", "acct_refusing")
        vendors = [
            operators.call("create_vendor", merchant_id=merchant_id, name="A vendor", psp_account=each)["vendor_id"]
            for each in accounts
        ]
        self.baker, self.florist, self.refusing = vendors

    def paid(self, amount: int = 9000) -> tuple[JSON, JSON]:
        order = self.shop.order(amount=amount, multi_vendor=True, capture="auto")
        technical = self.shop.start(order)
        assert (technical["kind"], technical["status"]) == ("technical", "CAPTURED")
        return order, technical

    def has(self, things: str) -> list[Any]:
        key = stripe_account(self.shop.account["merchant_id"])["secret_key"]
        url = f"{self._place.stripe_url}/v1/{things}"
        return list(send("GET", url, headers={"Authorization": f"Bearer {key}"}).expect(200)["data"])

    def transfers(self, technical: JSON) -> list[tuple[str, int]]:
        """To whom, and how much of it is still there."""
        found = self.has(f"transfers?limit=1000&transfer_group={technical['payment_id']}")
        return sorted((each["destination"], each["amount"] - each["amount_reversed"]) for each in found)

    def refunds(self, technical: JSON) -> list[int]:
        found = self.has(f"refunds?limit=1000&payment_intent={technical['psp_reference']}")
        return sorted(each["amount"] for each in found)

    def asked(self, order: JSON) -> JSON:
        """The order after Stripe was asked for all that it knows of the whole payment."""
        self.shop.done(self.shop.read(order)["payments"][0], "sync")
        return self.shop.read(order)


@pytest.fixture(scope="module")
def market(operators: Operators, place: Place) -> Market:
    return Market(operators, place)


def test_a_share_is_transferred_less_its_fee_once_it_is_captured(market: Market) -> None:
    order, technical = market.paid()
    part = pay(market.shop, technical, 6000, vendor=market.baker).expect(201)
    assert (part["status"], sums(part), market.transfers(technical)) == ("AUTHORIZED", (6000, 0, 0, 0), [])
    part = market.shop.done(part, "capture", fee=600)
    assert (part["status"], part["operations"][-1]["fee"]) == ("CAPTURED", 600)
    assert part["operations"][-1]["psp_reference"].startswith("tr_")
    assert market.transfers(technical) == [("acct_baker", 5400)]
    assert market.shop.read(order)["amounts"]["captured"] == 9000


def test_a_refund_of_a_share_comes_back_from_its_vendor_and_is_counted_once(market: Market) -> None:
    order, technical = market.paid()
    part = market.shop.done(pay(market.shop, technical, 6000, vendor=market.baker, fee=600).expect(201), "capture")
    part = market.shop.done(part, "refund", amount=2000)
    assert (part["status"], sums(part)) == ("PARTIALLY_REFUNDED", (6000, 6000, 0, 2000))
    assert (market.transfers(technical), market.refunds(technical)) == ([("acct_baker", 3600)], [2000])
    now = market.asked(order)
    assert (now["amounts"]["refunded"], now["status"]) == (2000, "PAID")
    assert [each["type"] for each in now["payments"][0]["operations"]] == ["authorize"], "none of the whole's own"
    market.shop.done(part, "refund")
    assert (market.transfers(technical), market.refunds(technical)) == ([("acct_baker", 0)], [2000, 4000])


def test_a_share_that_is_given_up_goes_back_whole(market: Market) -> None:
    order, technical = market.paid()
    part = pay(market.shop, technical, 6000, vendor=market.baker).expect(201)
    for verb, body in (("capture", {"amount": 1000, "final": True}), ("cancel", {"amount": 1000})):
        market.shop.do(part, verb, body).refused(422, "capability_not_supported")
    assert market.shop.done(part, "cancel")["status"] == "CANCELLED"
    assert (market.transfers(technical), market.refunds(technical)) == ([], [6000])
    assert market.shop.done(technical, "refund")["status"]
    assert market.refunds(technical) == [3000, 6000]
    assert market.shop.becomes(order, "REFUNDED")


def test_a_vendor_whose_account_refuses_is_told_when_its_share_is_captured(market: Market) -> None:
    _, technical = market.paid()
    part = pay(market.shop, technical, 6000, vendor=market.refusing).expect(201)
    after = market.shop.done(part, "capture")
    assert (after["status"], after["operations"][-1]["status"]) == ("AUTHORIZED", "FAILED")
    assert market.shop.done(part, "cancel")["status"] == "CANCELLED"
    assert (market.transfers(technical), market.refunds(technical)) == ([], [6000])


def test_an_order_that_was_split_and_is_cancelled_gives_all_of_it_back(market: Market) -> None:
    order, technical = market.paid(1200)
    parts = [
        {
            "vendor_id": market.baker if number % 2 else market.florist,
            "amount": 100,
            "sub_order_reference": f"s-{number}",
            "fee": 10,
        }
        for number in range(12)
    ]
    assert ended(market.shop, try_split(market.shop, technical, parts).expect(202))["status"] == "SUCCEEDED"
    for each in vendor_payments(market.shop, order)[:3]:
        market.shop.done(each, "capture")
    assert [left for _, left in market.transfers(technical)] == [90, 90, 90]
    market.shop.on_order(order, "cancel")
    now = market.shop.becomes(order, "CANCELLED", within=120)
    assert [left for _, left in market.transfers(technical)] == [0, 0, 0]
    assert sum(market.refunds(technical)) == 1200
    assert {each["status"] for each in vendor_payments(market.shop, order)} == {"CANCELLED", "REFUNDED"}
    assert (now["amounts"]["captured"], now["amounts"]["open"]) == (1200, 0)
