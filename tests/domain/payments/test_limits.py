"""PSPs that capture once, and cancel parts by capturing less: no sum goes astray (IS-1, TH-6, TH-7, RG-3)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.builders import Story
from tillgate.domain.payments.lifecycle import PaymentStatus
from tillgate.domain.payments.limit_checks import emulated, is_emulated
from tillgate.domain.payments.limits import Limits
from tillgate.domain.payments.operations import OperationStatus, OperationType
from tillgate.domain.shared.refusals import CapabilityNotSupported, Refusal

SUCCEEDED = OperationStatus.SUCCEEDED
ONCE = Limits(captures="one", cancels="by_capture")


def held(amount: int = 10) -> tuple[Story, str]:
    story = Story(amount=amount, limits=ONCE)
    return story, story.paid()


def test_a_capture_of_a_part_is_refused_unless_it_is_said_to_be_final() -> None:
    story, card = held()
    for final in (None, False):
        with pytest.raises(CapabilityNotSupported) as refused:
            story.capture(card, 4, final=final)
        assert refused.value.pointer == "/final"
    assert len(story.payment(card).operations) == 1
    story.captured(card, 4, final=True)
    payment = story.payment(card)
    assert (payment.captured, payment.cancelled, payment.held) == (4, 6, 0)


def test_of_two_cancels_at_once_the_one_that_leaves_nothing_is_sent() -> None:
    """The first was recorded, and its process has died before it had an outcome."""
    story, card = held()
    story.cancel(card, 4)
    story.cancel(card, 6)
    _, part, rest = story.payment(card).operations
    assert is_emulated(story.payment(card), part)
    assert not is_emulated(story.payment(card), rest)
    story.hears(card, SUCCEEDED, rest.operation_id)
    _, part, rest = story.payment(card).operations
    assert is_emulated(story.payment(card), part)
    story.hears(card, SUCCEEDED, part.operation_id)
    assert story.payment(card).status is PaymentStatus.CANCELLED


def test_a_hold_that_lapses_at_the_psp_is_less_what_it_was_not_told_of() -> None:
    story, card = held()
    story.cancel(card, 4)
    story.hears(card, SUCCEEDED)
    assert emulated(story.payment(card)) == 4
    for _ in range(2):
        story.observes(card, OperationType.CANCEL, 10, "lapse")
    payment = story.payment(card)
    assert (payment.cancelled, payment.held, payment.operations[-1].amount) == (10, 0, 6)


@given(st.lists(st.tuples(st.sampled_from(["cancel", "capture"]), st.integers(1, 12), st.booleans()), max_size=8))
def test_whatever_is_tried_the_psp_never_takes_more_than_it_holds(tried: list[tuple[str, int, bool]]) -> None:
    """`taken` and `freed` are the PSP's own books: it knows one capture, or one cancel of everything."""
    story, card = held()
    taken = freed = 0
    for verb, amount, final in tried:
        try:
            story.cancel(card, amount) if verb == "cancel" else story.capture(card, amount, final=final or None)
        except Refusal:
            continue
        operation = story.last(card)
        assert taken == freed == 0, "something is sent after the PSP has let go of it"
        if verb == "capture":
            taken, freed = operation.amount, 10 - operation.amount
        elif not is_emulated(story.payment(card), operation):
            freed = 10
        story.hears(card, SUCCEEDED)
    payment = story.payment(card)
    assert payment.captured == taken <= 10
    if taken or freed:
        assert (payment.cancelled, payment.held) == (freed, 0)
    else:
        assert payment.cancelled == emulated(payment) < 10
