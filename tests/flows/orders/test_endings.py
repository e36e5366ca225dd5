"""An order's ends that somebody asked for: withdraw (EV-5), cancel; and changes of its amount (EV-8)."""

from __future__ import annotations

import pytest

from tests.flows.books import Books
from tests.flows.client import Merchant, authorized_order, eventually, sums
from tests.flows.psp_pages import Page, Psp

pytestmark = pytest.mark.flow


def test_a_payment_nobody_took_up_is_withdrawn(merchant: Merchant, books: Books, psp: Psp) -> None:
    order = merchant.order()
    payment = merchant.start(order, "tok_visa_3ds")
    after = merchant.done(payment, "withdraw")
    assert (after["status"], after["final"], "redirect" in after) == ("WITHDRAWN", True, False)
    assert psp.payment(payment["payment_id"])["status"] == "closed"
    assert Page(payment["redirect"]["url"]).buttons == {}
    assert merchant.read(order)["status"] == "UNPAID"
    assert merchant.start(order)["status"] == "AUTHORIZED"
    books.agree(order)


def test_withdraw_finds_that_the_shopper_has_paid(merchant: Merchant, books: Books) -> None:
    """Nothing is ended that was paid: the PSP's word decides."""
    order = merchant.order()
    payment = merchant.start(order, "tok_visa_3ds")
    Page(payment["redirect"]["url"]).press("Approve")
    answer = merchant.do(payment, "withdraw")
    assert answer.status in (200, 409), answer  # 409 where the notification was faster
    assert merchant.payment(payment)["status"] == "AUTHORIZED"
    assert books.agree(order).status == "AUTHORIZED"


def test_an_order_nobody_began_is_withdrawn(merchant: Merchant, books: Books) -> None:
    order = merchant.order()
    assert (order["withdrawable"], order["allowed_operations"]) == (True, ["withdraw", "start", "update"])
    now = merchant.on_order(order, "withdraw").expect(200)
    assert (now["status"], now["amounts"]["open"], now["allowed_operations"]) == ("WITHDRAWN", 0, [])
    assert merchant.on_order(order, "withdraw").expect(200)["version"] == now["version"]
    merchant.try_start(order).refused(409, "operation_not_allowed")
    merchant.call("PATCH", f"/orders/{order['order_key']}", {"amount": 1}).refused(409, "operation_not_allowed")
    eventually(lambda: merchant.told(order))
    books.agree(order)


def test_withdrawing_an_order_closes_the_payment_that_awaits_the_shopper(
    merchant: Merchant, books: Books, psp: Psp
) -> None:
    order = merchant.order()
    payment = merchant.start(order, "tok_visa_3ds")
    now = merchant.on_order(order, "withdraw").expect(200)
    assert (now["status"], now["payments"][0]["status"]) == ("WITHDRAWN", "WITHDRAWN")
    assert psp.payment(payment["payment_id"])["status"] == "closed"
    books.agree(order)


def test_an_order_that_is_paid_cannot_be_withdrawn(merchant: Merchant) -> None:
    order, payment = authorized_order(merchant)
    merchant.on_order(order, "withdraw").refused(409, "operation_not_allowed")
    merchant.do(payment, "withdraw").refused(409, "operation_not_allowed")
    assert merchant.read(order)["status"] == "AUTHORIZED"


def test_cancelling_an_order_releases_and_gives_back(merchant: Merchant, books: Books) -> None:
    order = merchant.order()
    gift = merchant.start(order, "gc_1000")
    card = merchant.start(order)
    merchant.done(card, "capture", amount=1500)
    now = merchant.cancelled(order)
    assert now["status"] == "CANCELLED"
    assert sums(merchant.payment(gift)) == (1000, 0, 1000, 0)
    assert sums(merchant.payment(card)) == (3999, 1500, 2499, 1500)
    assert merchant.on_order(order, "cancel").expect(200)["version"] == now["version"]
    books.agree(order)


