"""Checkout: Stripe's own page, which needs no script of ours."""

from datetime import timedelta

import pytest

from tests.connectors.stripe.cases import Clock, asked, learned, op, outcomes
from tests.psps.stripe.conftest import NewCase, forgotten, press
from tests.psps.stripe.stand_in import Psp
from tillgate.connectors.stripe.connector import StripeConnector
from tillgate.connectors.v1 import Kind, NoAnswer, Outcome


@pytest.mark.parametrize(("capture", "captured"), [("auto", 4999), ("manual", None)])
def test_a_shopper_pays_on_stripes_page(
    stripe: StripeConnector, psp: Psp, new: NewCase, capture: str, captured: int | None
) -> None:
    begun = new(None, capture=capture)
    facts = stripe.start(begun, begun.ops[0])
    assert [fact.outcome for fact in facts] == [Outcome.ACTION]
    awaited = learned(begun, facts)
    press(psp, facts, "approve")
    (fact,) = stripe.proceed(awaited, begun.ops[0], None)
    assert (fact.outcome, fact.captured, fact.op) == (Outcome.SUCCEEDED, captured, begun.ops[0].id)
    assert fact.reference
    assert fact.reference.startswith("pi_")


def test_what_was_held_on_the_page_is_captured_and_refunded_like_any_other(
    stripe: StripeConnector, psp: Psp, new: NewCase
) -> None:
    begun = new(None)
    facts = stripe.start(begun, begun.ops[0])
    press(psp, facts, "approve")
    case = learned(begun, facts)  # the return was lost: nobody has told of the PaymentIntent
    for number, kind in ((2, Kind.CAPTURE), (3, Kind.REFUND)):
        case = asked(case, op(number, kind, 1000, case=case.id))
        assert (kind, Outcome.SUCCEEDED, case.ops[-1].id) in outcomes(stripe.perform(case, case.ops[-1]))


@pytest.mark.parametrize("button", ["decline", "cancel"])
def test_who_leaves_the_page_can_come_back_to_it(stripe: StripeConnector, psp: Psp, new: NewCase, button: str) -> None:
    begun = new(None)
    facts = stripe.start(begun, begun.ops[0])
    press(psp, facts, button)
    assert [fact.action for fact in stripe.ask(learned(begun, facts)) or []] == [facts[0].action]


def test_a_page_whose_answer_was_lost_is_found_or_made_once(
    stripe: StripeConnector, psp: Psp, new: NewCase, clock: Clock
) -> None:
    psp.unanswered = lambda method, path: method == "POST"
    begun = new(None)
    with pytest.raises(NoAnswer):
        stripe.start(begun, begun.ops[0])
    psp.unanswered = lambda *_: False
    found = stripe.ask(begun)
    assert found == stripe.start(begun, begun.ops[0])
    clock.now += timedelta(hours=24)
    assert stripe.ask(begun) == found


def test_a_closed_page_takes_no_money(stripe: StripeConnector, psp: Psp, new: NewCase) -> None:
    begun = new(None)
    facts = stripe.start(begun, begun.ops[0])
    for known in (learned(begun, facts), begun):
        closed = asked(known, op(2, Kind.CLOSE, case=begun.id))
        assert outcomes(stripe.close(closed, closed.ops[1])) == [(Kind.CLOSE, Outcome.SUCCEEDED, closed.ops[1].id)]
    press(psp, facts, "approve")
    assert stripe.ask(closed) == []


def test_a_close_before_the_page_was_made_ends_the_one_that_would_be_made(
    stripe: StripeConnector, psp: Psp, new: NewCase
) -> None:
    begun = new(None)
    closed = asked(begun, op(2, Kind.CLOSE, case=begun.id))
    assert outcomes(stripe.close(closed, closed.ops[1])) == [(Kind.CLOSE, Outcome.SUCCEEDED, closed.ops[1].id)]
    late = stripe.start(begun, begun.ops[0])
    assert [fact.outcome for fact in late] == [Outcome.ACTION]
    press(psp, late, "approve")
    assert stripe.ask(closed) == []


def test_a_close_finds_what_was_paid_on_the_page(stripe: StripeConnector, psp: Psp, new: NewCase) -> None:
    begun = new(None)
    facts = stripe.start(begun, begun.ops[0])
    press(psp, facts, "approve")
    closed = asked(forgotten(begun), op(2, Kind.CLOSE, case=begun.id))
    assert outcomes(stripe.close(closed, closed.ops[1])) == [
        (Kind.AUTHORIZE, Outcome.SUCCEEDED, begun.ops[0].id),
        (Kind.CLOSE, Outcome.FAILED, closed.ops[1].id),
    ]


def test_a_wallet_is_paid_with_on_the_page(stripe: StripeConnector, psp: Psp, new: NewCase) -> None:
    begun = new(None, method="wallet", capture="auto")
    facts = stripe.start(begun, begun.ops[0])
    press(psp, facts, "approve")
    assert [fact.outcome for fact in stripe.ask(learned(begun, facts)) or []] == [Outcome.SUCCEEDED]
