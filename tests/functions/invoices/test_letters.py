"""The words of an invoice's e-mail (RG-7): in every language of the menu, safe whatever a merchant wrote."""

from dataclasses import replace

import pytest

from functions.payments.menu.pages.languages import LANGUAGES
from tests.domain.builders import created
from tillgate.domain.orders.evolve import evolve
from tillgate.domain.orders.order import Invoice, Order, Terms
from tillgate.domain.shared.localized_amounts import readable
from tillgate.outbound.invoices.letter import Letter, write
from tillgate.outbound.invoices.texts import TEXTS, language_of

URL = "https://pay.example/v1/pay/ord_1?a=1&b=2"
NASTY = "<script>alert('1')</script>\r\nBcc: eve@example.com \u2028 {merchant} {0} %s"


def an_order(**terms: object) -> Order:
    return evolve(None, replace(created(amount=123456, terms=Terms(**terms)), invoice=Invoice()))  # type: ignore[arg-type]


def letter(order: Order, merchant: str = "Corner Shop", name: str | None = "Ada") -> Letter:
    return write(order, merchant, name, URL)


def test_every_language_of_the_menu_has_a_letter_and_says_something_of_its_own() -> None:
    assert set(TEXTS) == set(LANGUAGES)
    for language, texts in TEXTS.items():
        assert all(texts), language
        assert language == "en" or texts.pay != TEXTS["en"].pay
        assert {"{reference}", "{merchant}"} <= set(texts.subject.split())


@pytest.mark.parametrize("language", TEXTS)
def test_amount_date_and_link_are_in_both_bodies(language: str) -> None:
    written = letter(an_order(locale=f"{language}-XX", items=({"name": "Ticket", "quantity": 2, "amount": 99},)))
    amount = readable(123456, "EUR", language)
    for body in (written.text, written.html):
        assert amount in body
        assert "Ticket" in body
        assert "2030" in body
        assert "14:00 UTC" in body
        assert "Ada" in body
    assert URL in written.text
    assert URL.replace("&", "&amp;") in written.html
    assert f'lang="{language}"' in written.html


@pytest.mark.parametrize(
    ("locale", "language"), [(None, "en"), ("", "en"), ("DE_at", "de"), ("pt-BR", "en"), ("nl", "nl"), ("deu", "en")]
)
def test_a_locale_we_do_not_speak_is_english(locale: str | None, language: str) -> None:
    assert language_of(locale) == language


def test_what_a_merchant_wrote_stays_text() -> None:
    order = replace(an_order(description=NASTY, items=({"name": NASTY},)), order_reference=NASTY)
    written = letter(order, NASTY, NASTY)
    assert written.subject.isprintable()
    assert "{merchant}" in written.subject
    assert "<script" not in written.html
    assert written.html.count("<a ") == 2


def test_what_is_paid_already_is_not_asked_for_again() -> None:
    order = replace(an_order(), released=100000)
    assert readable(23456, "EUR", "en") in letter(order).text
    assert readable(123456, "EUR", "en") not in letter(order).text
