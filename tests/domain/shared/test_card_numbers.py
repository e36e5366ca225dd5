"""Which texts contain a card number (PCI DSS 3.2), and which only look like it."""

from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tillgate.domain.shared.card_numbers import card_number_in, places_of_card_numbers

CARDS = (
    "4242424242424242",
    "4000056655665556",
    "5555555555554444",
    "2223003122003222",
    "378282246310005",
    "6011111111111117",
    "3056930009020004",
    "36227206271667",
    "3566002020360505",
    "6200000000000005",
    "6759649826438453",
    "4222222222222",
    "6011000990139424",
)


@pytest.mark.parametrize("card", CARDS)
@pytest.mark.parametrize(
    "apart", ["", " ", "-", "\u2013", "  ", ".", " - ", "_", "\n", "\t", "\r\n", "\u200b", "\u00ad"]
)
@pytest.mark.parametrize("text", ["{}", "please charge {} 12/29 123", "card:{};", "x{}y", "ref 17 {}"])
def test_a_card_number_is_found_however_it_is_written(card: str, apart: str, text: str) -> None:
    assert card_number_in(text.format(apart.join(card[at : at + 4] for at in range(0, len(card), 4))))


def test_digits_of_other_scripts_are_digits() -> None:
    assert card_number_in("".join(chr(ord("\u0660") + int(digit)) for digit in CARDS[0]))


@pytest.mark.parametrize(
    "text",
    [
        "4242424242424241",  # the last digit is wrong
        "20301231235959",  # a time
        "1893456000000",  # milliseconds
        "GB82 WEST 1234 5698 7654 32",
        "BE68539007547034",
        "DE89370400440532013000",
        "RF18539007547034",
        "+49 30 1234567 and 4999",
        "+49 1512 3456787",  # telephone numbers
        "+4915123456787",
        "Ada, +49-1512-3456787\n10115 Berlin",
        "4006381330060",  # article numbers (GTIN-13), with check digits of their own
        "sku 5000000000104",
        "0000000000000000",
        "1" * 40,
        "",
    ],
)
def test_other_numbers_are_none(text: str) -> None:
    assert not card_number_in(text)


@pytest.mark.parametrize(
    "text",
    ["+4242424242424242", "+378282246310005", "+49 1512 3456787 4242 4242 4242 4242", "4006381330060 4242424242424242"],
)
def test_neither_a_telephone_nor_an_article_number_hides_one(text: str) -> None:
    assert card_number_in(text)


def test_an_iban_hides_no_card_number_beside_it() -> None:
    assert card_number_in("BE68539007547034 4242424242424242")


def test_a_gift_card_may_be_numbered_like_a_network_that_also_issues_them() -> None:
    gift = {"method": "gift_card", "instrument": {"token": "6011111111111117"}}
    card = {"method": "gift_card", "instrument": {"token": "4242 4242 4242 4242"}}
    assert list(places_of_card_numbers(gift)) == []
    assert list(places_of_card_numbers(card)) == ["/instrument"]


def test_every_place_is_told() -> None:
    found = places_of_card_numbers(
        {
            "a": CARDS[0],
            "b": [{"c/d": f"x {CARDS[1]}"}, 4999],
            CARDS[2]: "a name",
            "n": 4242424242424242,
            "t": True,
            "f": 4.242424242424242e15,
        }
    )
    assert list(found) == ["/a", "/b/0/c~1d", "/", "/n", "/f"]
    assert list(places_of_card_numbers([0.4242424242424242, float("inf"), float("nan"), None])) == []


@given(st.text(), st.sampled_from(CARDS), st.text())
def test_no_text_around_it_hides_a_card_number(before: str, card: str, after: str) -> None:
    assert card_number_in(f"{before} |{card}| {after}")


@given(st.integers(0, 2**256 - 1), st.sampled_from([32, 40, 64]), st.booleans())
def test_neither_uuids_nor_digests_are_card_numbers(number: int, length: int, is_dashed: bool) -> None:
    text = f"{number:064x}"[:length]
    assume(not text.isdecimal())
    assert not card_number_in(str(UUID(text)) if is_dashed and length == 32 else text)


@pytest.mark.parametrize("text", ["4242424242424242c81bd2f7e0a4935f", "42424242-4242-4242-8abc-4242ffffffff"])
def test_a_hexadecimal_identifier_with_the_digits_of_a_card_is_none(text: str) -> None:
    assert not card_number_in(text)
    assert card_number_in(f"{text} 4242424242424242")
    assert card_number_in("a4242424242424242c")
