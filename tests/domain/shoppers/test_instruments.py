"""What is paid with is saved once, however it is learned that the payment was authorized (RG-5)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from tests.domain.builders import NOON, Story
from tillgate.domain.orders import starting
from tillgate.domain.orders.order import Terms
from tillgate.domain.payments.events import InstrumentSaved, PaymentStarted
from tillgate.domain.payments.operations import Actor, OperationStatus
from tillgate.domain.payments.payment import Recurring
from tillgate.domain.psp.facts import Fact, learn
from tillgate.domain.shoppers.saved_instruments import StoredInstrument, is_token, new_token, shopper_key_of

S = OperationStatus
TOKEN = "ins_1_abcdefghijklmnopqrstuvwxyz"
CARD = StoredInstrument("card_at_psp", "visa", "4242", "2039-12")


def saving(recurring: Recurring | None = None) -> Story:
    """An order whose payment is to be saved; its outcome is open."""
    story = Story(terms=Terms(shopper_key="shp_1"))
    story.takes(
        starting.start_payment(
            story.order,
            method="card",
            connector="sandbox",
            amount=None,
            return_url=None,
            actor=Actor.SHOPPER,
            now=story.now,
            saves_as=TOKEN,
            recurring=recurring,
        )
    )
    return story


def fact(status: OperationStatus, instrument: StoredInstrument | None = None) -> Fact:
    return Fact("pay_1_1", "pay_1_1_1", status, instrument=instrument)


def hears(story: Story, facts: Sequence[Fact]) -> list[InstrumentSaved]:
    events = learn(story.order, list(facts), story.now)
    story.takes(events)
    return [event for event in events if isinstance(event, InstrumentSaved)]


def test_it_is_saved_with_the_outcome() -> None:
    story = saving()
    (saved,) = hears(story, [fact(S.SUCCEEDED, CARD)])
    assert (saved.token, story.order.payments[0].instrument) == (TOKEN, TOKEN)


@pytest.mark.parametrize("status", [S.UNKNOWN, S.AWAITING_SHOPPER, S.PENDING, S.FAILED])
def test_nothing_is_saved_of_what_is_not_authorized(status: OperationStatus) -> None:
    assert hears(story := saving(), [fact(status, CARD)]) == []
    assert story.order.payments[0].instrument is None


def test_any_order_and_any_copies_save_it_once() -> None:
    told = (fact(S.PENDING), fact(S.SUCCEEDED, CARD), fact(S.SUCCEEDED, CARD), fact(S.REVERSED, CARD))
    for order in permutations(told):
        story = saving()
        assert sum(len(hears(story, [each])) for each in order) == 1
        assert story.order.payments[0].instrument == TOKEN


def test_a_psp_may_tell_of_the_instrument_after_the_outcome() -> None:
    story = saving()
    assert hears(story, [fact(S.SUCCEEDED)]) == []
    assert len(hears(story, [fact(S.SUCCEEDED, CARD)])) == 1


def test_what_nobody_asked_to_save_is_not_saved() -> None:
    story = Story()
    story.start()
    assert hears(story, [fact(S.SUCCEEDED, CARD)]) == []


def test_history_keeps_our_token_alone() -> None:
    """GO-7: what a shopper's erasure has to remove is in no event."""
    story = saving(Recurring.INITIAL)
    hears(story, [replace(fact(S.SUCCEEDED, CARD), brand="visa")])
    assert not any(secret in repr(story.history) for secret in ("card_at_psp", "4242", "2039-12"))
    started = next(event for event in story.history if isinstance(event, PaymentStarted))
    assert (started.saves_as, started.recurring) == (TOKEN, Recurring.INITIAL)


def test_tokens_sort_by_age() -> None:
    instants = [NOON + timedelta(milliseconds=each) for each in (0, 1, 2, 31, 32, 1023, 1024, 10**9, 10**12)]
    tokens = [new_token("shp_1", at) for at in instants]
    assert sorted(tokens) == tokens


def test_a_token_names_its_shopper_and_nothing_else_is_one() -> None:
    token = new_token("shp_abc234", NOON)
    assert is_token(token)
    assert shopper_key_of(token) == "shp_abc234"
    assert new_token("shp_abc234", NOON) != token
    for other in ("tok_visa", "card_1", "ins_abc", token + "x", token.upper(), token + "\n"):
        assert not is_token(other)