def test_cancelling_waits_for_an_open_outcome_and_ends_by_itself(merchant: Merchant, books: Books) -> None:
    """202 while it runs; money that comes meanwhile goes back."""
    order = merchant.order()
    merchant.start(order, "tok_pending")
    now = merchant.on_order(order, "cancel").expect(202)
    assert (now["status"], now["allowed_operations"]) == ("UNPAID", [])
    merchant.on_order(order, "cancel").expect(202)
    merchant.try_start(order).refused(409, "operation_not_allowed")
    ended = merchant.becomes(order, "CANCELLED")
    assert sums(ended["payments"][0]) == (4999, 0, 4999, 0)
    books.agree(order)


@pytest.mark.parametrize(
    ("token", "status"), [("tok_cancel_fails", "CANCEL_FAILED"), ("tok_refund_fails", "REFUND_FAILED")]
)
def test_an_unwinding_that_the_psp_refuses_needs_an_operator(
    token: str, status: str, merchant: Merchant, books: Books
) -> None:
    order = merchant.order()
    payment = merchant.start(order, token)
    if status == "REFUND_FAILED":
        merchant.done(payment, "capture")
    now = merchant.cancelled(order, "MANUAL_INTERVENTION_NEEDED")
    assert (now["status"], now["payments"][0]["status"]) == ("MANUAL_INTERVENTION_NEEDED", status)
    books.agree(order)


def test_an_amount_is_raised_and_lowered_before_anybody_paid(merchant: Merchant, books: Books) -> None:
    order = merchant.order()
    path = f"/orders/{order['order_key']}"
    raised = merchant.call("PATCH", path, {"amount": 6000, "metadata": {"basket": 7}}).expect(200)
    assert (raised["amount"], raised["amounts"]["open"], raised["metadata"]) == (6000, 6000, {"basket": 7})
    assert raised["version"] == order["version"] + 1
    lowered = merchant.call("PATCH", path, {"amount": 100}).expect(200)
    assert (lowered["amount"], lowered["metadata"]) == (100, {"basket": 7})
    assert merchant.call("PATCH", path, {"amount": 100}).expect(200)["version"] == lowered["version"]
    assert merchant.start(order)["amount"] == 100
    books.agree(order)


def test_a_raise_after_payment_opens_the_difference(merchant: Merchant, books: Books) -> None:
    """EV-8: in a new window; one more open tender may pay it."""
    order, _ = authorized_order(merchant)
    path = f"/orders/{order['order_key']}"
    raised = merchant.call("PATCH", path, {"amount": 6000}).expect(200)
    assert (raised["status"], raised["amounts"]["open"]) == ("PARTIALLY_PAID", 1001)
    assert "considered_safe" not in raised
    assert raised["expires_at"] > order["expires_at"]
    assert merchant.start(order)["amount"] == 1001
    now = merchant.read(order)
    assert (now["status"], now["considered_safe"]["level"]) == ("AUTHORIZED", "AUTHORIZED")
    merchant.call("PATCH", path, {"amount": 5999}).refused(422, "amount_exceeds_available")
    books.agree(order)


def test_an_amount_is_lowered_to_what_is_covered_at_least(merchant: Merchant, books: Books) -> None:
    order = merchant.order()
    merchant.start(order, "gc_1000")
    path = f"/orders/{order['order_key']}"
    merchant.call("PATCH", path, {"amount": 999}).refused(422, "amount_exceeds_available")
    lowered = merchant.call("PATCH", path, {"amount": 1000}).expect(200)
    assert (lowered["status"], lowered["considered_safe"]["level"]) == ("AUTHORIZED", "AUTHORIZED")
    books.agree(order)


def test_an_amount_is_not_changed_under_the_shoppers_feet(merchant: Merchant) -> None:
    order = merchant.order()
    merchant.start(order, "tok_visa_3ds")
    answer = merchant.call("PATCH", f"/orders/{order['order_key']}", {"amount": 9999})
    answer.refused(409, "operation_not_allowed")
