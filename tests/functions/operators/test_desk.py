"""The operators' desk, played as the console plays it: find, understand, act, and be asked before (ONE-9)."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest

from tests.functions.aws import make_queue
from tests.functions.operators.console import ACTS, READS, Widget
from tests.functions.payments.test_disputes import DisputingPsp, told
from tests.functions.world import ORDER_KEY, PAYMENT_ID, World, invoke, sample
from tests.handlers import handler_module
from tillgate.api.operators.desk.views import VIEWS
from tillgate.connectors.host.facts import facts_of
from tillgate.domain.merchants.account import Endpoint, Merchant
from tillgate.domain.operators.work_list import LONG
from tillgate.domain.orders.order import OrderStatus
from tillgate.domain.payments.disputes import DisputeStatus
from tillgate.domain.payments.operations import Actor, OperationStatus
from tillgate.runtime.aws import client
from tillgate.use_cases.notifications.deliver import Post
from tillgate.use_cases.notifications.notify_merchant import notify_merchant
from tillgate.use_cases.psp.ask_psp import ask_psp
from tillgate.use_cases.shared import changes
from tillgate.use_cases.shared.changes import learn_facts
from tillgate.use_cases.shared.load_order import ConcurrentChange

HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(1)><cwdb-action action='call'>{}</cwdb-action>'&lt;"
KNOWN_TAGS = {
    *("style", "div", "form", "label", "span", "input", "button", "cwdb-action", "h2", "h3", "p", "ul", "li", "strong"),
    *("code", "table", "caption", "thead", "tbody", "tr", "th", "td", "br", "a"),
}


@pytest.fixture
def captured(world: World) -> World:
    world.paid()
    assert world.call("capture_payment", {}).status == 200
    return world


def opened(text: str = "A-1001") -> Widget:
    return Widget({"view": "find"}).types(find_text=text).press("Find").press("Open")


def test_from_a_reference_to_a_refund_in_part(captured: World) -> None:
    """All with what a customer reads out, a name and a reason."""
    desk = opened()
    assert "The order is PAID" in desk.text
    assert "captured 49.99" in desk.text
    desk.types(by="ada", reason="one ticket was wrong", amount="9.99").press("Refund")
    assert f"9.99 EUR will be refunded of {PAYMENT_ID}." in desk.text
    assert captured.order().payments[0].refunded == 0
    desk.press("Do it")
    assert desk.confirmed == [f"9.99 EUR will be refunded of {PAYMENT_ID}."]
    assert "The last operation, refund, is SUCCEEDED." in desk.text
    refund = captured.order().payments[0].operations[-1]
    assert (refund.amount, refund.requested_by, refund.reason) == (999, Actor.OPERATOR, "one ticket was wrong")
    desk.press("Back to the order")
    assert "ada: one ticket was wrong" in desk.text
    assert "refunded 9.99" in desk.text


def test_a_confirmation_that_is_old_does_nothing(captured: World) -> None:
    first, second = opened(), opened()
    for desk in (first, second):
        desk.types(by="ada", reason="the same twice", amount="9.99").press("Refund")
    first.press("Do it")
    second.press("Do it")
    assert "Nothing was done: the order has changed since" in second.text
    assert captured.order().payments[0].refunded == 999


@pytest.mark.parametrize(
    ("amount", "says"),
    [
        ("50.00", "at most 4999 can be refunded"),
        ("9,999.00", "9,999.00 is no amount in EUR; write it as 1234.56"),
        ("0.00", "at most 4999"),
        ("-1", "is no amount"),
    ],
)
def test_an_amount_that_cannot_be_is_told_before_the_confirmation(captured: World, amount: str, says: str) -> None:
    desk = opened().types(by="ada", reason="x", amount=amount).press("Refund")
    assert says in desk.text
    assert "Do it" not in desk.labels


def test_without_a_name_and_a_reason_nothing_is_done(captured: World) -> None:
    desk = opened().types(amount="9.99").press("Refund").press("Do it")
    assert "Nothing was done: pass who decides (by) and why (reason)" in desk.text
    assert captured.order().payments[0].refunded == 0


def test_a_card_number_is_not_taken_as_a_reason(captured: World) -> None:
    desk = opened().types(by="ada", reason="4111 1111 1111 1111", amount="9.99").press("Refund").press("Do it")
    assert "card numbers are not taken" in desk.text
    assert "4111" not in str(captured.everything())


def test_what_is_held_is_captured_or_released(world: World) -> None:
    world.paid()
    opened().types(by="ada", reason="shipped", amount="40").press("Capture").press("Do it")
    assert world.order().payments[0].captured == 4000


def test_an_order_is_cancelled_as_a_whole(captured: World) -> None:
    desk = opened().types(by="ada", reason="the concert is off").press("Cancel the whole order")
    assert "The order A-1001 ends. 49.99 EUR will be refunded" in desk.text
    desk.press("Do it")
    assert captured.order().status is OrderStatus.CANCELLED


def test_the_psp_is_asked(captured: World) -> None:
    captured.psp.says(OperationStatus.PENDING)
    world_before = captured.order()
    desk = opened()
    assert "Ask the PSP" not in desk.labels  # nothing of it is open
    assert captured.order() == world_before


def test_a_notification_is_sent_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MERCHANT_SECRETS_KEY_ID", client("kms").create_key()["KeyMetadata"]["KeyId"])
    queue = make_queue(monkeypatch, "MERCHANT_NOTIFICATIONS_QUEUE_URL")
    world.has(Merchant("mer_1", "Ada", methods={"card": "sandbox"}, update_url="https://shop.example.com/update"))
    world.paid()
    silent = Post(lambda *_: 500, lambda *_: {}, lambda *_: None, lambda _: b"")
    assert notify_merchant(world.system, silent, ORDER_KEY, 3) == 1
    desk = opened()
    assert "https://shop.example.com/update" in desk.text
    desk.press("Send again").types(by="ada", reason="their server is back").press("Do it")
    assert "is on its way again" in desk.text
    assert client("sqs").receive_message(QueueUrl=queue)["Messages"]


def test_the_work_list_leads_to_each_order_and_out_of_its_trouble(captured: World) -> None:
    """An order that was to end, whose refund the PSP refused."""
    assert "Nothing needs you." in Widget({"view": "work"}).text
    captured.psp.says(OperationStatus.FAILED)
    captured.call("cancel_order")
    assert captured.order().status is OrderStatus.MANUAL_INTERVENTION_NEEDED
    desk = Widget({"view": "work"})
    assert "A-1001" in desk.text
    desk.press("Open")
    assert "This needs you:" in desk.text
    desk.types(by="ada", reason="the PSP has mended it").press("Try again to give money back")
    assert "What could not be given back of A-1001 is requested once more." in desk.text
    desk.press("Do it")
    assert captured.order().status is OrderStatus.CANCELLED
    assert "Nothing needs you." in Widget({"view": "work"}).text


def test_what_has_no_outcome_is_settled_by_what_the_back_office_says(captured: World) -> None:
    captured.psp.says(OperationStatus.UNKNOWN)
    captured.call("refund_payment", {"amount": 999})
    captured.psp.known = None  # it does not answer
    for _ in range(LONG):
        captured.passes(timedelta(hours=12))
        ask_psp(captured.system, captured.order(), PAYMENT_ID, cause="due", postpone=True)
    desk = Widget({"view": "work"}).press("Open")
    desk.types(by="ada", reason="seen in the back office").press("The refund of 9.99 has SUCCEEDED")
    desk.press("Do it")
    assert captured.order().payments[0].refunded == 999


def test_merchants_and_one_of_them(world: World) -> None:
    world.has_merchant("mer_2", endpoints=(Endpoint("https://shop.example.com/events", ("*",), world.system.now()),))
    desk = Widget({"view": "merchants"})
    assert "Merchants (2)" in desk.text
    desk.call(READS, {"view": "merchants", "merchant_id": "mer_2"})
    assert "https://shop.example.com/events" in desk.text


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_hostile_texts_are_harmless_in_every_field(world: World, theme: str) -> None:
    world.has(Merchant("mer_1", HOSTILE, methods={"card": "sandbox"}))
    world.paid(description=HOSTILE, metadata={"x": HOSTILE}, customer={"name": HOSTILE})
    assert world.call("capture_payment", {}).status == 200
    desk = opened()
    desk.theme = theme
    desk.types(by=HOSTILE, reason=HOSTILE, amount="9.99").press("Refund")
    _is_harmless(desk)
    desk.press("Do it")
    _is_harmless(desk)
    desk.press("Back to the order")
    _is_harmless(desk)
    assert "alert(1)" in desk.text
    for params in ({"view": "merchants"}, {"view": "merchants", "merchant_id": "mer_1"}, {"view": HOSTILE}):
        _is_harmless(Widget(params, theme))
    _is_harmless(Widget({"view": "find"}).types(find_text=HOSTILE).press("Find"))
    _is_harmless(Widget({"view": "order", "order_key": HOSTILE}))
    confirming = Widget({"view": "find"})
    confirming.call(READS, {"view": "confirm", "act": HOSTILE, "order_key": ORDER_KEY, "outcome": HOSTILE})
    _is_harmless(confirming)


def _is_harmless(desk: Widget) -> None:
    """No tag or attribute but those of the desk itself, and each button calls one of its two functions."""
    page = desk.parsed
    assert page.tags <= KNOWN_TAGS
    assert not [name for name in page.attributes if name.startswith("on")]
    assert {action["endpoint"] for _, _, action in page.buttons} <= {READS, ACTS}


@pytest.mark.parametrize("view", [*VIEWS])
def test_a_view_without_what_it_needs_says_so(world: World, view: str) -> None:
    assert Widget({"view": view}).page


def test_nothing_that_pays_or_is_personal_is_shown(world: World) -> None:
    world.paid(customer={"name": "Grace", "email": "grace@example.com"})
    page = opened().page
    assert "/pay/" not in page
    assert "grace" not in page.lower()


@pytest.mark.parametrize("act", ["", "refund", "outcome", "set_aside", "end_as", "retry", "mark_transferred", "resend"])
def test_an_act_that_is_called_without_its_fields_does_nothing(captured: World, act: str) -> None:
    before = captured.everything()
    desk = Widget({"view": "find"})
    desk.call(ACTS, {"act": act, "order_key": ORDER_KEY, "version": captured.order().version})
    assert "Nothing was done" in desk.text
    assert captured.everything() == before


@pytest.mark.parametrize(
    "fields", [{"amount": 0}, {"amount": 9.99}, {"amount": "9.99"}, {"amount": None}, {"version": None}]
)
def test_what_no_button_carries_never_moves_all_there_is(captured: World, fields: dict[str, Any]) -> None:
    """No amount means everything, so an amount that is none must not become it."""
    desk = Widget({"view": "find"}).types(find_text="A-1001").press("Find").press("Open")
    desk.types(by="ada", reason="x", amount="9.99").press("Refund")
    desk.types(by="ada", reason="x")
    carried = {"act": "refund", "order_key": ORDER_KEY, "payment_id": PAYMENT_ID, "version": captured.order().version}
    desk.call(ACTS, carried | fields)
    assert "Nothing was done" in desk.text
    assert captured.order().payments[0].refunded == 0


def test_what_may_be_done_is_not_called_undone(captured: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The PSP has refunded, and its answer could not be saved."""

    def busy(*_: object, **__: object) -> None:
        raise ConcurrentChange

    desk = opened().types(by="ada", reason="x", amount="9.99").press("Refund")
    monkeypatch.setattr(changes, "learn_facts", busy)
    desk.press("Do it")
    assert "it may be done or not; look at it before you try again" in desk.text
    assert "Nothing was done" not in desk.text
    told = handler_module("admin").handler(
        {"action": "refund", "payment_id": PAYMENT_ID, "by": "ada", "reason": "x"}, None
    )
    assert "it may be done or not" in told["error"]


