"""A notification of the sandbox PSP: proved genuine, and read (IS-12)."""

import json
import time
from typing import Any

import pytest

from functions.sandbox_psp.sandbox.clients import Credentials
from functions.sandbox_psp.sandbox.signing import NOTIFICATION_PATH, sign
from tests.connectors.psp import InProcess, case, connector, notification, start
from tests.connectors.test_sandbox import GOOD, NONSENSE
from tests.sandbox_psp.support import CREDENTIALS, call
from tillgate.connectors.sandbox.connector import SandboxConnector
from tillgate.connectors.v1 import Fact, Kind, Malformed, NotAuthentic, Outcome

pytestmark = pytest.mark.usefixtures("clock_stands_still")
BODY = json.dumps({"event_id": "evt_1", "payment": GOOD}).encode()


def headers(body: bytes = BODY, at: float = 0, who: Credentials = CREDENTIALS) -> dict[str, str]:
    signed = sign(who, "POST", NOTIFICATION_PATH, body, time.time() + at)
    return {name.lower(): value for name, value in signed.items()}


@pytest.fixture
def quiet() -> SandboxConnector:
    return connector(InProcess())


def test_what_the_psp_signs_is_genuine_and_told(psp: SandboxConnector, sent: list[dict[str, Any]]) -> None:
    start(psp, case(token="tok_visa"))
    call("POST", "/payments/pay_1/notifications", {"copies": 1})
    body = json.dumps(sent[-1]["event"]).encode()
    (fact,) = psp.receive(notification(body, headers(body)))
    assert isinstance(fact, Fact)
    assert (fact.case, fact.op, fact.outcome) == ("pay_1", "pay_1_1", Outcome.SUCCEEDED)


@pytest.mark.parametrize("at", [-300, 300])
def test_a_signature_holds_for_five_minutes(quiet: SandboxConnector, at: float) -> None:
    quiet.receive(notification(BODY, headers(at=at)))


REFUSED: dict[str, dict[str, str]] = {
    "unsigned": {},
    "no signature": {"sandbox-signature": ""},
    "wrong signature": {"sandbox-signature": "0" * 64},
    "not ASCII": {"sandbox-signature": "é" * 64},
    "no time": {"sandbox-timestamp": ""},
    "a word": {"sandbox-timestamp": "now"},
    "negative": {"sandbox-timestamp": "-1"},
    "other digits": {"sandbox-timestamp": "١٢٣"},
    "far away": {"sandbox-timestamp": "9" * 400},
    "without end": {"sandbox-timestamp": "9" * 5000},
}


@pytest.mark.parametrize("changed", REFUSED.values(), ids=REFUSED)
def test_it_is_refused(quiet: SandboxConnector, changed: dict[str, str]) -> None:
    given = headers() | changed if changed else {}
    with pytest.raises(NotAuthentic):
        quiet.receive(notification(BODY, given))


def test_another_time_than_was_signed_is_refused(quiet: SandboxConnector) -> None:
    with pytest.raises(NotAuthentic):
        quiet.receive(notification(BODY, headers() | {"sandbox-timestamp": headers(at=1)["sandbox-timestamp"]}))


@pytest.mark.parametrize("at", [-301, 301])
def test_an_old_one_is_refused(quiet: SandboxConnector, at: float) -> None:
    with pytest.raises(NotAuthentic):
        quiet.receive(notification(BODY, headers(at=at)))


def test_what_another_signed_is_refused(quiet: SandboxConnector) -> None:
    with pytest.raises(NotAuthentic):
        quiet.receive(notification(BODY, headers(who=Credentials("sandbox", "another secret"))))


def test_another_body_is_refused(quiet: SandboxConnector) -> None:
    with pytest.raises(NotAuthentic):
        quiet.receive(notification(BODY.replace(b"4999", b"9999"), headers()))


@pytest.mark.parametrize("name", [name for name in NONSENSE if name != "of another payment"])
def test_one_that_makes_no_sense_is_malformed(quiet: SandboxConnector, name: str) -> None:
    payment = NONSENSE[name]
    body = payment if isinstance(payment, bytes) else json.dumps({"payment": payment}).encode()
    with pytest.raises(Malformed):
        quiet.receive(notification(body, headers(body)))


@pytest.mark.parametrize("body", [b"{}", b"[]", b"null", b'{"payment": []}'])
def test_one_without_a_payment_is_malformed(quiet: SandboxConnector, body: bytes) -> None:
    with pytest.raises(Malformed):
        quiet.receive(notification(body, headers(body)))


REVERSED = {"event_id": "evt_1", "type": "payment.reversed", "payment": {"id": "psp_1", "reference": "pay_1"}}


def test_what_names_no_request_of_ours_is_told_by_its_kind(quiet: SandboxConnector) -> None:
    """IS-12, IS-1: what a bank does by itself names only the payment."""
    body = json.dumps(REVERSED | {"reason": "rejected_by_bank"}).encode()
    (told,) = quiet.receive(notification(body, headers(body)))
    assert isinstance(told, Fact)
    assert (told.case, told.op, told.kind) == ("pay_1", None, Kind.AUTHORIZE)
    assert (told.outcome, told.reason, told.raw_reason) == (Outcome.REVERSED, "REJECTED_BY_BANK", "rejected_by_bank")


@pytest.mark.parametrize(
    "change", [{"payment": {}}, {"payment": {"reference": 7}}, {"reason": None}, {"payment": None}]
)
def test_what_names_nothing_makes_no_sense(quiet: SandboxConnector, change: dict[str, Any]) -> None:
    body = json.dumps(REVERSED | {"reason": "refused"} | change).encode()
    with pytest.raises(Malformed):
        quiet.receive(notification(body, headers(body)))


def test_while_a_secret_is_rotated_each_of_them_verifies(quiet: SandboxConnector) -> None:
    both = connector(InProcess(), secret=f"a newer secret\n{CREDENTIALS.secret}\n")
    assert both.receive(notification(BODY, headers())) == quiet.receive(notification(BODY, headers()))
