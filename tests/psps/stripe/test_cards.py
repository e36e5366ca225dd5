"""Cards: authorized, captured, cancelled, authenticated, declined; each outcome as Stripe's stand-in has it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.connectors.stripe.cases import Clock, asked, learned, op, outcomes
from tests.psps.stripe.conftest import NewCase, press
from tests.psps.stripe.stand_in import OPERATOR, Psp
from tillgate.connectors.stripe.connector import StripeConnector
from tillgate.connectors.v1 import Case, Fact, Kind, Outcome

DECLINES = [
    ("pm_card_visa_chargeDeclined", "REFUSED", "generic_decline"),
    ("pm_card_visa_chargeDeclinedInsufficientFunds", "INSUFFICIENT_AMOUNT", "insufficient_funds"),
    ("pm_card_visa_chargeDeclinedLostCard", "CARD_LOST_OR_STOLEN", "lost_card"),
    ("pm_card_visa_chargeDeclinedExpiredCard", "EXPIRED_INSTRUMENT", "expired_card"),
]


def told(stripe: StripeConnector, known: Case) -> list[Fact]:
    facts = stripe.ask(known)
    assert facts is not None
    return facts


def test_an_authorization_holds_the_money_until_it_is_captured(
    stripe: StripeConnector, new: NewCase, clock: Clock
) -> None:
    begun = new()
    (fact,) = stripe.start(begun, begun.ops[0])
    assert (fact.outcome, fact.op, fact.amount, fact.captured) == (Outcome.SUCCEEDED, begun.ops[0].id, 4999, None)
    assert fact.reference
    assert fact.reference.startswith("pi_")
    assert fact.brand == "visa"
    assert fact.details["last4"] == "4242"
    assert fact.expires_at
    assert timedelta(days=6, hours=23) < fact.expires_at - clock.now < timedelta(days=7, hours=1)


def test_an_automatic_capture_tells_that_all_was_taken(stripe: StripeConnector, new: NewCase) -> None:
    begun = new(capture="auto")
    (fact,) = stripe.start(begun, begun.ops[0])
    assert (fact.outcome, fact.captured, fact.expires_at) == (Outcome.SUCCEEDED, 4999, None)


def test_each_token_of_a_card_has_the_cards_fingerprint_also_if_it_is_declined(
    stripe: StripeConnector, new: NewCase
) -> None:
    """By it attempts are counted and cards blocked: a browser makes a token for each."""
    for token in ("pm_card_visa", DECLINES[0][0]):
        cases = [new(token) for _ in range(2)]
        marks = [fact.fingerprint for begun in cases for fact in stripe.start(begun, begun.ops[0])]
        assert len(marks) == 2
        assert marks[0] == marks[1] != ""


@pytest.mark.parametrize("capture", ["auto", "manual"])
@pytest.mark.parametrize(("token", "reason", "raw"), DECLINES)
def test_a_decline_has_the_contracts_reason_and_stripes_own(
    stripe: StripeConnector, new: NewCase, token: str, reason: str, raw: str, capture: str
) -> None:
    begun = new(token, capture=capture)
    (fact,) = stripe.start(begun, begun.ops[0])
    assert (fact.outcome, fact.reason, fact.raw_reason) == (Outcome.FAILED, reason, raw)
    (again,) = told(stripe, learned(begun, [fact]))
    assert (again.outcome, again.reason, again.raw_reason) == (Outcome.FAILED, reason, raw)


@pytest.mark.parametrize("capture", ["auto", "manual"])
def test_3d_secure_sends_the_shopper_to_the_bank_and_goes_on_when_it_approves(
    stripe: StripeConnector, psp: Psp, new: NewCase, capture: str
) -> None:
    begun = new("pm_card_threeDSecure2Required", capture=capture)
    facts = stripe.start(begun, begun.ops[0])
    assert [fact.outcome for fact in facts] == [Outcome.ACTION]
    awaited = learned(begun, facts)
    assert [fact.outcome for fact in stripe.proceed(awaited, begun.ops[0], None)] == [Outcome.ACTION]
    press(psp, facts, "approve")
    (fact,) = stripe.proceed(awaited, begun.ops[0], None)
    assert (fact.outcome, fact.details["eci"], fact.details["liability_shift"]) == (Outcome.SUCCEEDED, "05", "true")


def test_3d_secure_that_the_bank_declines_is_a_refusal(stripe: StripeConnector, psp: Psp, new: NewCase) -> None:
    begun = new("pm_card_threeDSecure2Required")
    facts = stripe.start(begun, begun.ops[0])
    press(psp, facts, "decline")
    (fact,) = stripe.proceed(learned(begun, facts), begun.ops[0], None)
    assert (fact.outcome, fact.reason) == (Outcome.FAILED, "REFUSED")
    assert fact.raw_reason == "payment_intent_authentication_failure"


@pytest.mark.parametrize("amount", [4999, 1999])
def test_a_capture_takes_all_or_a_part_and_releases_the_rest(
    stripe: StripeConnector, psp: Psp, held: Case, amount: int
) -> None:
    case = asked(held, op(2, Kind.CAPTURE, amount, case=held.id, final=True))
    (_, fact) = stripe.perform(case, case.ops[1])
    assert (fact.kind, fact.outcome, fact.op, fact.amount) == (Kind.CAPTURE, Outcome.SUCCEEDED, case.ops[1].id, amount)
    assert fact.reference
    assert fact.reference.startswith("ch_")
    assert outcomes(told(stripe, case)) == [
        (Kind.AUTHORIZE, Outcome.SUCCEEDED, case.ops[0].id),
        (Kind.CAPTURE, Outcome.SUCCEEDED, case.ops[1].id),
    ]
    refused = asked(case, op(3, Kind.CAPTURE, 1, case=held.id))
    assert stripe.perform(refused, refused.ops[2])[-1].outcome is Outcome.FAILED
    assert psp.posts(f"payment_intents/{case.memory['intent']}/capture") == 2


def test_a_capture_that_is_repeated_is_one(stripe: StripeConnector, held: Case) -> None:
    case = asked(held, op(2, Kind.CAPTURE, 1000, case=held.id, final=True))
    assert stripe.perform(case, case.ops[1]) == stripe.perform(case, case.ops[1])


def test_a_cancel_gives_all_of_it_back(stripe: StripeConnector, held: Case) -> None:
    case = asked(held, op(2, Kind.CANCEL, case=held.id))
    expected = [
        (Kind.AUTHORIZE, Outcome.SUCCEEDED, case.ops[0].id),
        (Kind.CANCEL, Outcome.SUCCEEDED, case.ops[1].id),
    ]
    assert outcomes(stripe.perform(case, case.ops[1])) == expected
    assert outcomes(told(stripe, case)) == expected
    after = asked(case, op(3, Kind.CAPTURE, case=held.id))
    assert stripe.perform(after, after.ops[2])[-1].outcome is Outcome.FAILED


def test_what_somebody_does_in_the_dashboard_is_told_without_an_operation_of_ours(
    stripe: StripeConnector, psp: Psp, held: Case
) -> None:
    psp.backoffice("capture", held.memory["intent"], amount=3000)
    facts = told(stripe, held)
    assert outcomes(facts)[1:] == [(Kind.CAPTURE, Outcome.SUCCEEDED, None), (Kind.CANCEL, Outcome.SUCCEEDED, None)]
    assert [fact.amount for fact in facts[1:]] == [3000, 1999]
    assert len({fact.reference for fact in facts}) == 3


def test_a_hold_that_runs_out_at_stripe_has_lapsed(stripe: StripeConnector, psp: Psp, held: Case) -> None:
    psp.backoffice("expire", held.memory["intent"])
    (_, fact) = told(stripe, held)
    assert (fact.kind, fact.outcome, fact.op, fact.lapsed) == (Kind.CANCEL, Outcome.SUCCEEDED, None, True)


def test_a_wallets_token_is_a_card_to_stripe(stripe: StripeConnector, new: NewCase) -> None:
    begun = new("tok_visa", method="wallet")
    (fact,) = stripe.start(begun, begun.ops[0])
    assert (fact.outcome, fact.brand) == (Outcome.SUCCEEDED, "visa")


def test_a_token_that_stripe_does_not_know_is_a_refusal(stripe: StripeConnector, new: NewCase) -> None:
    begun = new("pm_nobodys")
    (fact,) = stripe.start(begun, begun.ops[0])
    assert (fact.outcome, fact.reason) == (Outcome.FAILED, "OTHER")


def test_an_amount_that_stripe_cannot_move_exactly_is_not_sent(stripe: StripeConnector, psp: Psp, new: NewCase) -> None:
    begun = new(currency="KWD", amount=5124)
    (fact,) = stripe.start(begun, begun.ops[0])
    assert (fact.outcome, psp.sent) == (Outcome.FAILED, [])
    assert fact.raw_reason
    assert "5124 KWD" in fact.raw_reason


@pytest.mark.parametrize(("currency", "ours", "theirs"), [("ISK", 500, 50000), ("MGA", 50000, 500), ("JPY", 500, 500)])
def test_amounts_come_back_in_our_minor_units(
    stripe: StripeConnector, psp: Psp, new: NewCase, currency: str, ours: int, theirs: int
) -> None:
    begun = new(currency=currency, amount=ours)
    (fact,) = stripe.start(begun, begun.ops[0])
    assert fact.amount == ours
    _, shown = psp.call("GET", f"/v1/payment_intents/{fact.reference}", headers=OPERATOR)
    assert f'"amount": {theirs},'.encode() in shown


def test_a_wrong_key_is_known_to_have_done_nothing(psp: Psp, new: NewCase, clock: Clock) -> None:
    from tests.connectors.stripe.cases import CREDENTIALS

    wrong = StripeConnector(CREDENTIALS | {"secret_key": "wrong"}, psp, clock)
    begun = new()
    assert [fact.outcome for fact in wrong.start(begun, begun.ops[0])] == [Outcome.NOT_BEGUN]
    repeated = replace(begun.ops[0], outcome=Outcome.UNKNOWN)
    assert [fact.outcome for fact in wrong.start(begun, repeated)] == [Outcome.UNKNOWN]
    clock.now += timedelta(minutes=1)
    assert [fact.outcome for fact in wrong.start(begun, begun.ops[0])] == [Outcome.UNKNOWN]
