"""Which texts contain a card number (PCI DSS 3.2), and which only look like it."""

import re
from itertools import product
from pathlib import Path
from string import ascii_letters, ascii_uppercase
from uuid import UUID

import pytest
import stdnum
from hypothesis import assume, example, given
from hypothesis import strategies as st
from stdnum import ean, luhn
from stdnum.iso7064 import mod_97_10

from tillgate.domain.shared.card_numbers import _LENGTHS, card_number_in, places_of_card_numbers

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
ISSUED = (("4", 13), ("36", 14), ("378", 15), ("4", 16), ("54", 16), ("67", 17), ("4", 18), ("4", 19))
WORDS = tuple(map("".join, product(ascii_uppercase, repeat=2)))
REGISTRY = (Path(stdnum.__file__).parent / "iban.dat").read_text()
COUNTRIES = {
    each[1]: tuple((int(length), kind) for length, kind in re.findall(r"(\d+)!([nac])", each[2]))
    for each in re.finditer(r'^([A-Z]{2}) .*bban="(.*)"', REGISTRY, re.MULTILINE)
}


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


def checked_card(word: str, first: str, length: int, inner: int) -> str:
    """A card number that has, behind this word, the check digits of an IBAN."""
    begin = first + str(inner).zfill(19)[-(length - len(first) - 5) :]
    letters = "".join(str(int(letter, 36)) for letter in word)
    without_last = int(f"{begin[2:]}00000{letters}{begin[:2]}")
    least = (1 - without_last) * pow(10**6, -1, 97) % 97
    numbers = (f"{begin}{last:05}" for last in range(least, 100_000, 97))
    return next(each for each in numbers if luhn.is_valid(each) and not (length == 13 and ean.is_valid(each)))


def in_groups(number: str, lengths: tuple[int, ...]) -> str:
    """The last length is that of all groups to come."""
    head, rest = number[: lengths[0]], number[lengths[0] :]
    return f"{head} {in_groups(rest, lengths[1:] or lengths)}" if rest else head


@given(
    st.text(),
    st.text(ascii_letters, min_size=2, max_size=2),
    st.sampled_from(["", " ", ": ", "-", ".", "\n", "\xa0"]),
    st.sampled_from(ISSUED),
    st.integers(0, 10**19),
    st.sampled_from([(19,), (4,), (4, 6, 5)]),
    st.text(),
)
@example("", "US", "", ("4", 16), 0, (19,), "")
@example("", "fi", " ", ("4", 16), 0, (19,), "")
def test_no_word_before_it_hides_a_card_number(
    before: str, word: str, apart: str, issued: tuple[str, int], inner: int, groups: tuple[int, ...], after: str
) -> None:
    first, length = issued
    assume(apart or groups != (19,) or length + 2 not in _LENGTHS.get(word.upper(), ()))
    card = in_groups(checked_card(word, first, length, inner), groups)
    assert card_number_in(f"{before} {word}{apart}{card} {after}")


@pytest.mark.parametrize("issued", ISSUED)
def test_none_of_all_words_hides_a_card_number(issued: tuple[str, int]) -> None:
    """But those in one piece that are a right IBAN or creditor reference."""
    cards = {word: checked_card(word, *issued, int.from_bytes(word.encode())) for word in WORDS}
    assert [word for word, card in cards.items() if not card_number_in(f"{word} {card}")] == []
    assert [word for word, card in cards.items() if not card_number_in(f"{word} {in_groups(card, (4,))}")] == []
    accounts = {word for word in WORDS if issued[1] + 2 in _LENGTHS.get(word, ())}
    assert {word for word, card in cards.items() if not card_number_in(f"to {word}{card}.")} == accounts


def test_the_lengths_are_those_of_the_registry() -> None:
    """SWIFT's registry of ISO 13616, as python-stdnum has it."""
    registered = {country: (4 + sum(length for length, _ in parts),) for country, parts in COUNTRIES.items()}
    assert len(registered) > 80
    assert {country: lengths for country, lengths in _LENGTHS.items() if country != "RF"} == registered


@st.composite
def accounts(draw: st.DrawFn) -> str:
    """An IBAN whose digits would often pass for a card number, or a creditor reference."""
    country = draw(st.sampled_from(["RF", *COUNTRIES]))
    parts = COUNTRIES.get(country) or ((draw(st.integers(13, 21)), "n"),)
    letters = {"n": "0123456789", "a": ascii_uppercase, "c": "0123456789" + ascii_uppercase}
    own = "".join(draw(st.text(letters[kind], min_size=length, max_size=length)) for length, kind in parts)
    card = draw(st.sampled_from(CARDS))
    if all(kind == "n" for _, kind in parts) and len(own) >= len(card):
        own = card + own[len(card) :]
    return country + mod_97_10.calc_check_digits(own + country) + own


@given(accounts(), st.booleans(), st.booleans(), st.text(ascii_letters + " .,;\n"), st.text(ascii_letters + ".,;\n"))
def test_accounts_and_creditor_references_are_no_card_numbers(
    account: str, is_grouped: bool, is_small: bool, before: str, after: str
) -> None:
    written = in_groups(account, (4,)) if is_grouped else account
    assert not card_number_in(f"{before} {written.lower() if is_small else written} {after}")


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
