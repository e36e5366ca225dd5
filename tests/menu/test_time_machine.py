"""Every instant of an order moves back by the same span, in the form it had; nothing else changes."""

from __future__ import annotations

from datetime import timedelta

from local.time_machine import earlier, moved

HOUR = timedelta(hours=1)


def test_instants_keep_their_form() -> None:
    text = '{"at":"2026-03-01T00:30:00.123456Z","then":"2026-03-01T00:30:00Z","and":"2026-03-01T00:30:00+00:00"}'
    assert earlier(text, HOUR) == (
        '{"at":"2026-02-28T23:30:00.123456Z","then":"2026-02-28T23:30:00Z","and":"2026-02-28T23:30:00+00:00"}'
    )


def test_windows_are_renamed_with_their_end() -> None:
    item = {"windows": {"M": {"ord_1-20260301T003000": {"S": "2026-03-01T00:30:00.000000Z"}}}, "version": {"N": "3"}}
    assert moved(item, lambda text: earlier(text, HOUR)) == {
        "windows": {"M": {"ord_1-20260228T233000": {"S": "2026-02-28T23:30:00.000000Z"}}},
        "version": {"N": "3"},
    }


def test_what_is_no_instant_stays() -> None:
    for text in ("2026-03-01", "order 20260301T003000", "12:30:00", "EUR"):
        assert earlier(text, HOUR) == text
