"""Orders of many vendors on the deployed system (TH-4, TH-5, TH-10)."""

from __future__ import annotations

import csv
from concurrent.futures import ThreadPoolExecutor
from io import StringIO

import pytest

from tests.flows.client import JSON, Answer, Merchant, authorized_order, eventually, new_reference, sums

pytestmark = pytest.mark.flow


def pay(merchant: Merchant, payment: JSON, amount: int, *, vendor: str | None = None, **fields: object) -> Answer:
    """PAY out of a technical payment: for the first vendor and with a new reference, if none is named."""
    body = {
        "technical_payment_id": payment["payment_id"],
        "vendor_id": vendor or merchant.account["vendors"][0],
        "amount": amount,
        "sub_order_reference": new_reference(),
    } | fields
    key = fields.pop("key", None)
    body.pop("key", None)
    path = f"/orders/{payment['order_key']}/vendor-payments"
    return merchant.call("POST", path, body, key=str(key) if key else None)


def test_a_technical_payment_is_divided_and_each_part_operated_on(merchant: Merchant) -> None:
    order, technical = authorized_order(merchant, multi_vendor=True)
    assert (order["multi_vendor"], technical["kind"]) == (True, "technical")
    assert technical["allowed_operations"] == ["cancel", "pay"]
    first, second, third = merchant.account["vendors"]
    baker = pay(merchant, technical, 3000, vendor=first, sub_order_reference="sub-1").expect(201)
    florist = pay(merchant, technical, 1000, vendor=second).expect(201)
    bookseller = pay(merchant, technical, 999, vendor=third).expect(201)
    assert (baker["kind"], baker["vendor_id"], baker["sub_order_reference"]) == ("vendor", first, "sub-1")
    assert (baker["status"], sums(baker), baker["brand"]) == ("AUTHORIZED", (3000, 0, 0, 0), "visa")
    assert baker["order_key"] == order["order_key"]
    assert baker["authorization_expires_at"] == technical["authorization_expires_at"]

    part = merchant.done(baker, "capture", amount=2000, fee=150)
    assert (part["status"], part["operations"][-1]["fee"]) == ("PARTIALLY_CAPTURED", 150)
    assert sums(merchant.done(baker, "cancel", amount=500)) == (3000, 2000, 500, 0)
    assert merchant.done(baker, "capture")["status"] == "CAPTURED"
    assert merchant.done(baker, "refund", amount=100)["status"] == "PARTIALLY_REFUNDED"
    assert merchant.done(florist, "cancel")["status"] == "CANCELLED"
    assert merchant.done(bookseller, "capture")["status"] == "CAPTURED"
    assert merchant.payment(bookseller) == merchant.call(
        "GET", f"/orders/{order['order_key']}/payments/{bookseller['payment_id']}"
    ).expect(200)

    now = merchant.read(order)
    assert now["amounts"] == {"authorized": 4999, "captured": 3499, "cancelled": 1500, "refunded": 100, "open": 0}
    assert (now["status"], [p["kind"] for p in now["payments"]]) == ("PAID", ["technical"])
    listed = merchant.call("GET", f"/orders/{order['order_key']}/vendor-payments").expect(200)
    assert [item["payment_id"] for item in listed["items"]] == [p["payment_id"] for p in (bookseller, florist, baker)]
    eventually(
        lambda: merchant.call("GET", f"/orders?order_reference={order['order_reference']}&status=PAID").json["items"]
    )


def test_a_technical_payment_is_cancelled_only_as_far_as_no_vendor_was_given_of_it(merchant: Merchant) -> None:
    _, technical = authorized_order(merchant, multi_vendor=True)
    pay(merchant, technical, 3000).expect(201)
    merchant.do(technical, "capture", {}).refused(409, "operate_on_vendor_payments")
    merchant.do(technical, "cancel", {"amount": 2000}).refused(409, "operate_on_vendor_payments")
    assert sums(merchant.done(technical, "cancel")) == (4999, 0, 1999, 0)
    merchant.do(technical, "cancel", {}).refused(409, "operate_on_vendor_payments")


def test_a_technical_payment_is_refunded_only_as_far_as_no_vendor_was_given_of_it(merchant: Merchant) -> None:
    order = merchant.order(amount=4999, multi_vendor=True, capture="auto")
    technical = merchant.start(order)
    pay(merchant, technical, 3000).expect(201)
    merchant.do(technical, "refund", {"amount": 2000}).refused(409, "operate_on_vendor_payments")
    merchant.on_order(order, "refund", amount=2000).refused(409, "operate_on_vendor_payments")
    assert sums(merchant.done(technical, "refund")) == (4999, 4999, 0, 1999)


