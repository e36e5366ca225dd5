"""What is stored can be read again, whatever it is."""

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.domain.builders import NOON, Story
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.order import Terms
from tillgate.domain.orders.order_events import MetadataChanged
from tillgate.domain.payments.events import OutcomeLearned
from tillgate.domain.payments.lifecycle import Capture
from tillgate.domain.payments.operations import OperationStatus
from tillgate.domain.payments.payment import Redirect
from tillgate.store.orders.mapping import events_from, events_to_json, order_from_json, order_to_json

METADATA: list[dict[str, Any]] = [
    {},
    {"a": None},
    {"a": {"b": [None, 1, 2.5, True, "x"]}},
    {"": "empty", "ключ": "💶", "big": 10**40},
    {"type": "order_created", "at": "2030-01-01T12:00:00Z"},
]


def eventful() -> Story:
    """Nearly everything that can happen to an order."""
    story = Story(amount=30, terms=Terms(metadata={"a": None}, items=({"name": "x", "amount": None},)))
    first = story.redirected()
    story.withdraw(first)
    story.hears(first, OperationStatus.SUCCEEDED)
    card = story.paid(amount=20)
    story.captured(card, 5)
    story.cancel(card, 5)
    story.hears(card, OperationStatus.UNKNOWN)
    story.refund(card, 2)
    story.hears(card, OperationStatus.FAILED, reason_code="REFUSED")
    story.passes(timedelta(days=8))
    return story


def test_an_order_is_read_as_it_was_written() -> None:
    order = eventful().order
    assert order_from_json(order_to_json(order)) == order


def test_events_are_read_as_they_were_written() -> None:
    history = eventful().history
    assert events_from(json.loads(events_to_json(history))) == history


@pytest.mark.parametrize("metadata", METADATA)
def test_metadata_is_the_merchants_own(metadata: dict[str, Any]) -> None:
    order = Story(terms=Terms(metadata=metadata)).order
    assert order_from_json(order_to_json(order)) == order
    events: list[Event] = [MetadataChanged(metadata=metadata, at=NOON)]
    assert events_from(json.loads(events_to_json(events))) == events


def test_a_redirect_is_read_as_it_was_written() -> None:
    events: list[Event] = [
        OutcomeLearned(
            payment_id="pay_1",
            operation_id="pay_1_1",
            status=OperationStatus.AWAITING_SHOPPER,
            amount=1,
            at=NOON,
            redirect=Redirect("https://psp.example", "POST", {"a": "b"}),
        )
    ]
    assert events_from(json.loads(events_to_json(events))) == events


def test_defaults_are_left_out() -> None:
    """Bytes are write units."""
    text = order_to_json(Story(capture=Capture.MANUAL).order)
    assert "covered_once" not in text
    assert len(text) < 400
