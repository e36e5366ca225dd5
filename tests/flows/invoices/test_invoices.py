"""An invoice from its making to its money on the deployed system, by the e-mail that the customer gets (RG-7)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.conftest import Stack
from tests.flows.books import Books
from tests.flows.client import JSON, Merchant, eventually, new_reference, send
from tests.flows.inside import Inside, due_in, rfc3339
from tests.flows.orders.test_sweep import swept
from tillgate.domain.orders.deadlines import windows

pytestmark = pytest.mark.flow

DUE = timedelta(days=30)


def an_invoice(merchant: Merchant, **fields: object) -> JSON:
    body = {
        "order_reference": new_reference(),
        "amount": 123456,
        "currency": "EUR",
        "customer": {"name": "Ottilie Sonnenschein", "email": f"{new_reference()}@example.com"},
        "due_at": rfc3339(datetime.now(UTC) + DUE),
        "locale": "de-AT",
    }
    made: JSON = merchant.call("POST", "/invoices", body | fields).expect(201)
    return made


def read(merchant: Merchant, invoice: JSON) -> JSON:
    found: JSON = merchant.call("GET", f"/invoices/{invoice['invoice_id']}").expect(200)
    return found


def do(merchant: Merchant, invoice: JSON, verb: str) -> JSON:
    after: JSON = merchant.call("POST", f"/invoices/{invoice['invoice_id']}/{verb}").expect(200)
    return after


def mails_to(stack: Stack, invoice: JSON) -> list[JSON]:
    """What the local cloud's mail service was given for that customer."""
    accounts = send("GET", f"{stack['endpoint_url']}/_ministack/ses/messages").expect(200)["messages"].values()
    return [mail for mails in accounts for mail in mails if mail["To"] == [invoice["customer"]["email"]]]


def test_the_customer_pays_by_the_link_in_the_mail(
    merchant: Merchant, stack: Stack, inside: Inside, books: Books
) -> None:
    invoice = an_invoice(merchant)
    (mail,) = eventually(lambda: mails_to(stack, invoice))
    assert mail["Subject"] == f"Rechnung {invoice['order_reference']} von Corner Shop"
    assert "€\u00a01.234,56" in mail["BodyText"]
    assert "€\u00a01.234,56" in mail["BodyHtml"]
    found = re.search(r"http\S+/pay/\S+", mail["BodyText"])
    assert found
    eventually(lambda: read(merchant, invoice)["status"] == "SENT")
    assert windows(inside.stored(invoice)) == {}

    menu = send("GET", found[0]).text
    assert "€\u00a01.234,56" in menu
    assert read(merchant, invoice)["status"] == "SEEN"
    merchant.start(invoice)
    after = read(merchant, invoice)
    assert (after["status"], after["amounts"]["captured"], after["amounts"]["open"]) == ("PAID", 123456, 0)
    assert merchant.read(invoice)["considered_safe"] == after["considered_safe"]
    merchant.call("POST", f"/invoices/{invoice['invoice_id']}/withdraw").refused(409, "operation_not_allowed")
    books.agree(invoice)
    assert len(mails_to(stack, invoice)) == 1


def test_it_is_sent_when_asked_and_not_twice_in_a_minute(merchant: Merchant, stack: Stack) -> None:
    draft = an_invoice(merchant, send=False, locale=None)
    assert draft["status"] == "DRAFT"
    do(merchant, draft, "send")
    soon = merchant.call("POST", f"/invoices/{draft['invoice_id']}/send")
    soon.refused(429, "too_many_requests")
    assert 0 < int(soon.headers["retry-after"]) <= 60
    (mail,) = eventually(lambda: mails_to(stack, draft))
    assert draft["payment_url"] in mail["BodyHtml"]


def test_a_withdrawn_invoice_can_no_longer_be_paid(merchant: Merchant) -> None:
    invoice = an_invoice(merchant, send=False)
    assert do(merchant, invoice, "withdraw")["status"] == "WITHDRAWN"
    merchant.try_start(invoice).refused(409, "operation_not_allowed")
    merchant.call("POST", f"/invoices/{invoice['invoice_id']}/send").refused(409, "operation_not_allowed")


def test_a_window_of_days_is_ended_by_the_sweep_alone(merchant: Merchant, inside: Inside, books: Books) -> None:
    order = inside.back(due_in(2, DUE)).create(minutes=int(DUE.total_seconds() // 60))
    assert windows(inside.stored(order)) == {}
    assert swept(inside, merchant, order, "EXPIRED")["amounts"]["open"] == 0
    assert [change.cause for change in inside.orders.history(order["order_key"])] == ["api", "sweep"]
    books.agree(order)
