"""What the connector makes of instruments at the sandbox PSP: stored alone and with a payment, found, deleted."""

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.connectors.psp import InProcess, Response, case, registration, start
from tests.sandbox_psp.support import choose
from tillgate.connectors.sandbox.connector import SandboxConnector
from tillgate.connectors.v1 import Case, Fact, Forgets, Instrument, Kind, NoAnswer, NotSent, Outcome, Sent

S = Outcome
REFERENCE = "ins_1_abcdefghijklmnopqrstuvwxyz"
SHOPPER = "shp_1"


def saving(token: str | None, recurring: str | None = None, payment_id: str = "pay_1") -> Case:
    return case(payment_id, token, saves_as=REFERENCE, recurring=recurring, shopper={"key": SHOPPER})


def stored(psp: SandboxConnector, token: str = "tok_visa") -> Fact:  # noqa: S107 - no password
    """What the PSP says to a registration."""
    of = registration(REFERENCE, SHOPPER, token)
    (fact,) = psp.start(of, of.ops[0])
    return fact


def found(psp: SandboxConnector) -> Any:
    return psp.ask(registration(REFERENCE, SHOPPER))


def forgotten(psp: SandboxConnector) -> bool:
    return psp.forget(registration(REFERENCE, SHOPPER))


def instrument(facts: list[Fact] | None) -> Instrument | None:
    assert facts is not None
    (kept,) = [fact.instrument for fact in facts if fact.op == "pay_1_1"]
    return kept


def test_it_does_what_it_declares(psp: SandboxConnector) -> None:
    """RG-4, RG-5, IS-1."""
    assert {name for name, can in psp.manifest.methods.items() if can.stores and can.recurring} == {"card"}
    assert isinstance(psp, Forgets)


def test_an_instrument_is_stored_alone(psp: SandboxConnector) -> None:
    """RG-5."""
    told = stored(psp, "tok_amex")
    assert (told.kind, told.op, told.outcome) == (Kind.SETUP, REFERENCE, S.SUCCEEDED)
    assert told.instrument is not None
    assert told.instrument.token.startswith("card_")
    assert replace(told.instrument, token="", fingerprint="") == Instrument(
        token="", brand="amex", last4="0005", expires="2039-12"
    )
    assert stored(psp, "tok_visa") == told  # its token is the key
    assert found(psp) == [told]


def test_an_instrument_that_is_refused_and_one_that_is_not_there(psp: SandboxConnector) -> None:
    assert stored(psp, "tok_declined").outcome is S.FAILED
    assert found(psp) == []


def test_an_answer_that_never_comes_is_found_by_asking(psp: SandboxConnector, http: InProcess) -> None:
    http.loses = "/instruments"
    with pytest.raises(NoAnswer):
        stored(psp)
    assert found(psp)[0].outcome is S.SUCCEEDED


@pytest.mark.parametrize(
    "shown", [b"null", b"[]", b"7", b'{"status": "stored"}', b'{"status": "stored", "id": 1, "brand": "visa"}']
)
def test_an_answer_that_makes_no_sense_is_no_answer(psp: SandboxConnector, http: InProcess, shown: bytes) -> None:
    http.answers = Response(200, shown)
    assert stored(psp).outcome is S.UNKNOWN
    assert found(psp)[0].outcome is S.UNKNOWN


@pytest.mark.parametrize("status", [404, 409, 500, 503])
def test_a_status_that_leaves_it_open(psp: SandboxConnector, http: InProcess, status: int) -> None:
    http.answers = Response(status, b"{}")
    assert stored(psp).outcome is S.UNKNOWN
    assert forgotten(psp) is False


@pytest.mark.parametrize("status", [401, 429])
def test_a_status_that_says_that_nothing_was_done(psp: SandboxConnector, http: InProcess, status: int) -> None:
    http.answers = Response(status, b"{}")
    with pytest.raises(NotSent):
        stored(psp)
    assert found(psp) is None
    assert forgotten(psp) is False


