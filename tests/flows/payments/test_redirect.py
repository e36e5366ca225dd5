"""START over the PSP's page (CM-5, IS-4, TH-2): the shopper goes there, decides, comes back; the PSP notifies."""

from __future__ import annotations

import pytest

from tests.flows.books import Books
from tests.flows.client import Merchant, eventually, send
from tests.flows.psp_pages import Page, Psp, came_back, follow, pay

pytestmark = pytest.mark.flow


def test_the_shopper_is_sent_to_the_psps_page(merchant: Merchant) -> None:
    order = merchant.order()
    payment = merchant.start(order, "tok_visa_3ds")
    assert (payment["status"], payment["pending"], payment["withdrawable"]) == ("CREATED", False, True)
    assert (payment["redirect"]["http_method"], payment["redirect"]["parameters"]) == ("GET", {})
    page = Page(payment["redirect"]["url"])
    assert page.answer.status == 200
    assert list(page.buttons) == ["Approve", "Decline", "Cancel"]
    assert "49.99" in page.answer.text
    assert merchant.read(order)["status"] == "UNPAID"


@pytest.mark.parametrize(
    ("label", "ends_at", "status", "reason"),
    [
        ("Approve", "/return/success", "AUTHORIZED", None),
        ("Decline", "/return/aborted", "FAILED", "REFUSED"),
        ("Cancel", "/return/aborted", "FAILED", "CANCELLED_BY_PAYER_AT_BANK"),
    ],
)
def test_what_the_shopper_chose_is_known_when_the_shopper_is_back(
    label: str, ends_at: str, status: str, reason: str | None, merchant: Merchant, books: Books
) -> None:
    order = merchant.order()
    payment = merchant.start(order, "tok_visa_3ds")
    path, query = came_back(pay(payment, label))
    assert path == ends_at
    assert query == {"order_key": order["order_key"], "order_reference": order["order_reference"]}
    after = merchant.payment(payment)
    assert (after["status"], after["reason_code"], "redirect" in after) == (status, reason, False)
    assert books.agree(order).status == ("AUTHORIZED" if label == "Approve" else "UNPAID")


def test_the_notification_comes_by_itself(merchant: Merchant, books: Books) -> None:
    """The shopper approves and never returns; capture auto takes the money there too."""
    order = merchant.order(capture="auto")
    payment = merchant.start(order, "tok_visa_3ds")
    assert Page(payment["redirect"]["url"]).press("Approve").status == 303  # and the browser is closed
    now = merchant.becomes(order, "PAID")
    assert now["payments"][0]["status"] == "CAPTURED"
    assert {entry["cause"] for entry in merchant.history(order)} >= {"notification"}
    books.agree(order)


def test_coming_back_proves_nothing(merchant: Merchant) -> None:
    """TH-2: whoever calls the return address only makes us ask the PSP."""
    order = merchant.order()
    payment = merchant.start(order, "tok_visa_3ds")
    address = f"{merchant.api_url}/psp/{payment['connector']}/return/{payment['payment_id']}"
    path, _ = came_back(follow(send("GET", address)))
    assert path == "/return/aborted"
    assert merchant.payment(payment)["status"] == "CREATED"
    assert merchant.read(order)["status"] == "UNPAID"


def test_a_return_by_post_works_too(merchant: Merchant) -> None:
    payment = merchant.start(merchant.order(), "tok_visa_3ds")
    Page(payment["redirect"]["url"]).press("Approve")
    answer = send("POST", f"{merchant.api_url}/psp/{payment['connector']}/return/{payment['payment_id']}")
    assert came_back(answer.headers["location"])[0] == "/return/success"


def test_a_return_url_of_the_payment_itself_is_kept_with_its_query(merchant: Merchant) -> None:
    order = merchant.order()
    own = f"{merchant.shop_url}/return/success?basket=7"
    payment = merchant.start(order, "tok_visa_3ds", return_url=own)
    path, query = came_back(pay(payment, "Approve"))
    expected = {"basket": "7", "order_key": order["order_key"], "order_reference": order["order_reference"]}
    assert (path, query) == ("/return/success", expected)


def test_an_order_without_return_urls_thanks_the_shopper(merchant: Merchant) -> None:
    terms = merchant.terms()
    del terms["return_urls"]
    order = merchant.call("POST", "/orders", terms).expect(201)
    payment = merchant.start(order, "tok_visa_3ds")
    Page(payment["redirect"]["url"]).press("Approve")
    answer = send("GET", f"{merchant.api_url}/psp/{payment['connector']}/return/{payment['payment_id']}")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("connector", ["sandbox", "nobody"])
def test_a_return_to_no_payment_of_ours_is_not_found(connector: str, merchant: Merchant) -> None:
    answer = send("GET", f"{merchant.api_url}/psp/{connector}/return/pay_00000000000000000000000000_1")
    answer.refused(404, "not_found")


def test_a_second_choice_on_the_page_changes_nothing(merchant: Merchant, books: Books) -> None:
    order = merchant.order()
    payment = merchant.start(order, "tok_visa_3ds")
    page = Page(payment["redirect"]["url"])
    page.press("Approve")
    page.press("Decline")
    assert merchant.becomes(order, "AUTHORIZED")["payments"][0]["status"] == "AUTHORIZED"
    assert "already answered" in Page(payment["redirect"]["url"]).answer.text
    books.agree(order)


def test_a_new_start_ends_a_payment_that_awaits_the_shopper(merchant: Merchant, books: Books, psp: Psp) -> None:
    """At the PSP too: the old page offers nothing any more, and pressing a button of it does nothing."""
    order = merchant.order()
    first = merchant.start(order, "tok_visa_3ds")
    old_page = Page(first["redirect"]["url"])
    second = merchant.start(order, "tok_visa_3ds")

    assert merchant.payment(first)["status"] == "WITHDRAWN"
    assert psp.payment(first["payment_id"])["status"] == "closed"
    old_page.press("Approve")
    assert Page(first["redirect"]["url"]).buttons == {}

    assert came_back(pay(second, "Approve"))[0] == "/return/success"
    assert [payment.status for payment in books.agree(order).payments] == ["WITHDRAWN", "AUTHORIZED"]


def test_a_start_that_finds_the_earlier_payment_paid_is_refused(merchant: Merchant, books: Books) -> None:
    """The shopper approved, nobody told us yet, and the merchant starts anew: what was paid counts."""
    order = merchant.order()
    first = merchant.start(order, "tok_visa_3ds")
    Page(first["redirect"]["url"]).press("Approve")
    merchant.try_start(order).refused(409, "operation_not_allowed")
    assert [payment.status for payment in books.agree(order).payments] == ["AUTHORIZED"]


def test_the_merchant_is_told_when_the_shopper_has_paid(merchant: Merchant) -> None:
    order = merchant.order()
    payment = merchant.start(order, "tok_visa_3ds")
    eventually(lambda: merchant.told(order))
    before = len(merchant.told(order))
    pay(payment, "Approve")
    eventually(lambda: len(merchant.told(order)) > before)