def test_both_functions_describe_themselves() -> None:
    for function in ("desk", "desk_actions", "desk_personal"):
        described: dict[str, Any] = handler_module(function).handler({"describe": True}, None)
        assert "desk" in described["markdown"]


def test_a_notification_is_sent_again_once_however_often_the_button_is_pressed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MERCHANT_SECRETS_KEY_ID", client("kms").create_key()["KeyMetadata"]["KeyId"])
    queue = make_queue(monkeypatch, "MERCHANT_NOTIFICATIONS_QUEUE_URL")
    world.has(Merchant("mer_1", "Ada", methods={"card": "sandbox"}, update_url="https://shop.example.com/update"))
    world.paid()
    silent = Post(lambda *_: 500, lambda *_: {}, lambda *_: None, lambda _: b"")
    assert notify_merchant(world.system, silent, ORDER_KEY, 3) == 1
    world.passes(timedelta(hours=1))
    first, second = (opened().press("Send again").types(by="ada", reason="their server is back") for _ in "ab")
    assert "is on its way again" in first.press("Do it").text
    assert "Nothing was done: it was sent again since" in second.press("Do it").text
    assert len(client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]) == 1


def test_a_dispute_is_accepted(world: World) -> None:
    psp = _disputing(world)
    first, second = (opened().types(by="ada", reason="never arrived").press("Accept") for _ in "ab")
    assert "is accepted: 20.00 EUR is given up." in first.text
    assert psp.told == []
    first.press("Do it")
    (dispute,) = world.order().payments[0].disputes
    assert dispute.status is DisputeStatus.ACCEPTED
    assert len(psp.told) == 1
    assert "ada: never arrived" in opened().text
    assert "Nothing was done" in second.types(by="ada", reason="again").press("Do it").text
    assert len(psp.told) == 1


