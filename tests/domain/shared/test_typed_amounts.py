"""Amounts as people type them (US-2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tillgate.domain.shared.localized_amounts import style_of
from tillgate.domain.shared.typed_amounts import minor_units


@pytest.mark.parametrize(
    ("typed", "decimals", "point", "amount"),
    [
        *(("20", 2, ".", 2000), ("20.5", 2, ",", 2050), ("20,50", 2, ".", 2050), (" 0,01 ", 2, ",", 1)),
        *(("1.234", 2, ".", None), ("1,234", 2, ".", None), ("1.234,50", 2, ",", None), ("1 000", 2, ".", None)),
        *(("20", 0, ",", 20), ("20.5", 0, ".", None), ("1.234", 3, ".", 1234), ("1.234", 3, ",", None)),
        *(("", 2, ".", None), ("-5", 2, ".", None), ("5e3", 2, ".", None), ("٤٩", 2, ".", None), ("20.", 2, ".", None)),
        *(("99999999999999", 2, ".", None), ("€20", 2, ".", None)),
    ],
)
def test_what_could_mean_two_amounts_is_none(typed: str, decimals: int, point: str, amount: int | None) -> None:
    assert minor_units(typed, decimals, point) == amount


@given(st.integers(0, 10**12), st.sampled_from([0, 2, 3]), st.sampled_from(["en", "de", "de-CH", "fr", "nl", "es"]))
def test_what_a_language_writes_without_groups_is_read(amount: int, decimals: int, language: str) -> None:
    whole, rest = divmod(amount, 10**decimals)
    point = style_of(language).point
    typed = f"{whole}{point}{rest:0{decimals}d}" if decimals else str(whole)
    assert minor_units(typed, decimals, point) == amount
