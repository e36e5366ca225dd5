"""Facts of one payment lead to the same state in any order and any number of copies (IS-12, IS-13).

A set of facts is what a PSP can truly say: one course of events at its side. Whether a *late* approval still counts
depends on whether the order has ended meanwhile, and of two payments the first approved counts: there the order of the
facts is what decides, and test_endings has it.
"""

from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from itertools import chain, combinations, permutations, product
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.builders import PAGE, Story, evolved
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.lifecycle import Capture, PaymentStatus
from tillgate.domain.payments.operations import OperationStatus, OperationType
from tillgate.domain.payments.payment import SHOPPER_WINDOW
from tillgate.domain.psp.facts import Fact, learn

AWAITING, PENDING, UNKNOWN = OperationStatus.AWAITING_SHOPPER, OperationStatus.PENDING, OperationStatus.UNKNOWN
SUCCEEDED, FAILED, REVERSED = OperationStatus.SUCCEEDED, OperationStatus.FAILED, OperationStatus.REVERSED


class Case(NamedTuple):
    """An order, and all that is going to be said about its payment."""

    name: str
    order: Order
    facts: tuple[Fact, ...]


def timeless(value: object) -> object:
    """An order without its instants: that there is one counts, not which."""
    if isinstance(value, datetime):
        return "an instant"
    if is_dataclass(value):
        return {each.name: timeless(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, tuple):
        return [timeless(each) for each in value]
    return value


def told(order: Order, facts: Sequence[Fact], now: datetime) -> object:
    """The state after the facts, each told alone."""
    for fact in facts:
        order = evolved(order, learn(order, [fact], now))
    return timeless(
        replace(
            order,
            payments=tuple(
                replace(
                    payment,
                    operations=tuple(
                        replace(
                            op,
                            contradictions=tuple(
                                sorted(op.contradictions, key=lambda contradiction: contradiction.status.rank)
                            ),
                        )
                        for op in sorted(payment.operations, key=lambda op: op.operation_id)
                    ),
                )
                for payment in order.payments
            ),
        )
    )


def said(story: Story, payment_id: str, operation: OperationType, status: OperationStatus, amount: int) -> Fact:
    approved = operation is OperationType.AUTHORIZE and status is SUCCEEDED
    return Fact(
        payment_id,
        story.last_of(payment_id, operation).operation_id,
        status,
        amount,
        reason_code="REFUSED" if status in (FAILED, REVERSED) else None,
        psp_reference="psp_1",
        brand="visa",
        redirect=PAGE if status is AWAITING else None,
        captured=approved and story.order.capture is Capture.AUTO,
    )


def authorizing(method: str, capture: Capture) -> Case:
    story = Story(capture=capture)
    payment = story.start(method)
    amount = 2 if method == "gift_card" else 3
    course = (UNKNOWN, AWAITING, PENDING, FAILED, SUCCEEDED, REVERSED)
    facts = [said(story, payment, OperationType.AUTHORIZE, status, amount) for status in course]
    return Case(f"authorizing {method} {capture}", story.order, tuple(facts))


def closing(answer: OperationStatus, outcomes: tuple[OperationStatus, ...], by: Callable[[Story, str], object]) -> Case:
    story = Story()
    card = story.redirected()
    by(story, card)
    facts = [said(story, card, OperationType.AUTHORIZE, status, 3) for status in outcomes]
    facts.append(said(story, card, OperationType.CLOSE, answer, 0))
    return Case(f"closing {answer} {outcomes}", story.order, tuple(facts))


def operating(outcomes: tuple[OperationStatus, ...], reversed_too: bool) -> Case:
    """One of six is captured; a capture, a cancel and a refund are on their way."""
    story = Story(amount=6)
    card = story.paid()
    story.captured(card, 1)
    story.capture(card, 2)
    story.cancel(card, 3)
    story.refund(card, 1)
    kinds = ((OperationType.CAPTURE, 2), (OperationType.CANCEL, 3), (OperationType.REFUND, 1))
    facts = [said(story, card, kind, status, n) for (kind, n), status in zip(kinds, outcomes, strict=True)]
    if reversed_too:
        facts.append(said(story, card, OperationType.AUTHORIZE, REVERSED, 6))
    return Case(f"operating {outcomes} {reversed_too}", story.order, tuple(facts))


def releasing(status: OperationStatus) -> Case:
    """An order is being cancelled: the system owes a release."""
    story = Story()
    card = story.paid()
    story.cancel_order()
    facts = (
        said(story, card, OperationType.CANCEL, status, 3),
        said(story, card, OperationType.AUTHORIZE, SUCCEEDED, 3),
        said(story, card, OperationType.CANCEL, PENDING, 3),
    )
    return Case(f"releasing {status}", story.order, facts)


def lapses(story: Story, _: str) -> None:
    story.passes(SHOPPER_WINDOW)


def unasked() -> Case:
    """The PSP refunds in its back office, the bank takes a part back, and one of our refunds fails later."""
    story = Story(amount=6)
    card = story.paid()
    story.captured(card, 5)
    refund = story.refund(card, 1)
    at = story.now
    facts = (
        Fact(card, refund, SUCCEEDED, as_of=at),
        Fact(card, refund, FAILED, as_of=at + SHOPPER_WINDOW),
        Fact(card, None, SUCCEEDED, 2, psp_reference="r1", kind=OperationType.REFUND),
        Fact(card, None, SUCCEEDED, 1, psp_reference="r2", kind=OperationType.REVERSAL),
    )
    return Case("unasked", story.order, facts)


CASES = [
    unasked(),
    *(authorizing(method, mode) for method in ("card", "gift_card", "bank_redirect") for mode in Capture),
    *(
        closing(answer, outcomes, by)
        for by in (lapses, Story.withdraw)
        for answer, outcomes in (
            (SUCCEEDED, ()),
            (SUCCEEDED, (PENDING,)),
            (SUCCEEDED, (PENDING, SUCCEEDED)),
            (SUCCEEDED, (SUCCEEDED, REVERSED)),
            (FAILED, (SUCCEEDED,)),
            (FAILED, (PENDING, SUCCEEDED, REVERSED)),
            (FAILED, (PENDING, FAILED)),
        )
    ),
    *(
        operating(outcomes, reversed_too)
        for outcomes in product((SUCCEEDED, FAILED), repeat=3)
        for reversed_too in (True, False)
    ),
    *(releasing(status) for status in (SUCCEEDED, FAILED)),
]
NAMES = [case.name for case in CASES]


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_every_order_of_every_set_of_facts_leads_to_one_state(case: Case) -> None:
    now = case.order.updated_at
    for facts in chain.from_iterable(combinations(case.facts, size) for size in range(1, min(len(case.facts), 4) + 1)):
        states = [told(case.order, order, now) for order in permutations(facts)]
        assert all(state == states[0] for state in states), facts


@settings(max_examples=200)
@given(st.sampled_from(CASES), st.data())
def test_copies_and_all_orders_lead_to_the_state_of_each_fact_told_once(case: Case, data: st.DataObject) -> None:
    copies = data.draw(st.lists(st.sampled_from(case.facts), max_size=5))
    facts = data.draw(st.permutations([*case.facts, *copies]))
    now = case.order.updated_at
    assert told(case.order, facts, now) == told(case.order, case.facts, now)


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_facts_told_together_and_one_by_one_are_the_same(case: Case) -> None:
    now = case.order.updated_at
    together = evolved(case.order, learn(case.order, list(case.facts), now))
    assert told(together, [], now) == told(case.order, case.facts, now)


@pytest.mark.parametrize("status", [UNKNOWN, PENDING, OperationStatus.AWAITING_SHOPPER, OperationStatus.REQUESTED])
@pytest.mark.parametrize("kind", [OperationType.CAPTURE, OperationType.CANCEL, OperationType.REFUND])
def test_of_an_operation_only_that_it_succeeded_or_failed_changes_anything(
    kind: OperationType, status: OperationStatus
) -> None:
    story = Story(amount=6)
    card = story.paid()
    story.captured(card, 1)
    {OperationType.CAPTURE: story.capture, OperationType.CANCEL: story.cancel, OperationType.REFUND: story.refund}[
        kind
    ](card, 1)
    before = story.payment(card)
    story.hears(card, status)
    after = story.payment(card)
    assert (after.status, after.pending, after.available) == (PaymentStatus.PARTIALLY_CAPTURED, True, before.available)
