"""The pages on which the shopper names a card or a bank, and what the named one does."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from functions.sandbox_psp.sandbox import service
from functions.sandbox_psp.sandbox.instruments import BANKS, CARDS
from tests.sandbox_psp.support import PSP_URL, RETURN_URL, Answer, amounts, call, invoke, page_path, start

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def begin(method: str, **fields: object) -> str:
    return str(start("pay_1", **{"method": method, "token": None} | fields).json["redirect_url"])


def look(page: str) -> str:
    return invoke("GET", page_path(page), {}, b"").text


def press(page: str, action: str, choice: str | None = None) -> Answer:
    fields = {"action": action} | ({"choice": choice} if choice else {})
    return invoke("POST", page_path(page), FORM, urlencode(fields).encode())


def now() -> Any:
    return call("GET", "/payments/pay_1").json


@pytest.mark.parametrize(("method", "choices"), [("card", CARDS), ("bank_redirect", BANKS)])
def test_the_page_names_what_there_is_and_the_first_is_chosen(method: str, choices: dict[str, str]) -> None:
    text = look(begin(method))
    for token, name in choices.items():
        assert f'value="{token}"' in text
        assert name in text
    assert text.count(" checked") == 1
    assert f'value="{next(iter(choices))}" checked' in text


def test_a_bank_chosen_before_is_chosen_here() -> None:
    assert 'value="bank_meridian" checked' in look(begin("bank_redirect", token="bank_meridian"))


@pytest.mark.parametrize(
    ("choice", "status", "brand"),
    [("tok_visa", "authorized", "visa"), ("tok_mastercard", "authorized", "mastercard"), (None, "authorized", "visa")],
)
def test_a_card_is_approved_at_once(choice: str | None, status: str, brand: str) -> None:
    answer = press(begin("card"), "approve", choice)
    assert (answer.status, answer.headers["location"]) == (303, RETURN_URL)
    assert (now()["status"], now()["brand"]) == (status, brand)


def test_a_card_without_money_is_refused_although_approved() -> None:
    press(begin("card"), "approve", "tok_insufficient")
    assert now()["status"] == "failed"
    assert now()["operations"][0]["reason"] == "insufficient_amount"


@pytest.mark.parametrize(("action", "status"), [("approve", "authorized"), ("decline", "failed"), ("cancel", "failed")])
def test_a_3ds_card_leads_to_its_banks_page(action: str, status: str) -> None:
    page = begin("card")
    answer = press(page, "approve", "tok_visa_3ds")
    assert (answer.status, answer.headers["location"]) == (303, page)
    assert now()["status"] == "requires_action"
    assert "are you making this payment" in look(page)
    assert press(page, action).headers["location"] == RETURN_URL
    assert now()["status"] == status


def test_a_second_press_on_the_card_page_does_not_answer_for_the_bank() -> None:
    page = begin("card")
    press(page, "approve", "tok_visa_3ds")
    assert press(page, "approve", "tok_visa_3ds").headers["location"] == page
    assert now()["status"] == "requires_action"


def test_a_card_or_bank_that_is_not_on_the_page_is_refused() -> None:
    assert press(begin("card"), "approve", "bank_aurora").status == 422
    assert now()["status"] == "requires_action"


def test_a_bank_moves_the_money_when_it_confirms() -> None:
    press(begin("bank_redirect"), "approve", "bank_aurora")
    assert now()["status"] == "captured"
    assert amounts(now()) == (4999, 4999, 0, 0)


@pytest.mark.parametrize(
    ("choice", "first", "after", "then"),
    [("bank_slow", "pending", 2, "captured"), ("bank_fickle", "captured", 4, "failed")],
)
def test_a_bank_that_takes_its_time(choice: str, first: str, after: int, then: str, sent: list[dict[str, Any]]) -> None:
    press(begin("bank_redirect"), "approve", choice)
    assert now()["status"] == first
    assert [message["delay"] for message in sent if message["kind"] == "mature"] == [after]
    service.mature("pay_1")
    assert now()["status"] == then


def test_nothing_happens_by_itself_after_a_refusal(sent: list[dict[str, Any]]) -> None:
    press(begin("bank_redirect"), "decline", "bank_fickle")
    assert [message["kind"] for message in sent] == ["notify"]
    assert service.mature("pay_1") is None


def test_the_page_is_the_sandboxes_own() -> None:
    assert begin("card").startswith(PSP_URL)