def test_a_connection_that_fails(psp: SandboxConnector, http: InProcess) -> None:
    http.answers = NoAnswer("cut off")
    assert found(psp) is None
    assert forgotten(psp) is False


def test_a_payment_tells_of_the_instrument_it_stored(psp: SandboxConnector) -> None:
    """RG-5."""
    told = instrument(start(psp, saving("tok_visa")))
    assert told is not None
    assert (told.brand, told.last4) == ("visa", "4242")
    assert instrument(psp.ask(case())) == told


def test_it_is_told_after_3d_secure(psp: SandboxConnector) -> None:
    (fact,) = start(psp, saving("tok_visa_3ds"))
    assert (fact.outcome, fact.instrument) == (S.ACTION, None)
    assert fact.action is not None
    choose(fact.action.url, "approve")
    assert instrument(psp.ask(case())) is not None


def test_it_is_told_by_notifications(psp: SandboxConnector, sent: list[dict[str, Any]]) -> None:
    (fact,) = start(psp, saving("tok_visa_3ds"))
    assert fact.action is not None
    choose(fact.action.url, "approve")
    body = json.dumps(sent[-1]["event"]).encode()
    assert instrument(psp.read(body)) is not None


def test_a_repeated_payment_needs_no_redirect(psp: SandboxConnector) -> None:
    """RG-4."""
    kept = stored(psp, "tok_visa_3ds").instrument
    assert kept is not None
    for recurring, outcome in ((None, S.ACTION), ("REPEATED", S.SUCCEEDED)):
        again = case(f"pay_{outcome}", kept.token, recurring=recurring, shopper={"key": SHOPPER})
        assert [fact.outcome for fact in start(psp, again)] == [outcome]


def test_a_shopper_who_is_to_be_authenticated_is_sent_to_a_page(psp: SandboxConnector) -> None:
    kept = stored(psp).instrument
    assert kept is not None
    for authenticate, outcome in ((True, S.ACTION), (False, S.SUCCEEDED)):
        again = case(f"pay_{outcome}", kept.token, authenticate=authenticate, shopper={"key": SHOPPER})
        assert [fact.outcome for fact in start(psp, again)] == [outcome]


def test_a_deleted_instrument_pays_no_more(psp: SandboxConnector) -> None:
    kept = stored(psp).instrument
    assert kept is not None
    for _ in range(2):
        assert forgotten(psp) is True
    assert [fact.outcome for fact in found(psp)] == [S.FAILED]
    (fact,) = start(psp, case(token=kept.token, shopper={"key": SHOPPER}))
    assert fact.outcome is S.FAILED


# A card whose bank asks the shopper first.


@pytest.mark.parametrize(
    ("action", "outcome", "cards"), [("approve", S.SUCCEEDED, 1), ("decline", S.FAILED, 0), ("cancel", S.FAILED, 0)]
)
def test_storing_it_needs_the_shopper_first(psp: SandboxConnector, action: str, outcome: Outcome, cards: int) -> None:
    """RG-5: a redirect, as for a payment."""
    told = stored(psp, "tok_sca")
    assert (told.outcome, told.instrument) == (S.ACTION, None)
    assert told.action is not None
    assert found(psp) == [told], "it is not stored before the shopper says so"
    choose(told.action.url, action)
    of = registration(REFERENCE, SHOPPER)
    (after,) = psp.proceed(of, of.ops[0], Sent())
    assert (after.outcome, after.instrument is not None) == (outcome, cards == 1)
    choose(told.action.url, "approve")
    assert psp.proceed(of, of.ops[0], Sent()) == [after], "only the first answer counts"


def test_one_that_was_never_confirmed_pays_nothing_and_can_be_forgotten(psp: SandboxConnector) -> None:
    told = stored(psp, "tok_sca")
    assert told.action is not None
    card = told.action.url.rpartition("/")[2]
    (fact,) = start(psp, case(token=card, shopper={"key": SHOPPER}))
    assert fact.outcome is S.FAILED
    assert forgotten(psp) is True
    choose(told.action.url, "approve")
    assert [fact.outcome for fact in found(psp)] == [S.FAILED]