def test_a_refusing_vendor_fails_and_leaves_the_room_to_others(merchant: Merchant) -> None:
    order, technical = authorized_order(merchant, multi_vendor=True)
    refused = pay(merchant, technical, 4999, vendor=merchant.account["refusing_vendor"]).expect(201)
    assert (refused["status"], refused["reason_code"], refused["final"]) == ("FAILED", "REFUSED", True)
    assert pay(merchant, technical, 4999).expect(201)["status"] == "AUTHORIZED"
    pay(merchant, technical, 1).refused(422, "amount_exceeds_available")
    assert merchant.read(order)["status"] == "AUTHORIZED"


def test_the_same_sub_order_is_paid_once(merchant: Merchant) -> None:
    _, technical = authorized_order(merchant, multi_vendor=True)
    first = pay(merchant, technical, 4000, sub_order_reference="s").expect(201)
    again = pay(merchant, technical, 4000, sub_order_reference="s").expect(201)
    assert again == first
    pay(merchant, technical, 999, sub_order_reference="s").refused(409, "duplicate_reference")
    pay(merchant, technical, 4000, sub_order_reference="s", fee=1).refused(409, "duplicate_reference")
    other = {"vendor": merchant.account["vendors"][1], "sub_order_reference": "s"}
    pay(merchant, technical, 4000, **other).refused(409, "duplicate_reference")


def test_an_idempotency_key_answers_the_same_again(merchant: Merchant) -> None:
    _, technical = authorized_order(merchant, multi_vendor=True)
    key = new_reference()
    first = pay(merchant, technical, 4000, sub_order_reference="s", key=key)
    again = pay(merchant, technical, 4000, sub_order_reference="s", key=key)
    assert (again.json, again.headers["idempotent-replayed"]) == (first.expect(201), "true")
    pay(merchant, technical, 1, key=key).refused(422, "idempotency_key_reused")


def test_what_pay_refuses(merchant: Merchant, other_merchant: Merchant) -> None:
    order, technical = authorized_order(merchant, multi_vendor=True)
    _, single = authorized_order(merchant)
    pay(merchant, single, 1).refused(409, "operation_not_allowed")
    pay(merchant, technical, 5000).refused(422, "amount_exceeds_available")
    pay(merchant, technical, 0).refused(422, "invalid_request")
    pay(merchant, technical, 1, vendor="ven_nobody").refused(422, "invalid_request")
    pay(merchant, technical, 1, technical_payment_id="pay_x").refused(422, "invalid_request")
    pay(merchant, technical | {"order_key": "ord_x"}, 1).refused(404, "not_found")
    pay(other_merchant, technical, 1, vendor=other_merchant.account["vendors"][0]).refused(404, "not_found")
    unpaid = merchant.order(multi_vendor=True, capture=merchant.pays_vendors)
    waiting = merchant.start(unpaid, "tok_visa_3ds")
    pay(merchant, waiting, 1).refused(409, "operation_not_allowed")
    part = pay(merchant, technical, 10).expect(201)
    other_merchant.call("GET", f"/payments/{part['payment_id']}").refused(404, "not_found")
    other_merchant.call("GET", f"/orders/{order['order_key']}/vendor-payments").refused(404, "not_found")
    both = merchant.terms(multi_vendor=True, vendor_id=merchant.account["vendors"][0])
    merchant.call("POST", "/orders", both).refused(422, "invalid_request")


def test_vendors_of_what_was_captured_at_once(merchant: Merchant) -> None:
    order = merchant.order(multi_vendor=True, capture="auto")
    technical = merchant.start(order)
    part = pay(merchant, technical, 4000).expect(201)
    assert (technical["status"], part["status"]) == ("CAPTURED", "CAPTURED")
    pay(merchant, technical, 1000).refused(422, "amount_exceeds_available")
    assert merchant.done(part, "refund")["status"] == "REFUNDED"
    assert merchant.read(order)["amounts"]["refunded"] == 4000


