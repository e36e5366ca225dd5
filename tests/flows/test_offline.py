"""A bank transfer on the deployed system: awaited with a reference, matched when the money arrives (IS-18, EV-13)."""

from __future__ import annotations

import pytest

from tests.flows.client import Merchant, send
from tests.flows.operators import Operators

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

    statement = f"reference,amount,currency\n{payment['instructions']['reference']},4999,EUR\n"
    for outcome in ("MATCHED", "KNOWN"):
        (line,) = operators.call("read_statement", csv=statement, by="ada")["items"]
        assert (line["outcome"], line["payment_id"]) == (outcome, payment["payment_id"])
    after = shop.read(order)
    assert (after["status"], after["considered_safe"]["level"]) == ("PAID", "SETTLED")
    assert "instructions" not in after["payments"][0]


def test_cash_is_authorized_at_once_and_its_receipt_is_a_capture(shop: Merchant) -> None:
    order = shop.order()
    payment = shop.start(order, None, method="cash_on_delivery")
    assert (payment["status"], shop.read(order)["considered_safe"]["level"]) == ("AUTHORIZED", "AUTHORIZED")
    assert shop.done(payment, "capture")["status"] == "CAPTURED"
