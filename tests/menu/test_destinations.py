"""Where a decided payment leads: the shop's three URLs, or the menu for another try (TH-2, CM-3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tillgate.domain.orders.order import Ending, Order, OrderStatus, Terms
from tillgate.domain.payments.lifecycle import Capture, PaymentStatus
from tillgate.domain.payments.operations import Actor, Operation, OperationStatus, OperationType
from tillgate.domain.payments.payment import Payment
from tillgate.use_cases.notifications.deliver import with_reference
from tillgate.use_cases.psp.shopper_destinations import destination

API = "https://pay.example/v1"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
URLS = {name: f"https://shop.example/{name}?basket=7" for name in ("success", "aborted", "error")}
MENU = f"{API}/pay/ord_1?key=mk_1"
S = PaymentStatus


def paid_with(
    status: PaymentStatus, actor: Actor, *, reason: str | None = None, authorized: int = 0, urls: dict[str, str] = URLS
) -> tuple[Order, Payment]:
    pending = status is S.PROCESSING
    outcome = OperationStatus.PENDING if pending else OperationStatus.FAILED
    operation = Operation("op", OperationType.AUTHORIZE, 1000, outcome, NOW, actor)
    payment = Payment(
        payment_id="pay_1_1",
        method="card",
        connector="sandbox",
        amount=1000,
        capture=Capture.MANUAL,
        status=status,
        created_at=NOW,
        updated_at=NOW,
        operations=(operation,),
        authorized=authorized,
        reason_code=reason,
    )
    order = Order(
        order_key="ord_1",
        merchant_id="mer_1",
        order_reference="r 1",
        amount=1000,
        currency="EUR",
        capture=Capture.MANUAL,
        created_at=NOW,
        updated_at=NOW,
        expires_at=NOW,
        terms=Terms(return_urls=urls),
        payments=(payment,),
        menu_key="mk_1",
    )
    return order, payment


def shop(name: str) -> str:
    return f"https://shop.example/{name}?basket=7&order_key=ord_1&order_reference=r+1"


@pytest.mark.parametrize(
    ("status", "reason", "authorized", "by_shopper", "by_merchant"),
    [
        (S.AUTHORIZED, None, 1000, shop("success"), shop("success")),
        (S.AUTHORIZED, None, 400, MENU, shop("success")),
        (S.FAILED, "REFUSED", 0, MENU, shop("aborted")),
        (S.FAILED, "CANCELLED_BY_PAYER_AT_BANK", 0, shop("aborted"), shop("aborted")),
        (S.FAILED, "PSP_ERROR", 0, shop("error"), shop("error")),
        (S.PROCESSING_EXPIRED, None, 0, shop("error"), shop("error")),
        (S.EXPIRED, None, 0, MENU, shop("aborted")),
        (S.PROCESSING, None, 0, MENU.replace("?", "/wait?"), shop("success")),
    ],
)
def test_the_way_on(
    status: PaymentStatus, reason: str | None, authorized: int, by_shopper: str, by_merchant: str
) -> None:
    for actor, expected in ((Actor.SHOPPER, by_shopper), (Actor.MERCHANT, by_merchant)):
        order, payment = paid_with(status, actor, reason=reason, authorized=authorized)
        assert destination(order, payment, API) == expected


def test_a_payment_that_another_tab_has_replaced_leads_to_where_the_order_is() -> None:
    """Its own outcome says nothing any more: the order is paid, or over."""
    for actor in (Actor.SHOPPER, Actor.MERCHANT):
        for status, reason in ((S.WITHDRAWN, None), (S.FAILED, "CANCELLED_BY_PAYER"), (S.FAILED, "PSP_ERROR")):
            order, payment = paid_with(status, actor, reason=reason)
            other = replace(payment, payment_id="pay_1_2", status=S.AUTHORIZED, authorized=1000)
            assert destination(replace(order, payments=(payment, other)), payment, API) == shop("success")


def test_a_payment_whose_order_was_ended_does_not_lead_to_success() -> None:
    order, payment = paid_with(S.AUTHORIZED, Actor.MERCHANT, authorized=1000)
    over = replace(order, ended=OrderStatus.CANCELLED)
    ending = replace(order, ending=Ending(OrderStatus.CANCELLED, Actor.SHOPPER))
    assert destination(over, payment, API) == destination(ending, payment, API) == shop("aborted")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://shop.example/x?name=%E9", "https://shop.example/x?name=%E9&{ours}"),
        ("https://shop.example/x?flag", "https://shop.example/x?flag&{ours}"),
        ("https://shop.example/x?a=1;b=2", "https://shop.example/x?a=1;b=2&{ours}"),
        ("https://shop.example/x#/done?a=1", "https://shop.example/x?{ours}#/done?a=1"),
        ("https://shop.example/x?a=1#part", "https://shop.example/x?a=1&{ours}#part"),
        ("https://shop.example/x?a=1&a=2&order_key=9", "https://shop.example/x?a=1&a=2&order_key=9&{ours}"),
        ("https://shop.example/x?", "https://shop.example/x?{ours}"),
        ("https://shop.example/x?a=&", "https://shop.example/x?a=&{ours}"),
        ("https://shop.example?q=a+b%20c|{d}", "https://shop.example?q=a+b%20c|{{d}}&{ours}"),
        ("HTTPS://Shop.Example:443/a/../b;c?x=%2f", "HTTPS://Shop.Example:443/a/../b;c?x=%2f&{ours}"),
        ("https://shop.example/caf\u00e9?x=%E9", "https://shop.example/caf%C3%A9?x=%E9&{ours}"),
    ],
)
def test_a_shops_own_url_stays_as_it_is_and_ours_is_appended(url: str, expected: str) -> None:
    order, payment = paid_with(S.AUTHORIZED, Actor.SHOPPER, authorized=1000, urls={"success": url})
    ours = "order_key=ord_1&order_reference=r+1"
    assert destination(order, payment, API) == expected.format(ours=ours)
    plain = expected.replace("{{", "{").replace("}}", "}")
    assert with_reference(url, "r 1") == plain.replace("{ours}", "id=r+1")


def test_without_return_urls_the_menu_says_how_it_ended() -> None:
    for status, reason in ((S.AUTHORIZED, None), (S.FAILED, "PSP_ERROR"), (S.FAILED, "CANCELLED_BY_PAYER")):
        order, payment = paid_with(status, Actor.SHOPPER, reason=reason, authorized=1000, urls={})
        assert destination(order, payment, API) == MENU


def test_a_payments_own_return_url_goes_first() -> None:
    order, payment = paid_with(S.FAILED, Actor.MERCHANT, reason="REFUSED")
    own = replace(payment, return_url="https://shop.example/own")
    assert destination(order, own, API) == "https://shop.example/own?order_key=ord_1&order_reference=r+1"
