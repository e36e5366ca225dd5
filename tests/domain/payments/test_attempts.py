"""The pause that grows with failed attempts (US-3)."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.builders import NOON, Story
from tillgate.domain.orders.attempts import check_attempts
from tillgate.domain.payments.attempts import (
    FREE,
    LONGEST_OF_MERCHANT,
    LONGEST_PAUSE,
    WINDOW,
    Subject,
    Tally,
    address_key,
    pause,
)
from tillgate.domain.payments.fingerprints import fingerprint
from tillgate.domain.payments.operations import OperationStatus
from tillgate.domain.shared.refusals import TooSoon

FAILED, SUCCEEDED = OperationStatus.FAILED, OperationStatus.SUCCEEDED


def fails(story: Story, times: int, reason: str = "REFUSED") -> None:
    for _ in range(times):
        story.hears(story.start(), FAILED, reason_code=reason)


def wait(story: Story, free: int = 3) -> int:
    try:
        check_attempts(story.order, free, story.now)
    except TooSoon as soon:
        return soon.seconds
    return 0


def test_the_pause_doubles_up_to_its_longest() -> None:
    seconds = [pause("order", attempts, 3).total_seconds() for attempts in range(2, 8)]
    assert seconds == [0, 10, 20, 40, 80, 160]
    assert pause("order", 1000, 3) == LONGEST_PAUSE
    assert pause("merchant", 5000, 1000) == LONGEST_OF_MERCHANT


@given(st.sampled_from(sorted(FREE)), st.integers(0, 5000), st.integers(1, 2000))
def test_it_never_shrinks(kind: str, attempts: int, free: int) -> None:
    assert pause(kind, attempts, free) <= pause(kind, attempts + 1, free)
    assert (pause(kind, attempts, free) == timedelta(0)) == (attempts < free)


def test_an_order_pauses_after_its_free_failures_and_longer_after_each() -> None:
    story = Story()
    fails(story, 2)
    assert wait(story) == 0
    fails(story, 1)
    assert wait(story) == 10
    story.now += timedelta(seconds=9)
    assert wait(story) == 1
    story.now += timedelta(seconds=1)
    assert wait(story) == 0
    fails(story, 1)
    assert wait(story) == 20


def test_failures_of_an_hour_ago_do_not_count() -> None:
    story = Story()
    fails(story, 3)
    story.now += WINDOW
    assert wait(story) == 0


def test_what_was_the_psps_fault_does_not_count() -> None:
    story = Story()
    fails(story, 5, reason="PSP_ERROR")
    assert wait(story) == 0


def test_a_success_is_no_failure() -> None:
    story = Story()
    fails(story, 2)
    story.paid("gift_card", 1)
    assert wait(story) == 0


def test_what_is_left_is_rounded_up() -> None:
    subject = Subject("mer_1", "address", "a", 1)
    assert subject.wait(Tally(1, NOON), NOON + timedelta(seconds=8.5)) == 2
    assert subject.wait(None, NOON) == 0


def test_fingerprints_are_one_for_each_merchant_and_reveal_nothing() -> None:
    assert fingerprint("mer_1", "tok_visa") == fingerprint("mer_1", "tok_visa")
    assert len({fingerprint(who, what) for who in ("mer_1", "mer_2") for what in ("tok_visa", "tok_amex")}) == 4
    assert len(fingerprint("mer_1", "tok_visa")) == 24


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.7", "203.0.113.7", True),
        ("203.0.113.7", "203.0.113.8", False),
        ("2001:db8::1", "2001:db8:0:0:ffff::2", True),  # one subscriber's network
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("unknown", "unknown", True),
    ],
)
def test_addresses(one: str, other: str, same: bool) -> None:
    assert (address_key("mer_1", one) == address_key("mer_1", other)) is same
