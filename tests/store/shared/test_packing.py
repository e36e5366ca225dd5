"""Documents of items: packed so that an item costs less, and readable whatever they were written with."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tillgate.store.shared.packing import _DICTIONARY, pack, packed, unpack, unpacked

ORDER = (
    '{"order_key":"ord_jtq0gtasxnnywvea0x9wfkjex4","merchant_id":"mer_1","order_reference":"A-1","amount":4999,'
    '"currency":"EUR","capture":"manual","created_at":"2026-11-28T20:49:58.002000Z","updated_at":'
    '"2026-11-28T20:51:58.024000Z","expires_at":"2026-11-28T22:49:58.002000Z","status":"PAID","version":6}'
)


@given(st.text(), st.text())
def test_a_text_is_read_as_it_was_packed(text: str, beside: str) -> None:
    assert unpack(pack(text)) == text
    assert unpack(pack(text, beside), beside) == text


def test_what_two_documents_have_in_common_is_stored_once() -> None:
    random = "".join(map(chr, range(200, 3000)))
    item = {"order": {"S": random}, "waiting": {"S": f"[{random}]"}}
    stored = packed(item)
    assert len(stored["waiting"]["B"]) < 100
    assert unpacked(stored) == item


def test_an_item_that_costs_the_least_is_left_as_it_is() -> None:
    assert packed({"order": {"S": "x" * 1000}}) == {"order": {"S": "x" * 1000}}


def test_what_was_stored_before_is_read() -> None:
    assert unpack({"S": ORDER}) == ORDER
    assert unpack({"B": zlib.compress(ORDER.encode())}) == ORDER


def test_an_order_takes_less_than_half() -> None:
    assert len(pack(ORDER)["B"]) < len(ORDER) * 0.45


def test_a_dictionary_that_is_not_known_is_refused() -> None:
    with pytest.raises(ValueError, match="dictionary"):
        unpack({"B": b"\x03" + pack(ORDER)["B"][1:]})


def test_the_dictionary_stays_for_ever() -> None:
    """A byte of it changed makes everything unreadable that was written with it: add another with a mark of its own."""
    assert zlib.crc32(_DICTIONARY) == 2258725867
    written = (
        "01c34cee59258506e92589c515797995e565a989061596e569d959a9152658338221d69ce0a86b88146d26969696446608d4"
        "f46f64a66b68a86b641162640034c4cad402e87223ece91f59a9a92158a9910954295ad822941a61988a330b98d50200"
    )
    assert unpack({"B": bytes.fromhex(written)}) == ORDER
