"""The shopper's page: what it says, what its buttons do, and what happens when they are pressed again."""

from __future__ import annotations

import re
from typing import Any

import pytest

from functions.sandbox_psp.sandbox.money import readable
from tests.sandbox_psp.support import RETURN_URL, Answer, amounts, call, choose, invoke, page_path, start

Sent = list[dict[str, Any]]


def begin(**fields: object) -> str:
    return str(start("pay_1", token="tok_visa_3ds", **fields).json["redirect_url"])


def look(page_url: str) -> Answer:
    return invoke("GET", page_path(page_url), {}, b"")


def now() -> Any:
    return call("GET", "/payments/pay_1").json


def test_page_is_a_plain_form() -> None:
    page = look(begin())
    assert page.status == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "49.99 EUR" in page.text
    assert "test page" in page.text
    buttons = re.findall(r'<button type="submit" name="action" value="(\w+)"[^>]*>(\w+)</button>', page.text)
    assert buttons == [("approve", "Approve"), ("decline", "Decline"), ("cancel", "Cancel")]
    assert '<form method="post"' in page.text
    assert "<script" not in page.text
    assert "style=" not in page.text


def test_page_has_a_strict_policy() -> None:
    headers = look(begin()).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self';")
    assert "unsafe" not in policy
    assert "script-src" not in policy
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(("url", "http"), [("https://shop.example/back", False), (RETURN_URL, True)])
def test_the_way_back_is_allowed_over_http_only_where_the_caller_is_on_http(url: str, http: bool) -> None:
    policy = look(begin(return_url=url)).headers["content-security-policy"]
    assert policy.endswith("form-action 'self' https:" + (" http:" if http else ""))


def test_stylesheet_is_where_the_page_says() -> None:
    assert 'href="../static/sandbox.css"' in look(begin()).text
    style = invoke("GET", "/static/sandbox.css", {}, b"")
    assert (style.status, style.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert "body {" in style.text


@pytest.mark.parametrize(
    ("action", "capture", "status", "reason", "held"),
    [
        ("approve", False, "authorized", None, (4999, 0, 0, 0)),
        ("approve", True, "captured", None, (4999, 4999, 0, 0)),
        ("decline", False, "failed", "refused", (0, 0, 0, 0)),
        ("cancel", False, "failed", "cancelled_by_payer", (0, 0, 0, 0)),
    ],
)
def test_choice_is_taken_and_announced(
    action: str, capture: bool, status: str, reason: str | None, held: tuple[int, ...], sent: Sent
) -> None:
    answer = choose(begin(capture=capture), action)
    assert (answer.status, answer.headers["location"]) == (303, RETURN_URL)
    payment = now()
    assert (payment["status"], payment["operations"][0]["reason"]) == (status, reason)
    assert amounts(payment) == held
    assert payment["redirect_url"] is None
    assert [message["event"]["payment"] for message in sent] == [payment]


@pytest.mark.parametrize("second", ["approve", "decline", "cancel", "nonsense"])
def test_second_choice_changes_nothing(second: str, sent: Sent) -> None:
    page = begin()
    choose(page, "decline")
    before = now()
    answer = choose(page, second)
    assert (answer.status, answer.headers["location"]) == (303, RETURN_URL)
    assert now() == before
    assert len(sent) == 1


def test_answered_page_leads_back_and_has_no_buttons() -> None:
    page = begin()
    choose(page, "approve")
    text = look(page).text
    assert "<button" not in text
    assert "Payment approved" in text
    assert 'href="http://127.0.0.1:4566/return/pay_1?x=1&amp;y=2"' in text


def test_closed_page_says_so() -> None:
    page = begin()
    call("POST", "/payments/pay_1/close")
    for answer in (look(page), choose(page, "approve")):
        assert answer.status == 200
        assert "closed" in answer.text
        assert "<button" not in answer.text
    assert now()["status"] == "closed"


def test_choice_that_is_none_is_refused(sent: Sent) -> None:
    answer = choose(begin(), "steal")
    assert answer.status == 422
    assert "Choose Approve, Decline or Cancel." in answer.text
    assert now()["status"] == "requires_action"
    assert sent == []


def test_unknown_page_is_404() -> None:
    for answer in (invoke("GET", "/pay/psp_none", {}, b""), choose("/pay/psp_none", "approve")):
        assert answer.status == 404
        assert answer.headers["content-type"].startswith("text/html")


def test_page_escapes_what_it_shows() -> None:
    url = 'https://shop.example/"><script>alert(1)</script>'
    page = begin(return_url=url)
    choose(page, "cancel")
    text = look(page).text
    assert "<script" not in text
    assert "&lt;script&gt;" in text


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (4999, "EUR", "49.99 EUR"),
        (5, "EUR", "0.05 EUR"),
        (4999, "JPY", "4,999 JPY"),
        (1234567, "KWD", "1,234.567 KWD"),
    ],
)
def test_amounts_are_readable(amount: int, currency: str, text: str) -> None:
    assert readable(amount, currency) == text
