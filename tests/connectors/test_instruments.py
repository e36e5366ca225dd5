"""What the connector makes of instruments at the sandbox PSP: stored alone and with a payment, found, deleted."""

import json
from dataclasses import replace
from typing import Any

import pytest
import urllib3

from tests.connectors.psp import InProcess, Response, authorization, payment
from tests.sandbox_psp.support import choose
from tillgate.connectors.api import Authorization, InstrumentKeeper, Registration, Stored
from tillgate.connectors.sandbox.connector import SandboxConnector
from tillgate.domain.payments.operations import OperationStatus
from tillgate.domain.payments.payment import Recurring
from tillgate.domain.psp.facts import Fact
from tillgate.domain.shoppers.saved_instruments import StoredInstrument

S = OperationStatus
REFERENCE = "ins_1_abcdefghijklmnopqrstuvwxyz"
SHOPPER = "shp_1"


def registration(token: str = "tok_visa") -> Registration:  # noqa: S107 - no password
    return Registration(REFERENCE, SHOPPER, "card", token)


def saving(token: str | None, recurring: Recurring | None = None, shopper: str = SHOPPER) -> Authorization:
    paid = replace(payment(), saves_as=REFERENCE, recurring=recurring)
    return replace(authorization(token), payment=paid, shopper=shopper)


def instrument(facts: list[Fact] | None) -> StoredInstrument | None:
    assert facts is not None
    (found,) = [fact.instrument for fact in facts if fact.operation_id == "pay_1_1"]
    return found


def test_it_does_what_it_declares(psp: SandboxConnector) -> None:
    """RG-4, RG-5, IS-1."""
    assert psp.capabilities.store_instruments == psp.capabilities.recurring == {"card"}
    assert isinstance(psp, InstrumentKeeper)


def test_an_instrument_is_stored_alone(psp: SandboxConnector) -> None:
    """RG-5."""
    stored = psp.store_instrument(registration("tok_amex"))
    assert stored.status is S.SUCCEEDED
    assert stored.instrument is not None
    assert stored.instrument.psp_token.startswith("card_")
    assert replace(stored.instrument, psp_token="") == StoredInstrument("", "amex", "0005", "2039-12")
    assert psp.store_instrument(registration("tok_visa")) == stored  # its reference is the key
    assert psp.find_instrument(REFERENCE, SHOPPER) == stored


def test_an_instrument_that_is_refused_and_one_that_is_not_there(psp: SandboxConnector) -> None:
    assert psp.store_instrument(registration("tok_declined")) == Stored(S.FAILED)
    assert psp.find_instrument(REFERENCE, SHOPPER) == Stored(S.FAILED)


def test_an_answer_that_never_comes_is_found_by_asking(psp: SandboxConnector, http: InProcess) -> None:
    http.loses = "/instruments"
    assert psp.store_instrument(registration()) == Stored(S.UNKNOWN)
    assert psp.find_instrument(REFERENCE, SHOPPER).status is S.SUCCEEDED


@pytest.mark.parametrize(
    "shown",
    [b"", b"<html>", b"null", b"[]", b"7", b'{"status": "stored"}', b'{"status": "stored", "id": 1, "brand": "visa"}'],
)
def test_an_answer_that_makes_no_sense_is_no_answer(psp: SandboxConnector, http: InProcess, shown: bytes) -> None:
    http.answers = Response(200, shown)
    assert psp.store_instrument(registration()) == Stored(S.UNKNOWN)
    assert psp.find_instrument(REFERENCE, SHOPPER) == Stored(S.UNKNOWN)


@pytest.mark.parametrize("status", [401, 404, 409, 429, 500, 503])
def test_a_status_that_leaves_it_open(psp: SandboxConnector, http: InProcess, status: int) -> None:
    http.answers = Response(status, b"{}")
    assert psp.store_instrument(registration()) == Stored(S.UNKNOWN)
    assert psp.delete_instrument(REFERENCE, SHOPPER, None) is False


def test_a_connection_that_fails(psp: SandboxConnector, http: InProcess) -> None:
    http.answers = urllib3.exceptions.ProtocolError("cut off")
    assert psp.store_instrument(registration()) == Stored(S.UNKNOWN)
    assert psp.delete_instrument(REFERENCE, SHOPPER, None) is False


def test_a_payment_tells_of_the_instrument_it_stored(psp: SandboxConnector) -> None:
    """RG-5."""
    told = instrument(psp.authorize(saving("tok_visa")))
    assert told is not None
    assert (told.brand, told.last4) == ("visa", "4242")
    assert instrument(psp.ask(payment())) == told


def test_it_is_told_after_3d_secure(psp: SandboxConnector) -> None:
    (fact,) = psp.authorize(saving("tok_visa_3ds"))
    assert (fact.status, fact.instrument) == (S.AWAITING_SHOPPER, None)
    assert fact.redirect is not None
    choose(fact.redirect.url, "approve")
    assert instrument(psp.ask(payment())) is not None


def test_it_is_told_by_notifications(psp: SandboxConnector, sent: list[dict[str, Any]]) -> None:
    (fact,) = psp.authorize(saving("tok_visa_3ds"))
    assert fact.redirect is not None
    choose(fact.redirect.url, "approve")
    body = json.dumps(sent[-1]["event"]).encode()
    assert instrument(psp.read_notification(body)) is not None


def test_a_repeated_payment_needs_no_redirect(psp: SandboxConnector) -> None:
    """RG-4."""
    stored = psp.store_instrument(registration("tok_visa_3ds")).instrument
    assert stored is not None
    for recurring, status in ((None, S.AWAITING_SHOPPER), (Recurring.REPEATED, S.SUCCEEDED)):
        another = replace(payment(f"pay_{status}"), recurring=recurring)
        request = replace(authorization(stored.psp_token), payment=another, shopper=SHOPPER)
        assert [fact.status for fact in psp.authorize(request)] == [status]


def test_a_deleted_instrument_pays_no_more(psp: SandboxConnector) -> None:
    stored = psp.store_instrument(registration()).instrument
    assert stored is not None
    for _ in range(2):
        assert psp.delete_instrument(REFERENCE, SHOPPER, stored.psp_token) is True
    assert psp.find_instrument(REFERENCE, SHOPPER) == Stored(S.FAILED)
    (fact,) = psp.authorize(replace(authorization(stored.psp_token), shopper=SHOPPER))
    assert fact.status is S.FAILED
