"""The test instruments are told wherever a developer looks, from the sandbox's own table."""

from __future__ import annotations

import json
import re

import pytest

from functions.sandbox_psp.sandbox.errors import PspError
from functions.sandbox_psp.sandbox.instruments import INSTRUMENTS, instrument_for
from tests.template.reading import ROOT
from tools import instruments
from tools.api import page

TOLD = instruments.all_of_them()


def test_every_instrument_is_told_everywhere() -> None:
    guide = (ROOT / "docs" / "merchant-guide.md").read_text()
    docs = page.render()
    shop = json.loads((ROOT / "local" / "instruments.json").read_text())
    assert [each["token"] for each in shop] == [each.token for each in TOLD] == list(INSTRUMENTS)
    assert json.loads(instruments.render()) == shop
    assert instruments.section() in guide
    for each in TOLD:
        assert f"<code>{each.token}</code>" in docs


def test_instruments_that_behave_unlike_each_other_are_told_unlike_each_other() -> None:
    """Words are made of fields: a field that is not told would make two rows of a kind alike."""
    rows = {token: re.sub(r"brand=\S+, ", "", repr(row)) for token, row in INSTRUMENTS.items()}
    told = {each.token: re.sub(r" \(\w+\)$", "", each.does) for each in TOLD}
    for one in INSTRUMENTS:
        for other in INSTRUMENTS:
            assert (rows[one] == rows[other]) == (told[one] == told[other]), (one, other)


def test_an_unknown_token_is_told_those_there_are() -> None:
    with pytest.raises(PspError) as refused:
        instrument_for("tok_viza", "card")
    assert refused.value.code == "unknown_token"
    assert all(token in refused.value.message for token in INSTRUMENTS)
