"""Splits over many vendors on the deployed system, run by the state machine (TH-4, TH-5)."""

from __future__ import annotations

import pytest

from tests.flows.client import JSON, Answer, Merchant, authorized_order, eventually, sums

pytestmark = pytest.mark.flow

BUSY = (502, 504)  # the gateway's own, for a function that ran out of time on a small machine: clients ask again


def parts_of(merchant: Merchant, count: int, amount: int = 10, *, refusing: tuple[int, ...] = ()) -> list[JSON]:
    """Parts in turn over the merchant's vendors; those whose numbers are named are refused."""
    vendors = merchant.account["vendors"]
    return [
        {
            "vendor_id": merchant.account["refusing_vendor"] if number in refusing else vendors[number % 3],
            "amount": amount,
            "sub_order_reference": f"sub-{number}",
            "fee": 1,
        }
        for number in range(count)
    ]


def try_split(merchant: Merchant, technical: JSON, parts: list[JSON], on_failure: str = "partial") -> Answer:
    body = {"technical_payment_id": technical["payment_id"], "parts": parts, "on_failure": on_failure}
    return merchant.call("POST", f"/orders/{technical['order_key']}/split", body)


def ended(merchant: Merchant, split: JSON, within: float = 90) -> JSON:
    path = f"/orders/{split['order_key']}/split/{split['split_id']}"

    def look() -> JSON | None:
        answer = merchant.call("GET", path)
        if answer.status in BUSY:
            return None
        found: JSON = answer.expect(200)
        return None if found["status"] == "RUNNING" else found

    found = eventually(look, within)
    assert found is not None
    return found


def vendor_payments(merchant: Merchant, order: JSON) -> list[JSON]:
    found, cursor = list[JSON](), ""
    while True:
        page = merchant.call("GET", f"/orders/{order['order_key']}/vendor-payments?limit=100{cursor}").expect(200)
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        cursor = f"&cursor={page['next_cursor']}"


def test_a_split_pays_every_vendor(merchant: Merchant) -> None:
    order, technical = authorized_order(merchant, amount=1000, multi_vendor=True)
    split = try_split(merchant, technical, parts_of(merchant, 60)).expect(202)
    assert (split["status"], split["part_count"], split["amount"]) == ("RUNNING", 60, 600)
    assert merchant.read(order)["payments"][0]["allotted"] == 600
    done = ended(merchant, split)
    assert (done["status"], done["counts"]) == ("SUCCEEDED", {"SUCCEEDED": 60})
    payments = vendor_payments(merchant, order)
    assert {payment["status"] for payment in payments} == {"AUTHORIZED"}
    assert {part["payment_id"] for part in done["parts"]} == {payment["payment_id"] for payment in payments}
    captured = merchant.done(payments[0], "capture")
    assert captured["operations"][-1]["fee"] == 1, "the agreed fee"


def test_what_fails_is_left_out_and_its_amount_goes_back(merchant: Merchant) -> None:
    order, technical = authorized_order(merchant, amount=100, multi_vendor=True)
    split = try_split(merchant, technical, parts_of(merchant, 10, refusing=(3, 7))).expect(202)
    done = ended(merchant, split)
    assert (done["status"], done["counts"]) == ("PARTIAL", {"SUCCEEDED": 8, "FAILED": 2})
    assert [part["reason_code"] for part in done["parts"] if part["status"] == "FAILED"] == ["REFUSED"] * 2
    assert merchant.read(order)["payments"][0]["allotted"] == 80


def test_one_that_fails_cancels_all(merchant: Merchant) -> None:
    order, technical = authorized_order(merchant, amount=1000, multi_vendor=True)
    split = try_split(merchant, technical, parts_of(merchant, 60, refusing=(55,)), "cancel_all").expect(202)
    done = ended(merchant, split)
    assert (done["status"], done["counts"]["FAILED"]) == ("CANCELLED", 1)
    assert set(done["counts"]) == {"FAILED", "CANCELLED"}
    made = [payment for payment in vendor_payments(merchant, order) if payment["status"] != "FAILED"]
    assert {payment["status"] for payment in made} <= {"CANCELLED"}
    now = merchant.read(order)
    assert now["amounts"]["cancelled"] == 10 * len(made)
    assert now["payments"][0]["allotted"] == 10 * len(made)


def test_the_same_split_again_is_the_same_and_pays_nobody_twice(merchant: Merchant) -> None:
    order, technical = authorized_order(merchant, amount=40, multi_vendor=True)
    parts = parts_of(merchant, 4)
    first = try_split(merchant, technical, parts).expect(202)
    assert try_split(merchant, technical, parts).expect(202)["split_id"] == first["split_id"]
    assert ended(merchant, first)["status"] == "SUCCEEDED"
    other = try_split(merchant, technical, parts[1:]).expect(202)  # another list of sub-orders that are paid
    assert ended(merchant, other)["status"] == "SUCCEEDED"
    assert len(vendor_payments(merchant, order)) == 4
    assert merchant.read(order)["payments"][0]["allotted"] == 40


def test_what_a_split_refuses(merchant: Merchant) -> None:
    _, technical = authorized_order(merchant, amount=40, multi_vendor=True)
    try_split(merchant, technical, parts_of(merchant, 5)).refused(422, "amount_exceeds_available")
    twice = parts_of(merchant, 1) * 2
    assert try_split(merchant, technical, twice).refused(422, "invalid_request")["errors"][0]["pointer"] == (
        "/parts/1/sub_order_reference"
    )
    try_split(merchant, technical, []).refused(422, "invalid_request")
    path = f"/orders/{technical['order_key']}/split/spl_none"
    merchant.call("GET", path).refused(404, "not_found")


def test_cancelling_the_order_gives_every_vendor_payment_back(merchant: Merchant) -> None:
    """More vendors than are given back in one call: the state machine unwinds them."""
    order, technical = authorized_order(merchant, amount=1000, multi_vendor=True)
    assert ended(merchant, try_split(merchant, technical, parts_of(merchant, 30)).expect(202))["status"] == "SUCCEEDED"
    some = vendor_payments(merchant, order)
    merchant.done(some[0], "capture")
    merchant.done(some[1], "capture", amount=4, final=False)
    merchant.on_order(order, "cancel").expect(202)
    now = merchant.becomes(order, "CANCELLED", within=90)
    assert now["amounts"] == {"authorized": 1000, "captured": 14, "cancelled": 986, "refunded": 14, "open": 0}
    assert {p["status"] for p in vendor_payments(merchant, order)} == {"CANCELLED", "REFUNDED"}


def test_cancelling_an_order_of_a_few_vendors(merchant: Merchant) -> None:
    order, technical = authorized_order(merchant, amount=100, multi_vendor=True)
    ended(merchant, try_split(merchant, technical, parts_of(merchant, 2)).expect(202))
    assert merchant.on_order(order, "cancel").status in (200, 202)
    assert sums(merchant.becomes(order, "CANCELLED")["payments"][0]) == (100, 0, 100, 0)
