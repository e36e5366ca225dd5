"""Saved cards: stored alone or with a payment, used with and without the shopper, deleted."""

from dataclasses import replace

import pytest

from tests.connectors.stripe.cases import learned, op, outcomes
from tests.psps.stripe.conftest import NewCase, press
from tests.psps.stripe.stand_in import Psp
from tillgate.connectors.stripe.connector import StripeConnector
from tillgate.connectors.stripe.wire import Unclear
from tillgate.connectors.v1 import Case, Instrument, Kind, Outcome

SHOPPER = {"key": "shp_1", "email": "a@example.com"}


def set_up(stripe: StripeConnector, new: NewCase, token: str = "pm_card_visa") -> tuple[Case, Instrument]:  # noqa: S107
    begun = new(token, Kind.SETUP, saves_as="tok_ours", shopper=SHOPPER)
    (fact,) = stripe.start(begun, begun.ops[0])
    assert fact.outcome is Outcome.SUCCEEDED
    assert fact.instrument
    return learned(begun, [fact]), fact.instrument


def later(new: NewCase, saved: Case, token: str, **more: object) -> Case:
    return new(token, shopper=SHOPPER, shopper_memory=saved.shopper_memory, **more)


def test_a_card_is_stored_without_a_payment(stripe: StripeConnector, psp: Psp, new: NewCase) -> None:
    saved, instrument = set_up(stripe, new)
    assert instrument.token.startswith("pm_")
    assert (instrument.brand, instrument.last4, instrument.expires) == ("visa", "4242", "2035-12")
    assert instrument.fingerprint
    assert saved.shopper_memory["customer"].startswith("cus_")
    assert set_up(stripe, new)[1].fingerprint == instrument.fingerprint
    assert b"example.com" not in psp.call("GET", "/v1/customers", headers={"Authorization": "Bearer sk_test_x"})[1]


def test_a_stored_card_pays_with_the_shopper_and_without(stripe: StripeConnector, psp: Psp, new: NewCase) -> None:
    saved, instrument = set_up(stripe, new)
    customers = psp.posts("customers")
    for recurring in (None, "INITIAL", "REPEATED"):
        begun = later(new, saved, instrument.token, recurring=recurring)
        assert [fact.outcome for fact in stripe.start(begun, begun.ops[0])] == [Outcome.SUCCEEDED]
    assert psp.posts("customers") == customers


def test_a_shopper_who_is_to_be_authenticated_is_sent_to_the_bank(stripe: StripeConnector, new: NewCase) -> None:
    saved, instrument = set_up(stripe, new)
    begun = later(new, saved, instrument.token, authenticate=True)
    assert [fact.outcome for fact in stripe.start(begun, begun.ops[0])] == [Outcome.ACTION]


def test_a_card_is_stored_with_a_payment(stripe: StripeConnector, new: NewCase) -> None:
    begun = new(saves_as="tok_ours", shopper=SHOPPER)
    (fact,) = stripe.start(begun, begun.ops[0])
    assert fact.instrument
    assert fact.instrument.last4 == "4242"
    saved = learned(begun, [fact])
    again = later(new, saved, fact.instrument.token, recurring="REPEATED")
    assert [each.outcome for each in stripe.start(again, again.ops[0])] == [Outcome.SUCCEEDED]


def test_a_payment_that_stores_nothing_tells_no_instrument_and_makes_no_customer(
    stripe: StripeConnector, psp: Psp, new: NewCase
) -> None:
    begun = new(shopper=SHOPPER)
    (fact,) = stripe.start(begun, begun.ops[0])
    assert (fact.instrument, psp.posts("customers")) == (None, 0)


def test_a_card_that_needs_the_shopper_is_stored_after_a_redirect(
    stripe: StripeConnector, psp: Psp, new: NewCase
) -> None:
    begun = new("pm_card_authenticationRequiredOnSetup", Kind.SETUP, saves_as="tok_ours", shopper=SHOPPER)
    facts = stripe.start(begun, begun.ops[0])
    assert [fact.outcome for fact in facts] == [Outcome.ACTION]
    awaited = learned(begun, facts)
    press(psp, facts, "approve")
    (fact,) = stripe.proceed(awaited, begun.ops[0], None)
    assert fact.instrument
    again = later(new, awaited, fact.instrument.token, recurring="REPEATED")
    assert [each.outcome for each in stripe.start(again, again.ops[0])] == [Outcome.SUCCEEDED]