def test_the_list_is_paged(merchant: Merchant) -> None:
    order, technical = authorized_order(merchant, multi_vendor=True)
    ids = [pay(merchant, technical, 10).expect(201)["payment_id"] for _ in range(5)]
    path, found, cursor = f"/orders/{order['order_key']}/vendor-payments?limit=2", list[str](), ""
    while True:
        page = merchant.call("GET", path + cursor).expect(200)
        found += [item["payment_id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert found == ids[::-1]


def test_a_vendors_statement_says_what_was_taken_and_given_back(merchant: Merchant, other_merchant: Merchant) -> None:
    order = merchant.order(amount=9000, currency="KWD", multi_vendor=True)
    part = pay(merchant, merchant.start(order), 9000, vendor=merchant.account["vendors"][2], fee=450).expect(201)
    merchant.done(part, "capture", amount=6000, final=True)
    merchant.done(part, "refund", amount=1000)
    path = f"/vendors/{part['vendor_id']}/statement?currency=KWD"
    answer = merchant.call("GET", path)
    assert answer.status == 200
    rows = [row for row in csv.DictReader(StringIO(answer.text)) if row["reference"] == part["sub_order_reference"]]
    assert [(row["kind"], row["gross"], row["fee"], row["amount"]) for row in rows] == [
        ("capture", "6.000", "0.300", "5.700"),
        ("refund", "-1.000", "-0.050", "-0.950"),
    ]
    other_merchant.call("GET", path).refused(404, "not_found")


def test_what_the_bank_takes_back_of_a_technical_payment_is_taken_back_of_its_vendors(merchant: Merchant) -> None:
    """EV-9, TH-10: the vendor had captured. What he earned is debited at once; the order ends as any other."""
    order = merchant.order(amount=9000, currency="KWD", multi_vendor=True)
    technical = merchant.start(order, "tok_late_failure")
    part = pay(merchant, technical, 8000, vendor=merchant.account["vendors"][1], fee=400).expect(201)
    assert merchant.done(part, "capture")["status"] == "CAPTURED"

    now = merchant.becomes(order, "UNPAID")
    assert (now["payments"][0]["final"], "considered_safe" in now) == (True, False)
    eventually(lambda: merchant.payment(part)["status"] == "CAPTURE_VOIDED")
    assert (sums(merchant.payment(part)), merchant.payment(part)["allowed_operations"]) == ((0, 0, 0, 0), [])
    statement = merchant.call("GET", f"/vendors/{part['vendor_id']}/statement?currency=KWD").text
    rows = [row for row in csv.DictReader(StringIO(statement)) if row["reference"] == part["sub_order_reference"]]
    assert [(row["kind"], row["gross"], row["fee"], row["amount"]) for row in rows] == [
        ("capture", "8.000", "0.400", "7.600"),
        ("reversal", "-8.000", "-0.400", "-7.600"),
    ]
    assert merchant.on_order(order, "cancel").status in (200, 202)
    assert sums(merchant.becomes(order, "CANCELLED")["payments"][0]) == (0, 0, 0, 0)


@pytest.mark.race
def test_vendors_who_pay_at_once_never_get_more_than_there_is(merchant: Merchant) -> None:
    order, technical = authorized_order(merchant, amount=1000, multi_vendor=True)
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda n: pay(merchant, technical, 90 + n % 3), range(16)))
    paid = [answer.json for answer in answers if answer.status == 201]
    assert {answer.status for answer in answers} <= {201, 409, 422}
    for payment in paid:  # an answer that a busy machine gave too late is asked for
        eventually(lambda: merchant.done(payment, "sync")["status"] == "AUTHORIZED", within=60)  # noqa: B023
    total = sum(payment["amount"] for payment in paid)
    assert 1000 - 92 < total <= 1000
    assert merchant.read(order)["payments"][0]["allotted"] == total


@pytest.mark.race
def test_one_sub_order_that_is_paid_by_many_at_once_is_paid_once(merchant: Merchant) -> None:
    order, technical = authorized_order(merchant, amount=1000, multi_vendor=True)
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda _: pay(merchant, technical, 600, sub_order_reference="s"), range(8)))
    assert {answer.status for answer in answers} <= {201, 409}
    assert len({answer.json["payment_id"] for answer in answers if answer.status == 201}) == 1
    assert merchant.read(order)["payments"][0]["allotted"] == 600


@pytest.mark.race
def test_captures_cancels_and_refunds_of_vendors_at_once_keep_the_sums(merchant: Merchant) -> None:
    """TH-10: with fees and in parts, from several threads; nothing goes beyond a part."""
    order, technical = authorized_order(merchant, amount=2000, multi_vendor=True)
    parts = [pay(merchant, technical, 1000, vendor=vendor).expect(201) for vendor in merchant.account["vendors"][:2]]

    def settled(verbs: list[tuple[str, JSON]]) -> list[JSON]:
        calls = [(part, verb, body) for part in parts for verb, body in verbs]
        with ThreadPoolExecutor(6) as threads:
            answers = list(threads.map(lambda call: merchant.do(*call), calls))
        assert {answer.status for answer in answers} <= {200, 409, 422}
        for part in parts:  # an answer that a busy machine gave too late is asked for
            eventually(lambda: not merchant.done(part, "sync")["pending"], within=60)  # noqa: B023
        return [merchant.payment(part) for part in parts]

    capture: tuple[str, JSON] = ("capture", {"amount": 600, "fee": 30, "final": False})
    taken = settled([capture, capture, ("cancel", {"amount": 500})])
    for part in taken:
        _, captured, cancelled, _ = sums(part)
        assert (captured, cancelled) in [(600, 0), (0, 500)], "one of the three fits, and no second"
    back = settled([("refund", {"amount": 400}), ("refund", {"amount": 400})])
    assert [sums(part)[3] for part in back] == [400 if sums(part)[1] else 0 for part in taken]
    now = merchant.read(order)["amounts"]
    assert [now[name] for name in ("captured", "cancelled", "refunded")] == [
        sum(sums(part)[place] for part in back) for place in (1, 2, 3)
    ]
