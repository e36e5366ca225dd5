"""Answers and requests that are lost: nothing is done twice, and nothing is called missing too early."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.connectors.stripe.cases import Clock, asked, learned, op, outcomes
from tests.psps.stripe.conftest import NewCase, forgotten, press
from tests.psps.stripe.stand_in import Psp
from tillgate.connectors.stripe.connector import StripeConnector
from tillgate.connectors.stripe.wire import MOST_PAGES, Unclear
from tillgate.connectors.v1 import Case, Kind, NoAnswer, NotSent, Op, Outcome

AGO, A_DAY = timedelta(minutes=2), timedelta(hours=24)
Way = Callable[[str, str], bool]


def starting(method: str, path: str) -> bool:
    return (method, path) in (("POST", "payment_intents"), ("POST", "checkout/sessions"), ("POST", "setup_intents"))


def start_lost(stripe: StripeConnector, begun: Case) -> None:
    with pytest.raises(NoAnswer):
        stripe.start(begun, begun.ops[0])


def closing(case: Case) -> tuple[Case, Op]:
    close = op(9, Kind.CLOSE, case=case.id)
    return asked(case, close), close


@pytest.mark.parametrize("capture", ["auto", "manual"])
def test_an_authorization_whose_answer_was_lost_is_found_by_asking(
    stripe: StripeConnector, psp: Psp, new: NewCase, capture: str
) -> None:
    psp.unanswered = starting
    begun = new(capture=capture)
    start_lost(stripe, begun)
    assert outcomes(stripe.ask(begun)) == [(Kind.AUTHORIZE, Outcome.SUCCEEDED, begun.ops[0].id)]


def test_repeated_with_its_key_it_is_one_authorization(stripe: StripeConnector, psp: Psp, new: NewCase) -> None:
    psp.unanswered = starting
    begun = new()
    start_lost(stripe, begun)
    psp.unanswered = lambda *_: False
    (first,), (second,) = stripe.start(begun, begun.ops[0]), stripe.start(begun, begun.ops[0])
    assert first == second
    assert (first.outcome, psp.posts("payment_intents")) == (Outcome.SUCCEEDED, 3)


def test_after_the_key_has_run_out_it_is_still_found_by_asking(
    stripe: StripeConnector, psp: Psp, new: NewCase, clock: Clock
) -> None:
    psp.unanswered = starting
    begun = new()
    start_lost(stripe, begun)
    psp.backoffice("a_day_passes")
    clock.now += A_DAY
    assert outcomes(stripe.ask(begun)) == [(Kind.AUTHORIZE, Outcome.SUCCEEDED, begun.ops[0].id)]


@pytest.mark.parametrize("token", ["pm_card_visa", None])
@pytest.mark.parametrize("kind", [Kind.AUTHORIZE, Kind.SETUP])
def test_nothing_is_called_missing_while_a_request_may_be_under_way(
    stripe: StripeConnector, psp: Psp, new: NewCase, clock: Clock, token: str | None, kind: Kind
) -> None:
    begun = new(token, kind)
    assert stripe.ask(begun) is None
    clock.now += AGO
    assert stripe.ask(begun) == []
    assert not any(method == "POST" for method, _, _ in psp.sent)


def test_a_request_that_never_left_is_said_so(stripe: StripeConnector, psp: Psp, new: NewCase) -> None:
    psp.unsent = starting
    begun = new()
    with pytest.raises(NotSent):
        stripe.start(begun, begun.ops[0])


def test_a_list_that_is_too_long_to_read_is_no_proof(
    stripe: StripeConnector, new: NewCase, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tillgate.connectors.stripe.wire.PAGE", 1)
    for _ in range(MOST_PAGES + 1):
        other = new()
        stripe.start(other, other.ops[0])
    begun = new()
    clock.now += AGO
    assert stripe.ask(begun) is None


def test_a_close_ends_what_never_arrived_and_whatever_arrives_later(
    stripe: StripeConnector, psp: Psp, new: NewCase, clock: Clock
) -> None:
    psp.lost = starting
    begun = new()
    start_lost(stripe, begun)
    psp.lost = lambda *_: False
    closed, close = closing(begun)
    assert outcomes(stripe.close(closed, close)) == [(Kind.CLOSE, Outcome.SUCCEEDED, close.id)]
    assert outcomes(stripe.close(closed, close)) == [(Kind.CLOSE, Outcome.SUCCEEDED, close.id)]
    with pytest.raises(Unclear):  # it arrives after all, and does nothing
        stripe.start(begun, begun.ops[0])
    clock.now += AGO
    assert stripe.ask(begun) == []


def test_a_close_that_no_longer_knows_what_was_paid_with_bars_it_all_the_same(
    stripe: StripeConnector, psp: Psp, new: NewCase, clock: Clock
) -> None:
    begun = new()
    closed, close = closing(replace(begun, instrument=None))
    assert outcomes(stripe.close(closed, close)) == [(Kind.CLOSE, Outcome.SUCCEEDED, close.id)]
    with pytest.raises(Unclear):
        stripe.start(begun, begun.ops[0])
    clock.now += AGO
    assert stripe.ask(closed) == []
    assert stripe.ask(begun) == []


def test_a_close_finds_what_arrived_without_an_answer(stripe: StripeConnector, psp: Psp, new: NewCase) -> None:
    psp.unanswered = starting
    begun = new()
    start_lost(stripe, begun)
    psp.unanswered = lambda *_: False
    closed, close = closing(begun)
    facts = stripe.close(closed, close)
    assert outcomes(facts) == [
        (Kind.AUTHORIZE, Outcome.SUCCEEDED, begun.ops[0].id),
        (Kind.CLOSE, Outcome.FAILED, close.id),
    ]


def test_a_close_after_the_key_has_run_out_takes_no_key(
    stripe: StripeConnector, psp: Psp, new: NewCase, clock: Clock
) -> None:
    begun = new()
    clock.now += A_DAY
    closed, close = closing(begun)
    assert outcomes(stripe.close(closed, close)) == [(Kind.CLOSE, Outcome.SUCCEEDED, close.id)]
    assert psp.posts("payment_intents") == 0


@pytest.mark.parametrize("kind", [Kind.AUTHORIZE, Kind.SETUP])
def test_a_close_ends_what_awaits_the_shopper(stripe: StripeConnector, psp: Psp, new: NewCase, kind: Kind) -> None:
    begun = new("pm_card_threeDSecure2Required", kind)
    facts = stripe.start(begun, begun.ops[0])
    closed, close = closing(learned(begun, facts))
    assert outcomes(stripe.close(closed, close)) == [(Kind.CLOSE, Outcome.SUCCEEDED, close.id)]
    press(psp, facts, "approve")
    assert stripe.ask(closed) == []


def test_a_close_leaves_alone_what_was_authorized(stripe: StripeConnector, held: Case) -> None:
    closed, close = closing(held)
    assert outcomes(stripe.close(closed, close))[-1] == (Kind.CLOSE, Outcome.FAILED, close.id)
    assert outcomes(stripe.ask(held)) == [(Kind.AUTHORIZE, Outcome.SUCCEEDED, held.ops[0].id)]


def test_a_close_tells_why_it_was_declined(stripe: StripeConnector, new: NewCase) -> None:
    begun = new("pm_card_visa_chargeDeclined")
    closed, close = closing(learned(begun, stripe.start(begun, begun.ops[0])))
    (declined, said) = stripe.close(closed, close)
    assert (declined.outcome, declined.reason, said.outcome) == (Outcome.FAILED, "REFUSED", Outcome.FAILED)


@pytest.mark.parametrize("kind", [Kind.CAPTURE, Kind.CANCEL, Kind.REFUND])
def test_operations_whose_answer_was_lost_are_found_even_without_a_note_of_stripes_ids(
    stripe: StripeConnector, psp: Psp, held: Case, taken: Case, kind: Kind, clock: Clock
) -> None:
    case = taken if kind is Kind.REFUND else held
    case = asked(case, op(2, kind, case=case.id, requested_at=clock.now))
    psp.unanswered = lambda method, path: method == "POST"
    with pytest.raises(NoAnswer):
        stripe.perform(case, case.ops[1])
    psp.unanswered = lambda *_: False
    assert (kind, Outcome.SUCCEEDED, case.ops[1].id) in outcomes(stripe.ask(forgotten(case)))
    psp.backoffice("a_day_passes")
    repeated = stripe.perform(case, case.ops[1])  # no core would: Stripe itself refuses what is done
    assert (kind, Outcome.SUCCEEDED, case.ops[1].id) in outcomes(repeated)


def test_the_key_of_an_operation_is_its_id(stripe: StripeConnector, psp: Psp, held: Case) -> None:
    case = asked(held, op(2, Kind.CAPTURE, case=held.id))
    stripe.perform(case, case.ops[1])
    keys = [headers.get("Idempotency-Key") for method, _, headers in psp.sent if method == "POST"]
    assert keys == [held.ops[0].id, case.ops[1].id]
    assert all(headers["Stripe-Version"] == "2026-10-28.endive" for _, _, headers in psp.sent)


def test_asking_when_stripe_does_not_answer_tells_nothing(stripe: StripeConnector, psp: Psp, held: Case) -> None:
    psp.lost = lambda *_: True
    assert stripe.ask(held) is None
    assert stripe.ask(replace(held, memory={})) is None