def test_admin_accepts_a_dispute_as_it_was_seen(world: World) -> None:
    psp = _disputing(world)
    (dispute,) = world.order().payments[0].disputes
    asked = {"action": "accept_dispute", "dispute_id": dispute.dispute_id, "by": "ada", "reason": "never arrived"}
    admin = handler_module("admin").handler
    assert "has changed since" in admin(asked | {"version": 1}, None)["error"]
    assert "error" in admin(asked | {"by": " "}, None)
    assert "error" in admin(asked | {"dispute_id": "pay_x_1_dp_x"}, None)
    assert psp.told == []
    assert "error" not in admin(asked | {"version": world.order().version}, None)
    assert len(psp.told) == 1


def test_a_dispute_is_contested_with_a_text(world: World) -> None:
    psp = _disputing(world)
    desk = opened().types(by="ada", reason="they asked us").press("Send evidence")
    assert "The shopper's bank is sent this text, against its dispute over" in desk.text
    assert "20.00 EUR" in desk.text
    for nothing in ("", "x" * 20_001, "it was 4111 1111 1111 1111"):
        refused = opened().types(by="ada", reason="they asked us").press("Send evidence").types(evidence=nothing)
        assert "Nothing was done" in refused.press("Do it").text
    assert psp.told == []
    desk.types(evidence=" Delivered on 3 May,\nsigned for. ").press("Do it")
    (dispute,) = world.order().payments[0].disputes
    assert dispute.status is DisputeStatus.UNDER_REVIEW
    assert [evidence and evidence.text for _, evidence in psp.told] == ["Delivered on 3 May,\nsigned for."]
    assert "ada: they asked us" in opened().text
    assert "Delivered on" not in str(world.everything())


