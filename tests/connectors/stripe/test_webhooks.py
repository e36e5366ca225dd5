"""`Stripe-Signature`, and where an event says to look."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import stripe as official
from stripe import Webhook, WebhookSignature

from tests.connectors.stripe.cases import CREDENTIALS, NOON, Clock
from tillgate.connectors.stripe import webhooks
from tillgate.connectors.stripe.connector import StripeConnector
from tillgate.connectors.stripe.wire import Unclear
from tillgate.connectors.v1 import Http, Look, Malformed, NotAuthentic, Sent


def nothing(*_: object) -> tuple[int, bytes]:
    raise AssertionError("what names our case is read without calling anybody")


HTTP: Http = nothing
STRIPE = StripeConnector(CREDENTIALS, HTTP, Clock())


def sent(
    body: bytes,
    secret: str = "whsec_new",  # noqa: S107 - a made-up one
    at: datetime = NOON,
    header: str | None = None,
) -> Sent:
    stamp = str(int(at.timestamp()))
    signed = header or f"t={stamp},v1={webhooks.sign(secret, stamp, body)}"
    return Sent(headers={"stripe-signature": signed}, body=body)


def event(kind: str, **thing: Any) -> bytes:
    return json.dumps({"id": "evt_1", "object": "event", "type": kind, "data": {"object": thing}}).encode()


OURS = {"metadata": {"tillgate_case": "pay_1"}}
INTENT = event("payment_intent.succeeded", id="pi_1", object="payment_intent", **OURS)


@pytest.mark.parametrize("secret", ["whsec_old", "whsec_new"])
def test_each_secret_that_is_live_verifies(secret: str) -> None:
    assert STRIPE.receive(sent(INTENT, secret)) == [Look("pay_1")]


def test_stripes_own_verifier_takes_what_we_sign_and_we_what_it_signs() -> None:
    now = datetime.now(UTC)
    ours = StripeConnector(CREDENTIALS, HTTP, lambda: now)
    header = sent(INTENT, at=now).headers["stripe-signature"]
    assert Webhook.construct_event(INTENT, header, "whsec_new").type == "payment_intent.succeeded"
    theirs = WebhookSignature.generate_signature_header(INTENT.decode(), "whsec_old", timestamp=int(time.time()))
    assert ours.receive(sent(INTENT, header=theirs)) == [Look("pay_1")]


def test_one_of_several_signatures_suffices() -> None:
    stamp = str(int(NOON.timestamp()))
    good = webhooks.sign("whsec_new", stamp, INTENT)
    assert STRIPE.receive(sent(INTENT, header=f"t={stamp},v1={'0' * 64},v0=x,v1={good}")) == [Look("pay_1")]


@pytest.mark.parametrize("age", [timedelta(seconds=301), timedelta(seconds=-301)])
def test_an_old_signature_is_none(age: timedelta) -> None:
    with pytest.raises(NotAuthentic):
        STRIPE.receive(sent(INTENT, at=NOON - age))


@pytest.mark.parametrize(
    "header", ["", "t=,v1=", "v1=abc", "t=1e3,v1=abc", f"t={'9' * 5000},v1=a", "t=-1,v1=a", "t=٣,v1=ä"]
)
def test_nonsense_is_not_authentic(header: str) -> None:
    with pytest.raises(NotAuthentic):
        STRIPE.receive(Sent(headers={"stripe-signature": header}, body=INTENT))
    with pytest.raises(NotAuthentic):
        STRIPE.receive(Sent(body=INTENT))


@pytest.mark.parametrize("change", [b"", b" ", b"x"])
def test_a_changed_body_or_a_foreign_secret_is_not_authentic(change: bytes) -> None:
    altered = Sent(headers=sent(INTENT).headers, body=INTENT[:-1] + change)
    with pytest.raises(NotAuthentic):
        STRIPE.receive(altered)
    with pytest.raises(NotAuthentic):
        STRIPE.receive(sent(INTENT, "whsec_foreign"))


@pytest.mark.parametrize(
    ("body", "look"),
    [
        (event("setup_intent.succeeded", id="seti_1", object="setup_intent", **OURS), Look("pay_1")),
        (event("checkout.session.completed", id="cs_1", object="checkout.session", **OURS), Look("pay_1")),
        (event("charge.refunded", id="ch_1", object="charge", payment_intent="pi_1", **OURS), Look("pay_1")),
        (event("payout.failed", id="po_1", object="payout", **OURS), Look("pay_1")),
    ],
)
def test_an_event_says_where_to_look(body: bytes, look: Look) -> None:
    assert STRIPE.receive(sent(body)) == [look]


NAMELESS = [
    event("refund.failed", id="re_1", object="refund", payment_intent="pi_1", metadata={}),
    event("charge.dispute.created", id="du_1", object="dispute", payment_intent="pi_1"),
]


def answering(status: int, thing: object) -> StripeConnector:
    """A connector to whom Stripe says this of a PaymentIntent."""

    def http(method: str, url: str, *_: object) -> tuple[int, bytes]:
        assert (method, url) == ("GET", "https://api.stripe.com/v1/payment_intents/pi_1")
        return status, json.dumps(thing).encode()

    return StripeConnector(CREDENTIALS, http, Clock())


@pytest.mark.parametrize("body", NAMELESS)
def test_what_has_no_metadata_of_ours_names_a_paymentintent_that_has(body: bytes) -> None:
    assert answering(200, OURS).receive(sent(body)) == [Look("pay_1")]
    assert answering(200, {"metadata": {}}).receive(sent(body)) == []
    assert answering(404, {"error": {}}).receive(sent(body)) == []
    with pytest.raises(Unclear):  # Stripe sends it again
        answering(500, {}).receive(sent(body))
    with pytest.raises(NotAuthentic):
        STRIPE.receive(sent(body, "whsec_foreign"))


@pytest.mark.parametrize(
    "body",
    [
        event("customer.created", id="cus_1", object="customer", **OURS),
        event("payment_intent.succeeded", id="pi_1", object="payment_intent", metadata={"order": "another system's"}),
        event("charge.dispute.created", id="du_1", object="dispute", payment_intent=None),
    ],
)
def test_what_is_not_ours_says_nothing(body: bytes) -> None:
    assert STRIPE.receive(sent(body)) == []


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"type": "refund.failed"}'])
def test_what_is_signed_and_no_event_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        STRIPE.receive(sent(body))


def test_stripe_knows_every_event_that_we_listen_to() -> None:
    import typing

    from stripe import params

    hints = typing.get_type_hints(params.WebhookEndpointCreateParams, localns=vars(typing) | {"StripeContext": str})
    assert set(webhooks.EVENTS) <= set(_literals(hints["enabled_events"]))
    assert official.VERSION.startswith("16.")


def _literals(hint: Any) -> list[str]:
    import typing

    if typing.get_origin(hint) is typing.Literal:
        return list(typing.get_args(hint))
    return [each for part in typing.get_args(hint) for each in _literals(part)]