def test_a_card_that_always_needs_the_shopper_cannot_pay_without(
    stripe: StripeConnector, psp: Psp, new: NewCase
) -> None:
    begun = new("pm_card_authenticationRequired", Kind.SETUP, saves_as="tok_ours", shopper=SHOPPER)
    facts = stripe.start(begun, begun.ops[0])
    press(psp, facts, "approve")
    saved = learned(begun, facts)
    (stored,) = stripe.proceed(saved, begun.ops[0], None)
    assert stored.instrument
    again = later(new, saved, stored.instrument.token, recurring="REPEATED")
    (fact,) = stripe.start(again, again.ops[0])
    assert (fact.outcome, fact.reason) == (Outcome.FAILED, "AUTHENTICATION_REQUIRED")


@pytest.mark.parametrize(
    ("token", "button", "raw"),
    [
        ("pm_card_visa_chargeDeclined", None, "generic_decline"),
        ("pm_card_authenticationRequired", "decline", "setup_intent_authentication_failure"),
    ],
)
def test_a_card_that_is_refused_is_not_stored(
    stripe: StripeConnector, psp: Psp, new: NewCase, token: str, button: str | None, raw: str
) -> None:
    begun = new(token, Kind.SETUP, saves_as="tok_ours", shopper=SHOPPER)
    facts = stripe.start(begun, begun.ops[0])
    if button:
        press(psp, facts, button)
        facts = stripe.proceed(learned(begun, facts), begun.ops[0], None)
    assert [(fact.outcome, fact.reason, fact.raw_reason) for fact in facts] == [(Outcome.FAILED, "REFUSED", raw)]


def test_a_deleted_card_pays_no_more_and_can_be_deleted_again(stripe: StripeConnector, psp: Psp, new: NewCase) -> None:
    saved, instrument = set_up(stripe, new)
    assert stripe.forget(saved)
    begun = later(new, saved, instrument.token)
    assert [fact.outcome for fact in stripe.start(begun, begun.ops[0])] == [Outcome.FAILED]
    shown = psp.call("GET", f"/v1/payment_methods/{instrument.token}", headers={"Authorization": "Bearer sk_test_x"})[1]
    assert b'"customer": null' in shown
    assert stripe.forget(saved)


def test_deleting_finds_what_is_stored_and_stops_what_would_be(stripe: StripeConnector, psp: Psp, new: NewCase) -> None:
    saved, instrument = set_up(stripe, new)
    assert stripe.forget(replace(saved, instrument=None, memory={}))
    other, told = set_up(stripe, new)
    assert stripe.forget(replace(other, instrument={"token": told.token}, memory={}))
    assert psp.read(f"payment_methods/{told.token}")["customer"] is None
    assert psp.read(f"payment_methods/{instrument.token}")["customer"] is None
    late = new("pm_card_visa", Kind.SETUP, saves_as="tok_ours", shopper=SHOPPER)
    assert stripe.forget(replace(late, instrument=None))
    with pytest.raises(Unclear):  # it arrives after all, and stores nothing
        stripe.start(late, late.ops[0])
    psp.lost = lambda *_: True
    assert not stripe.forget(replace(saved, instrument=None))
    assert not stripe.forget(saved)


def test_a_stored_card_is_found_by_asking(stripe: StripeConnector, new: NewCase) -> None:
    saved, instrument = set_up(stripe, new)
    (fact,) = stripe.ask(replace(saved, memory={})) or []
    assert (fact.kind, fact.outcome, fact.instrument) == (Kind.SETUP, Outcome.SUCCEEDED, instrument)
    closed = replace(saved, ops=(*saved.ops, op(2, Kind.CLOSE, case=saved.id)))
    assert outcomes(stripe.close(closed, closed.ops[1]))[-1] == (Kind.CLOSE, Outcome.FAILED, closed.ops[1].id)
