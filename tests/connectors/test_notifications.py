"""A notification of the sandbox PSP: proved genuine, and read (IS-12)."""

import json
import time
from dataclasses import replace
from typing import Any

import pytest

from functions.sandbox_psp.sandbox.clients import Credentials
from functions.sandbox_psp.sandbox.signing import NOTIFICATION_PATH, sign
from tests.connectors.psp import InProcess, authorization, connector
from tests.connectors.test_sandbox import GOOD, NONSENSE
from tests.sandbox_psp.support import CREDENTIALS, call
from tillgate.connectors.api import Malformed, NotAuthentic, news
from tillgate.connectors.sandbox.connector import SandboxConnector
from tillgate.domain.payments.operations import OperationStatus, OperationType

pytestmark = pytest.mark.usefixtures("clock_stands_still")
BODY = json.dumps({"event_id": "evt_1", "payment": GOOD}).encode()


def headers(body: bytes = BODY, at: float = 0, who: Credentials = CREDENTIALS) -> dict[str, str]:
    signed = sign(who, "POST", NOTIFICATION_PATH, body, time.time() + at)
    return {name.lower(): value for name, value in signed.items()}


@pytest.fixture
def quiet() -> SandboxConnector:
    return connector(InProcess())


def test_what_the_psp_signs_is_genuine_and_told(psp: SandboxConnector, sent: list[dict[str, Any]]) -> None:
    psp.authorize(authorization("tok_visa"))
    call("POST", "/payments/pay_1/notifications", {"copies": 1})
    body = json.dumps(sent[-1]["event"]).encode()
    psp.verify(headers(body), body)
    (fact,) = psp.read_notification(body)
    assert (fact.payment_id, fact.operation_id, fact.status) == ("pay_1", "pay_1_1", OperationStatus.SUCCEEDED)


@pytest.mark.parametrize("at", [-300, 300])
def test_a_signature_holds_for_five_minutes(quiet: SandboxConnector, at: float) -> None:
    quiet.verify(headers(at=at), BODY)


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
        quiet.verify(given, BODY)


def test_another_time_than_was_signed_is_refused(quiet: SandboxConnector) -> None:
    with pytest.raises(NotAuthentic):
        quiet.verify(headers() | {"sandbox-timestamp": headers(at=1)["sandbox-timestamp"]}, BODY)


@pytest.mark.parametrize("at", [-301, 301])
def test_an_old_one_is_refused(quiet: SandboxConnector, at: float) -> None:
    with pytest.raises(NotAuthentic):
        quiet.verify(headers(at=at), BODY)


def test_what_another_signed_is_refused(quiet: SandboxConnector) -> None:
    with pytest.raises(NotAuthentic):
        quiet.verify(headers(who=Credentials("sandbox", "another secret")), BODY)


def test_another_body_is_refused(quiet: SandboxConnector) -> None:
    with pytest.raises(NotAuthentic):
        quiet.verify(headers(), BODY.replace(b"4999", b"9999"))


@pytest.mark.parametrize("name", [name for name in NONSENSE if name != "of another payment"])
def test_one_that_makes_no_sense_is_malformed(quiet: SandboxConnector, name: str) -> None:
    payment = NONSENSE[name]
    body = payment if isinstance(payment, bytes) else json.dumps({"payment": payment}).encode()
    with pytest.raises(Malformed):
        quiet.read_notification(body)


@pytest.mark.parametrize("body", [b"{}", b"[]", b"null", b'{"payment": []}'])
def test_one_without_a_payment_is_malformed(quiet: SandboxConnector, body: bytes) -> None:
    with pytest.raises(Malformed):
        quiet.read_notification(body)


REVERSED = {"event_id": "evt_1", "type": "payment.reversed", "payment": {"id": "psp_1", "reference": "pay_1"}}


def test_what_names_no_request_of_ours_is_routed_to_a_capability(quiet: SandboxConnector) -> None:
    """IS-12, IS-1: declared, and used for what a bank does by itself."""
    assert quiet.capabilities.routes_notifications
    body = json.dumps(REVERSED | {"reason": "rejected_by_bank"}).encode()
    (routed,) = news(quiet, body)
    assert (routed.payment_id, routed.operation_id, routed.kind) == ("pay_1", None, OperationType.AUTHORIZE)
    assert (routed.status, routed.reason_code) == (OperationStatus.REVERSED, "REJECTED_BY_BANK")
    assert news(quiet, BODY) == quiet.read_notification(BODY), "the rest is read as by any connector"


@pytest.mark.parametrize(
    "change", [{"payment": {}}, {"payment": {"reference": 7}}, {"reason": None}, {"payment": None}]
)
def test_what_cannot_be_routed_makes_no_sense(quiet: SandboxConnector, change: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        news(quiet, json.dumps(REVERSED | {"reason": "refused"} | change).encode())


def test_one_that_does_not_declare_it_is_not_asked_to_route(quiet: SandboxConnector) -> None:
    """IS-12: the core decides then, by the operations that are named; here none is."""
    quiet.capabilities = replace(quiet.capabilities, routes_notifications=False)
    with pytest.raises(Malformed):
        news(quiet, json.dumps(REVERSED | {"reason": "refused"}).encode())
