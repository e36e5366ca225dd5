"""Events as the stand-in signs and sends them, verified by the connector and by Stripe's own verifier."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from stripe import SignatureVerificationError, Webhook

from tests.connectors.stripe.cases import learned
from tests.psps.stripe.conftest import NewCase, press
from tests.psps.stripe.stand_in import Psp
from tillgate.connectors.stripe.connector import StripeConnector
from tillgate.connectors.v1 import Case, Kind, Look, NotAuthentic, Sent


@pytest.fixture
def inbox(psp: Psp) -> Iterator[list[Sent]]:
    """Where the stand-in's events arrive."""
    received: list[Sent] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            received.append(Sent(headers=headers, body=self.rfile.read(int(headers["content-length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    psp.listen(f"http://127.0.0.1:{server.server_port}/")
    yield received
    server.shutdown()
    server.server_close()


def looks(stripe: StripeConnector, inbox: list[Sent], wanted: Look, kind: str) -> Sent:
    """The event of that kind that says to look there."""
    deadline = time.monotonic() + 10
    while True:
        for sent in list(inbox):
            if f'"type": "{kind}"'.encode() in sent.body and wanted in stripe.receive(sent):
                return sent
        assert time.monotonic() < deadline, [sent.body for sent in inbox]
        time.sleep(0.05)


def test_what_happens_to_a_payment_is_told_by_our_own_id(
    stripe: StripeConnector, psp: Psp, new: NewCase, inbox: list[Sent]
) -> None:
    held, taken, stored = new(), new(capture="auto"), new("pm_card_visa", Kind.SETUP)
    for case, kind in (
        (held, "payment_intent.amount_capturable_updated"),
        (taken, "payment_intent.succeeded"),
        (stored, "setup_intent.succeeded"),
    ):
        known = learned(case, stripe.start(case, case.ops[0]))
        looks(stripe, inbox, Look(case.id), kind)
        if case is taken:
            psp.backoffice("refund", known.memory["intent"], amount=1)
            looks(stripe, inbox, Look(case.id), "charge.refunded")
            psp.backoffice("dispute", known.memory["intent"])
            looks(stripe, inbox, Look(case.id), "charge.dispute.created")


def test_a_page_that_was_paid_on_is_told(stripe: StripeConnector, psp: Psp, new: NewCase, inbox: list[Sent]) -> None:
    begun = new(None)
    press(psp, stripe.start(begun, begun.ops[0]), "approve")
    looks(stripe, inbox, Look(begun.id), "checkout.session.completed")


def test_signatures_are_as_stripes_own_verifier_wants_them(
    stripe: StripeConnector, held: Case, inbox: list[Sent], new: NewCase
) -> None:
    begun = new()
    stripe.start(begun, begun.ops[0])
    sent = looks(stripe, inbox, Look(begun.id), "payment_intent.amount_capturable_updated")
    header = sent.headers["stripe-signature"]
    assert Webhook.construct_event(sent.body, header, "whsec_new").type.startswith("payment_intent.")
    with pytest.raises(SignatureVerificationError):
        Webhook.construct_event(sent.body, header, "whsec_other")
    forged = Sent(headers=sent.headers, body=sent.body.replace(b"payment_intent", b"payment_indent"))
    with pytest.raises(NotAuthentic):
        stripe.receive(forged)
    assert abs(int(header[2:].split(",")[0]) - datetime.now(UTC).timestamp()) < 60
