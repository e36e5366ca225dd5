"""A bank transfer on the deployed system: awaited with a reference, matched when the money arrives (IS-18, EV-13)."""

from __future__ import annotations

import base64
import json
import uuid
from functools import partial

import pytest

from tests.conftest import ROOT
from tests.flows.client import Merchant, send
from tests.flows.operators import Operators
from tests.flows.races import together

pytestmark = pytest.mark.flow


@pytest.fixture(scope="module")
def shop(operators: Operators) -> Merchant:
    """A merchant who takes transfers to our own account, and cash."""
    return operators.merchant("Offline", methods={"bank_transfer": "offline", "cash_on_delivery": "offline"})


def test_a_transfer_is_awaited_and_matched_by_its_reference(shop: Merchant, operators: Operators) -> None:
    order = shop.order()
    payment = shop.start(order, None, method="bank_transfer")
    assert (payment["status"], payment["instructions"]["iban"][:2]) == ("CREATED", "DE")
    assert shop.read(order)["expires_at"] == payment["instructions"]["due_at"]
    assert payment["instructions"]["reference"] in send("GET", order["menu_url"]).text

    line = f"{uuid.uuid4().hex},{payment['instructions']['reference']},4999,EUR"
    statement = f"booking_id,reference,amount,currency\n{line}\n"
    for outcome in ("MATCHED", "KNOWN"):
        (line,) = operators.call("read_statement", csv=statement, by="ada")["items"]
        assert (line["outcome"], line["payment_id"]) == (outcome, payment["payment_id"])
    after = shop.read(order)
    assert (after["status"], after["considered_safe"]["level"]) == ("PAID", "SETTLED")
    assert "instructions" not in after["payments"][0]


def test_camt_is_read_as_the_bank_gave_it(shop: Merchant, operators: Operators) -> None:
    """EV-13, in the deployed layer: camt.053 with the reference in lower case, and then the same booking as CSV."""
    payment = shop.start(order := shop.order(), None, method="bank_transfer")
    reference, booking_id = payment["instructions"]["reference"], uuid.uuid4().hex
    camt = (ROOT / "events/admin_read_camt.json").read_text()
    document = json.loads(camt)["camt"].replace("RF18 5390 0754 7034", reference.lower())
    document = document.replace("2030010200042", booking_id)
    content = base64.b64encode(document.encode()).decode()
    (line,) = operators.call("read_statement", file=content, by="ada")["items"]
    assert (line["outcome"], line["value_date"]) == ("MATCHED", "2030-01-02")
    csv = f"\ufeffBooking ID;Reference;Amount;Currency\r\n{booking_id};{reference};49,99;EUR\r\n"
    (line,) = operators.call("read_statement", csv=csv, by="ada")["items"]
    assert line["outcome"] == "KNOWN"
    assert shop.read(order)["amounts"]["captured"] == 4999


def test_bookings_from_many_callers_at_once_count_once_each(shop: Merchant, operators: Operators) -> None:
    """EV-13, real threads: each of two bookings is told twice at the same moment; both are recorded, neither twice."""
    for _ in range(3):
        order = shop.order()
        reference = shop.start(order, None, method="bank_transfer")["instructions"]["reference"]
        booking = {"reference": reference, "amount": 4999, "currency": "EUR", "by": "ada"}
        ids = [uuid.uuid4().hex, uuid.uuid4().hex] * 2
        told = together(*(partial(operators.call, "report_money", **booking, booking_id=each) for each in ids))
        assert sorted(each["outcome"] for each in told) == ["KNOWN", "KNOWN", "MATCHED", "MATCHED"]
        after = shop.read(order)
        assert (after["status"], after["amounts"]["captured"]) == ("PAID", 2 * 4999)
        assert [(each["status"], each["pending"]) for each in after["payments"]] == [
            ("SETTLED", False),
            ("SETTLED", True),  # an operator's to transfer back
        ]


def test_a_refund_waits_until_an_operator_has_transferred_it(shop: Merchant, operators: Operators) -> None:
    """IS-18: pending for the merchant, on the work list; an order that ends with it goes on by itself."""
    order = shop.order()
    payment = shop.start(order, None, method="bank_transfer")
    booking = {"reference": payment["instructions"]["reference"], "amount": 4999, "currency": "EUR", "by": "ada"}
    operators.call("report_money", **booking, booking_id=uuid.uuid4().hex)
    shop.call("POST", f"/orders/{order['order_key']}/cancel", {}).expect(202)
    listed = operators.call("list_work", limit=1000)["items"]
    work = {item["order_key"]: item for item in listed if "order_key" in item}
    (transfer,) = work[order["order_key"]]["transfers"]
    assert (transfer["amount"], transfer["reference"]) == (4999, payment["instructions"]["reference"])
    told = transfer["when_done"] | {"by": "ada", "reason": "transferred", "iban": "DE89370400440532013000"}
    operators.call(**told)
    after = shop.read(order)
    assert (after["status"], after["payments"][0]["status"]) == ("CANCELLED", "REFUNDED")


def test_cash_is_authorized_at_once_and_its_receipt_is_a_capture(shop: Merchant) -> None:
    order = shop.order()
    payment = shop.start(order, None, method="cash_on_delivery")
    assert (payment["status"], shop.read(order)["considered_safe"]["level"]) == ("AUTHORIZED", "AUTHORIZED")
    assert shop.done(payment, "capture")["status"] == "CAPTURED"