def test_admin_sends_evidence(world: World) -> None:
    psp = _disputing(world)
    (dispute,) = world.order().payments[0].disputes
    asked = sample("admin_send_evidence") | {"dispute_id": dispute.dispute_id}
    for wrong in ({"version": 1}, {"text": ""}, {"text": 1}, {"text": "x" * 20_001}, {"reason": " "}):
        assert "error" in invoke("admin", asked | wrong)
    assert psp.told == []
    assert "error" not in invoke("admin", asked | {"version": world.order().version})
    assert [evidence and evidence.text for _, evidence in psp.told] == [asked["text"]]


def _disputing(world: World) -> DisputingPsp:
    """The PSP of a captured payment with a dispute."""
    psp = DisputingPsp()
    world.system.connectors["sandbox"] = world.psp = psp
    world.paid()
    assert world.call("capture_payment", {}).status == 200
    learn_facts(world.system, world.order(), facts_of([told(psp.notice())]), cause="test")
    return psp


def test_a_transfer_is_marked_once(captured: World) -> None:
    """Its button is of a version, as every other."""
    desk = Widget({"view": "find"})
    carried = {"act": "mark_transferred", "order_key": ORDER_KEY, "operation_id": f"{PAYMENT_ID}_1"}
    desk.call(ACTS, carried)
    assert "only a button of the desk does this" in desk.text
    desk.call(ACTS, carried | {"act": "accept_dispute", "dispute_id": "x", "version": 1})
    assert "Nothing was done" in desk.text


def test_an_order_links_to_its_executions_log_lines_and_traces(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSOLE_REGION", "eu-west-1")
    monkeypatch.setenv("FUNCTION_LOGS", "/tillgate/test/functions")
    for name, machine in (("LINKED_WINDOWS", "window"), ("LINKED_UNWINDINGS", "unwind")):
        monkeypatch.setenv(name, f"arn:aws:states:eu-west-1:123456789012:stateMachine:{machine}")
    world.created()
    page = opened().page
    found = dict(re.findall(r'<a href="([^"]+)" target="_blank">([^<]+)</a>', page))
    by_label = {label: unquote(link) for link, label in found.items()}
    assert set(by_label) == {"Its log lines", "Its traces", "Its window 1", "All windows", "The table"}
    assert all(link.startswith("https://eu-west-1.console.aws.amazon.com/") for link in by_label.values())
    assert f":execution:window:{ORDER_KEY}-2030" in by_label["Its window 1"]
    assert f"*22{ORDER_KEY}*22" in by_label["Its log lines"]
    assert f"*22{ORDER_KEY}*22*20OR*20" in by_label["Its traces"]
    assert PAYMENT_ID.removesuffix("1") in by_label["Its traces"]


def test_outside_aws_an_order_has_no_links_into_a_console(captured: World) -> None:
    assert "console.aws.amazon.com" not in opened().page
