"""SEPA debit: an IBAN with a mandate, decided by the bank later."""

import time

import pytest

from tests.connectors.stripe.cases import asked, learned, op
from tests.psps.stripe.conftest import NewCase
from tests.psps.stripe.stand_in import Psp
from tillgate.connectors.stripe.connector import StripeConnector
from tillgate.connectors.v1 import Case, Fact, Kind, Outcome

GOOD, RETURNED = "DE89370400440532013000", "DE62370400440532013001"
SHOPPER = {"key": "shp_1", "email": "a@example.com", "ip": "198.51.100.1", "user_agent": "Test"}


def debit(new: NewCase, iban: str, kind: Kind = Kind.AUTHORIZE, **more: object) -> Case:
    shopper = {"shopper": SHOPPER} | more
    begun = new(None, kind, method="direct_debit", capture="auto", **shopper)
    return Case(**{name: getattr(begun, name) for name in Case.__slots__} | {"instrument": _account(iban)})


def _account(iban: str) -> dict[str, str]:
    return {"iban": iban, "holder": "A. Shopper"}


def decided(stripe: StripeConnector, known: Case) -> Fact:
    deadline = time.monotonic() + 10
    while True:
        (fact,) = stripe.ask(known) or []
        if fact.outcome is not Outcome.PENDING:
            return fact
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_debit_is_pending_until_the_bank_has_paid(stripe: StripeConnector, new: NewCase) -> None:
    begun = debit(new, GOOD)
    (fact,) = stripe.start(begun, begun.ops[0])
    assert fact.outcome is Outcome.PENDING
    paid = decided(stripe, learned(begun, [fact]))
    assert (paid.outcome, paid.captured, paid.brand) == (Outcome.SUCCEEDED, 4999, "sepa")
    assert (paid.details["last4"], paid.details["country"]) == ("3000", "DE")
    assert paid.details["mandate"].startswith("mandate_")


def test_a_debit_that_the_bank_returns_has_failed(stripe: StripeConnector, new: NewCase) -> None:
    begun = debit(new, RETURNED)
    facts = stripe.start(begun, begun.ops[0])
    fact = decided(stripe, learned(begun, facts))
    assert (fact.outcome, fact.reason, fact.raw_reason) == (
        Outcome.FAILED,
        "REJECTED_BY_BANK",
        "debit_not_authorized",
    )


def test_a_debit_is_refunded_in_parts(stripe: StripeConnector, new: NewCase) -> None:
    begun = debit(new, GOOD)
    case = learned(begun, stripe.start(begun, begun.ops[0]))
    case = learned(case, [decided(stripe, case)])
    case = asked(case, op(2, Kind.REFUND, 999, case=case.id))
    assert [fact.outcome for fact in stripe.perform(case, case.ops[1])] == [Outcome.SUCCEEDED]


def test_an_account_is_stored_and_debited_again_by_its_token(stripe: StripeConnector, new: NewCase) -> None:
    begun = debit(new, GOOD, Kind.SETUP, saves_as="tok_ours")
    (fact,) = stripe.start(begun, begun.ops[0])
    assert fact.instrument
    assert (fact.instrument.brand, fact.instrument.last4, fact.instrument.expires) == ("sepa", "3000", "")
    again = new(
        fact.instrument.token,
        method="direct_debit",
        capture="auto",
        recurring="REPEATED",
        shopper_memory=learned(begun, [fact]).shopper_memory,
    )
    assert [each.outcome for each in stripe.start(again, again.ops[0])] == [Outcome.PENDING]


def test_stripe_needs_the_payers_address_for_a_mandate(stripe: StripeConnector, new: NewCase) -> None:
    begun = debit(new, GOOD, shopper={"key": "shp_1"})
    (fact,) = stripe.start(begun, begun.ops[0])
    assert (fact.outcome, fact.raw_reason) == (Outcome.FAILED, "parameter_missing")


def test_a_mandate_tells_how_it_was_given(stripe: StripeConnector, psp: Psp, new: NewCase) -> None:
    bodies: list[bytes] = []
    online, offline = debit(new, GOOD), debit(new, GOOD, shopper={"email": "a@example.com"})

    def http(method: str, url: str, headers: object, body: bytes) -> tuple[int, bytes]:
        bodies.append(body)
        return psp(method, url, headers, body)  # type: ignore[arg-type]

    from tests.connectors.stripe.cases import CREDENTIALS, NOON

    told = StripeConnector(CREDENTIALS, http, lambda: NOON)
    for begun in (online, offline):
        told.start(begun, begun.ops[0])
    assert b"%5Bonline%5D%5Bip_address%5D=198.51.100.1" in bodies[0]
    assert b"%5Btype%5D=offline" in bodies[1]


@pytest.mark.parametrize("iban", [GOOD, RETURNED])
def test_an_iban_is_sent_to_nobody_but_stripe(stripe: StripeConnector, psp: Psp, new: NewCase, iban: str) -> None:
    begun = debit(new, iban)
    assert iban not in repr(stripe.start(begun, begun.ops[0]))
    assert not any(iban in path for _, path, _ in psp.sent)
