"""What Stripe's answers say about a request: done, refused, not begun, not known. With scripted answers."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Literal
from urllib.parse import unquote

import pytest

from tests.connectors.stripe.cases import CREDENTIALS, NOON, Clock, asked, case, learned, op
from tillgate.connectors.stripe.connector import StripeConnector
from tillgate.connectors.stripe.wire import API, VERSION, Unclear
from tillgate.connectors.v1 import Case, Kind, NoAnswer, NotAccepted, NotSent, Outcome

CARD = {"brand": "visa", "last4": "4242", "exp_month": 1, "exp_year": 2031, "fingerprint": "f"}
CHARGE: dict[str, Any] = {
    "id": "ch_1",
    "object": "charge",
    "paid": True,
    "disputed": False,
    "amount_refunded": 0,
    "payment_method_details": {"card": CARD, "type": "card"},
}
INTENT: dict[str, Any] = {
    "id": "pi_1",
    "object": "payment_intent",
    "amount": 4999,
    "amount_received": 0,
    "status": "requires_capture",
    "latest_charge": CHARGE,
    "payment_method": "pm_1",
    "metadata": {"tillgate_case": "pay_1", "tillgate_op": "pay_1_1"},
}


class Script:
    """Answers by path, and records what was sent."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.sent: list[tuple[str, str]] = []

    def __call__(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        path = url.removeprefix(f"{API}/").partition("?")[0]
        self.sent.append((method, path))
        assert headers["Stripe-Version"] == VERSION
        answer: Any = self.answers.get(path.replace("/", "_"), self.answers.get("default"))
        if isinstance(answer, Exception):
            raise answer
        status, content = answer
        return status, content if isinstance(content, bytes) else json.dumps(content).encode()


def stripe(script: Script, clock: Clock | None = None) -> StripeConnector:
    return StripeConnector(CREDENTIALS, script, clock or Clock())


def error(code: str | None = None, **more: Any) -> dict[str, Any]:
    return {"error": {"type": "invalid_request_error", "code": code} | more}


UNKNOWN: list[Any] = [
    (500, error("api_error")),
    (503, b""),
    (409, error("idempotency_key_in_use")),
    (424, error()),
    (200, b"<html>"),
    (200, b""),
    (200, b"[]"),
    (200, b'{"id": "pi_1"}'),
    (200, {**INTENT, "latest_charge": "ch_1"}),
    (200, {**INTENT, "status": "something_new"}),
    (302, {}),
    NoAnswer(),
]
HELD = replace(case(), memory={"intent": "pi_1"}, reference="pi_1")


def outcome(connector: StripeConnector, known: Case, kind: Kind) -> Outcome:
    """As the core reads it: what escapes is UNKNOWN, but for NotSent."""
    if kind is not Kind.AUTHORIZE:
        known = asked(known, op(2, kind))
    act = connector.start if kind is Kind.AUTHORIZE else connector.perform
    try:
        facts = act(known, known.ops[-1])
    except NotSent:
        return Outcome.NOT_BEGUN
    except Exception:
        return Outcome.UNKNOWN
    return facts[-1].outcome


@pytest.mark.parametrize("kind", [Kind.AUTHORIZE, Kind.CAPTURE, Kind.CANCEL, Kind.REFUND])
@pytest.mark.parametrize("answer", UNKNOWN)
def test_what_is_not_said_is_not_known(answer: Any, kind: Kind) -> None:
    known = case() if kind is Kind.AUTHORIZE else HELD
    assert outcome(stripe(Script(default=answer)), known, kind) is Outcome.UNKNOWN


@pytest.mark.parametrize("kind", [Kind.AUTHORIZE, Kind.CAPTURE, Kind.CANCEL, Kind.REFUND])
@pytest.mark.parametrize("status", [401, 403, 429])
def test_what_stripe_turned_away_has_not_begun(status: int, kind: Kind) -> None:
    connector = stripe(Script(default=(status, error("lock_timeout"))))
    known = case() if kind is Kind.AUTHORIZE else HELD
    assert outcome(connector, known, kind) is Outcome.NOT_BEGUN


@pytest.mark.parametrize("change", [{"outcome": Outcome.UNKNOWN}, {"requested_at": NOON - timedelta(minutes=1)}])
def test_a_repetition_that_is_turned_away_says_nothing_of_the_first(change: dict[str, Any]) -> None:
    known = replace(case(), ops=(replace(op(1), **change),))
    assert outcome(stripe(Script(default=(429, error()))), known, Kind.AUTHORIZE) is Outcome.UNKNOWN


def test_no_connection_is_not_begun() -> None:
    assert outcome(stripe(Script(default=NotSent())), case(), Kind.AUTHORIZE) is Outcome.NOT_BEGUN


@pytest.mark.parametrize("status", [400, 402, 404])
def test_a_refusal_is_final_and_tells_why(status: int) -> None:
    script = Script(default=(status, error("card_declined", decline_code="stolen_card", payment_intent={"id": "pi_9"})))
    known = case()
    (fact,) = stripe(script).start(known, known.ops[0])
    assert (fact.outcome, fact.reason, fact.raw_reason) == (Outcome.FAILED, "CARD_LOST_OR_STOLEN", "stolen_card")
    assert (fact.reference, fact.remember) == ("pi_9", {"intent": "pi_9"})


@pytest.mark.parametrize("code", ["a_code_of_tomorrow", None])
def test_a_code_that_is_not_known_is_kept(code: str | None) -> None:
    known = case()
    (fact,) = stripe(Script(default=(400, error(code)))).start(known, known.ops[0])
    assert (fact.reason, fact.raw_reason) == ("OTHER", code or "invalid_request_error")


def test_a_key_that_was_used_otherwise_is_looked_for_and_never_a_refusal() -> None:
    found = {"data": [INTENT], "has_more": False}
    used = {"error": {"type": "idempotency_error"}}
    known = case()

    class Both(Script):
        def __call__(self, method: str, url: str, *more: Any) -> tuple[int, bytes]:
            self.answers["payment_intents"] = (400, used) if method == "POST" else (200, found)
            return super().__call__(method, url, *more)

    (fact,) = stripe(Both(payment_intents_pi_1=(200, INTENT))).start(known, known.ops[0])
    assert (fact.outcome, fact.reference) == (Outcome.SUCCEEDED, "pi_1")
    with pytest.raises(Unclear):
        stripe(Script(default=(400, used))).perform(asked(HELD, op(2, Kind.REFUND)), op(2, Kind.REFUND))


def test_a_token_that_is_turned_away_stops_the_payment() -> None:
    script = Script(payment_methods=(401, error()))
    assert outcome(stripe(script), case("tok_visa"), Kind.AUTHORIZE) is Outcome.NOT_BEGUN
    assert script.sent == [("POST", "payment_methods")]
    refused = Script(payment_methods=(402, error("card_declined")), payment_intents=NoAnswer())
    assert outcome(stripe(refused), case("tok_visa"), Kind.AUTHORIZE) is Outcome.UNKNOWN
    assert refused.sent[-1] == ("POST", "payment_intents")


def test_a_customer_that_cannot_be_made_stops_what_needs_it() -> None:
    known = replace(case(), saves_as="tok_ours")
    script = Script(customers=(429, error()))
    assert outcome(stripe(script), known, Kind.AUTHORIZE) is Outcome.NOT_BEGUN
    assert script.sent == [("POST", "customers")]
    assert outcome(stripe(Script(customers=NoAnswer())), known, Kind.AUTHORIZE) is Outcome.UNKNOWN


@pytest.mark.parametrize("answer", UNKNOWN)
def test_asking_tells_nothing_where_stripe_tells_nothing(answer: Any) -> None:
    assert stripe(Script(default=answer)).ask(HELD) is None


@pytest.mark.parametrize("status", [401, 404, 429])
def test_an_intent_that_was_there_is_not_called_missing(status: int) -> None:
    assert stripe(Script(default=(status, error("resource_missing")))).ask(HELD) is None


@pytest.mark.parametrize("status", ["pending", "requires_action", "succeeded", "failed", "canceled", "of_tomorrow"])
def test_a_refunds_status_is_read(status: str) -> None:
    expected = {
        "pending": Outcome.PENDING,
        "requires_action": Outcome.PENDING,
        "succeeded": Outcome.SUCCEEDED,
        "failed": Outcome.FAILED,
        "canceled": Outcome.FAILED,
    }
    refund = {"id": "re_1", "amount": 4999, "status": status, "metadata": {"tillgate_op": "pay_1_2"}}
    connector = stripe(Script(refunds=(200, refund)))
    assert outcome(connector, HELD, Kind.REFUND) is expected.get(status, Outcome.UNKNOWN)


@pytest.mark.parametrize("capture", ["auto", "manual"])
def test_processing_is_pending(capture: Literal["auto", "manual"]) -> None:
    known = replace(case(), capture=capture)
    shown = {**INTENT, "status": "processing", "latest_charge": {**CHARGE, "paid": False}}
    assert outcome(stripe(Script(default=(200, shown))), known, Kind.AUTHORIZE) is Outcome.PENDING


def test_an_action_without_an_address_is_not_known() -> None:
    shown = {**INTENT, "status": "requires_action", "next_action": {"type": "use_stripe_sdk"}, "latest_charge": None}
    assert outcome(stripe(Script(default=(200, shown))), case(), Kind.AUTHORIZE) is Outcome.UNKNOWN


def test_an_intent_that_somebody_cancelled_before_it_was_paid_has_failed() -> None:
    shown = {**INTENT, "status": "canceled", "latest_charge": None, "cancellation_reason": "fraudulent"}
    (fact,) = stripe(Script(default=(200, shown))).ask(HELD) or []
    assert (fact.kind, fact.outcome, fact.raw_reason) == (Kind.AUTHORIZE, Outcome.FAILED, "fraudulent")
    closed = asked(HELD, op(2, Kind.CLOSE))
    assert stripe(Script(default=(200, shown))).ask(closed) == []


def test_a_cancel_that_was_refused_is_not_what_cancelled_it() -> None:
    shown = {**INTENT, "status": "canceled", "cancellation_reason": "expired"}
    refused = asked(HELD, replace(op(2, Kind.CANCEL), outcome=Outcome.FAILED))
    (_, fact) = stripe(Script(default=(200, shown))).ask(refused) or []
    assert (fact.op, fact.lapsed) == (None, True)


def test_a_close_that_voided_what_had_just_been_authorized_says_nothing_of_it() -> None:
    shown = {**INTENT, "status": "canceled", "cancellation_reason": "abandoned"}
    assert stripe(Script(default=(200, shown))).ask(asked(HELD, op(2, Kind.CLOSE))) == []


@pytest.mark.parametrize("answer", [(400, error("invalid_state")), *UNKNOWN])
def test_a_close_that_stripe_does_not_confirm_has_not_happened(answer: Any) -> None:
    action = {"type": "redirect_to_url", "redirect_to_url": {"url": "https://x"}}
    waits = {**INTENT, "status": "requires_action", "latest_charge": None, "next_action": action}
    closed = asked(HELD, op(2, Kind.CLOSE))
    script = Script(payment_intents_pi_1=(200, waits), payment_intents_pi_1_cancel=answer)
    try:
        facts = stripe(script).close(closed, closed.ops[1])
    except (Unclear, NoAnswer):
        return
    assert Outcome.SUCCEEDED not in [fact.outcome for fact in facts] or answer[0] == 200


@pytest.mark.parametrize(
    ("status", "problem"), [(200, None), (401, NotAccepted), (403, NotAccepted), (500, NoAnswer), (429, NoAnswer)]
)
def test_credentials_are_checked_by_a_harmless_call(status: int, problem: type[Exception] | None) -> None:
    script = Script(balance=(status, b"{}"))
    if problem is None:
        stripe(script).check()
    else:
        with pytest.raises(problem):
            stripe(script).check()
    assert script.sent == [("GET", "balance")]


def test_keys_for_test_and_live_do_not_mix() -> None:
    script = Script()
    mixed = StripeConnector(CREDENTIALS | {"publishable_key": "pk_live_x"}, script, Clock())
    with pytest.raises(NotAccepted, match="both for test"):
        mixed.check()
    assert script.sent == []


def test_keys_of_the_other_mode_are_not_accepted() -> None:
    script = Script(balance=(200, b"{}"))
    StripeConnector(CREDENTIALS | {"mode": "test"}, script, Clock()).check()
    with pytest.raises(NotAccepted, match="your live account"):
        StripeConnector(CREDENTIALS | {"mode": "live"}, script, Clock()).check()


def test_what_was_learned_is_kept_for_later_calls() -> None:
    known = case()
    facts = stripe(Script(default=(200, INTENT))).start(known, known.ops[0])
    assert learned(known, facts).memory == {"intent": "pi_1", "charge": "ch_1"}


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("SHOP * order '7'", b"statement_descriptor_suffix=SHOP++order+7"),
        ("1234", b""),
        ("", b""),
        ("x" * 40, b"x" * 22),
    ],
)
def test_a_statement_descriptor_has_nothing_that_stripe_refuses(text: str, sent: bytes) -> None:
    bodies: list[bytes] = []

    def http(method: str, url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        bodies.append(body)
        return 200, json.dumps(INTENT).encode()

    known = replace(case(), statement_descriptor=text)
    StripeConnector(CREDENTIALS, http, Clock()).start(known, known.ops[0])
    assert (sent in bodies[0]) if sent else (b"statement_descriptor" not in bodies[0])
    assert b"x" * 23 not in bodies[0]


@pytest.mark.parametrize("authenticate", [True, False])
def test_the_shopper_is_authenticated_where_the_case_wants_it(authenticate: bool) -> None:
    bodies: list[str] = []

    def http(method: str, url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        bodies.append(unquote(body.decode()))
        return 200, json.dumps(INTENT).encode()

    known = replace(case(), authenticate=authenticate)
    StripeConnector(CREDENTIALS, http, Clock()).start(known, known.ops[0])
    assert ("payment_method_options[card][request_three_d_secure]=any" in bodies[-1]) == authenticate
