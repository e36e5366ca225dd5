"""Amounts, dates and references as banks, spreadsheets and shoppers write them (EV-13)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iso11649

from tillgate.connectors.offline.reference import reference_of
from tillgate.domain.psp.creditor_reference import is_iban, references_in
from tillgate.domain.psp.written_amounts import read_amount
from tillgate.domain.psp.written_dates import read_date

REFERENCE = reference_of("pay_1_1")
OTHER = reference_of("pay_2_1")


@pytest.mark.parametrize(
    ("text", "currency", "decimals", "amount", "has_point"),
    [
        ("4999", "EUR", 2, 4999, False),
        ("49.99", "EUR", 2, 4999, True),
        ("49,99", "EUR", 2, 4999, True),
        ("49,9", "EUR", 2, 4990, True),
        ("1.234,56", "EUR", 2, 123456, True),
        ("1,234.56", "EUR", 2, 123456, True),
        ("1'234.56", "CHF", 2, 123456, True),
        ("1\u2019234.56", "CHF", 2, 123456, True),
        ("1 234,56", "EUR", 2, 123456, True),
        ("1\u00a0234\u202f567,89", "EUR", 2, None, None),
        ("1\u202f234\u202f567,89", "EUR", 2, 123456789, True),
        ("12345,67 EUR", "EUR", 2, 1234567, True),
        ("EUR 49.99", "EUR", 2, 4999, True),
        ("+49,99", "EUR", 2, 4999, True),
        ("-49,99", "EUR", 2, -4999, True),
        ("49,99-", "EUR", 2, -4999, True),
        ("\u221249,99", "EUR", 2, -4999, True),
        ("1,234", "JPY", 0, 1234, False),
        ("1234", "JPY", 0, 1234, False),
        ("1.234", "KWD", 3, 1234, True),
        ("1234.500", "EUR", 2, None, None),
        ("1.234", "EUR", 2, None, None),
        ("1,234,567", "EUR", 2, None, None),
        ("1.234.56", "EUR", 2, None, None),
        ("49.999", "EUR", 2, None, None),
        ("4,9,9", "EUR", 2, None, None),
        ("49,99 USD", "EUR", 2, None, None),
        ("(49,99)", "EUR", 2, None, None),
        ("--1", "EUR", 2, None, None),
        ("4.999E3", "EUR", 2, None, None),
        ("\u0664\u0669", "EUR", 2, None, None),
        ("", "EUR", 2, None, None),
    ],
)
def test_decimal_notations_of_real_exports(
    text: str, currency: str, decimals: int, amount: int | None, has_point: bool | None
) -> None:
    if amount is None:
        with pytest.raises(ValueError, match=r"recognized|two ways|decimals"):
            read_amount(text, currency, decimals)
    else:
        assert read_amount(text, currency, decimals) == (amount, has_point)


@given(st.integers(0, 10**13), st.sampled_from([(".", ","), (",", "."), (",", "'"), (".", " "), (",", "")]))
def test_every_amount_is_read_as_it_was_written(amount: int, style: tuple[str, str]) -> None:
    point, group = style
    written = f"{amount // 100:,}".replace(",", group) + f"{point}{amount % 100:02d}"
    assert read_amount(written, "EUR", 2) == (amount, True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2030-01-31", date(2030, 1, 31)),
        ("20300131", date(2030, 1, 31)),
        ("2030/01/31", date(2030, 1, 31)),
        ("31.01.2030", date(2030, 1, 31)),
        ("1.2.2030", date(2030, 2, 1)),
        ("31/01/2030", date(2030, 1, 31)),
        ("01/31/2030", date(2030, 1, 31)),
        ("02/02/2030", date(2030, 2, 2)),
        ("01/02/2030", None),
        ("31.02.2030", None),
        ("45688", None),
        ("31.01.30", None),
        ("2030-01/31", None),
    ],
)
def test_dates_of_real_exports(text: str, expected: date | None) -> None:
    if expected is None:
        with pytest.raises(ValueError, match=r"two ways|no date|not recognized"):
            read_date(text)
    else:
        assert read_date(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        REFERENCE,
        REFERENCE.lower(),
        " ".join(REFERENCE[at : at + 4] for at in range(0, 20, 4)),
        "-".join(REFERENCE[at : at + 4] for at in range(0, 20, 4)),
        f"Invoice 12/2030, {REFERENCE}; thank you!",
        f"SVWZ+{REFERENCE}EREF+NOTPROVIDED",
        f"ref:{REFERENCE[:9]}\n{REFERENCE[9:]}",
        REFERENCE[2:],  # without RF
        REFERENCE[4:].lower(),  # without RF and the check digits
        f"{REFERENCE} {REFERENCE}",
        "".join(chr(ord(each) + 0xFEE0) for each in REFERENCE),  # full width
    ],
)
def test_a_reference_is_found_as_people_write_it(text: str) -> None:
    assert REFERENCE in references_in(text)
    assert OTHER not in references_in(text)
    assert all(iso11649.is_valid(each) for each in references_in(text))


def test_two_references_in_one_text_are_both_found() -> None:
    found = references_in(f"{REFERENCE} und {OTHER}")
    assert {REFERENCE, OTHER} <= set(found)


@pytest.mark.parametrize("at", range(2, 20))
def test_a_typing_error_is_no_other_reference(at: int) -> None:
    wrong = REFERENCE[:at] + ("0" if REFERENCE[at] != "0" else "1") + REFERENCE[at + 1 :]
    assert REFERENCE not in references_in(wrong)


def test_a_text_without_end_is_read_in_part() -> None:
    assert len(references_in("A1" * 100_000)) < 1000


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("DE02 1203 0000 0000 2020 51", True),
        ("nl39 rabo 0300 0652 64", True),
        ("BE68 5390 0754 7034", True),  # of a bank that is in no list
        ("DE00120300000000202051", False),  # check digits
        ("DE8901203000000002020510", False),  # too long for Germany
        ("RF18539007547034", False),  # a creditor reference has the same check digits
        ("XX89012030000000", False),  # no country
        ("DE02-1203-0000-0000-2020-51", False),
        ("\u0660" * 22, False),
        ("", False),
    ],
)
def test_an_account_number_has_its_countrys_format_and_check_digits(text: str, is_one: bool) -> None:
    assert is_iban(text) is is_one
