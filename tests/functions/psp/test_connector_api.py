"""What connector API v1 lets a PSP say and need, through the whole core (IS-1, IS-2, IS-5, TH-11)."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.functions.aws import make_queue, messages
from tests.functions.scripted_psp import CAN, PAGE, ScriptedPsp, fact, manifest
from tests.functions.world import NOON, ORDER_KEY, PAYMENT_ID, World, invoke, sample
from tillgate.connectors.host.psp import Line, Psp
from tillgate.connectors.v1 import Action, Case, Fact, Kind, Look, NotSent, Op, Outcome, Sent
from tillgate.domain.merchants.vendor import Vendor
from tillgate.domain.payments.operations import OperationStatus
from tillgate.domain.shoppers.saved_instruments import new_token
from tillgate.runtime.aws import client

S = OperationStatus
AUTHORIZE = f"{PAYMENT_ID}_1"
START = {"method": "card", "instrument": {"token": "tok_visa"}}


class TalkingPsp(ScriptedPsp):
    """Answers a START with `tells`, the shopper's return with `after`, a notification with `news`."""

    def __init__(self, **fields: Any) -> None:
        super().__init__(manifest=manifest(**fields))
        self.tells: dict[str, Any] = {}
        self.after: list[Fact] = []
        self.news: Any = []
        self.back: list[Sent | None] = []
        self.sent: list[Sent] = []
        self.operated: list[Case] = []

    def perform(self, case: Case, op: Op) -> list[Fact]:
        self.operated.append(case)
        return super().perform(case, op)

    def start(self, case: Case, op: Op) -> list[Fact]:
        return [replace(each, **self.tells) for each in super().start(case, op)]

    def proceed(self, case: Case, op: Op, back: Sent | None) -> list[Fact]:
        self.back.append(back)
        return self.after

    def receive(self, sent: Sent) -> list[Fact | Look]:
        self.sent.append(sent)
        if isinstance(self.news, Exception):
            raise self.news
        told: list[Fact | Look] = self.news
        return told


def using(world: World, psp: ScriptedPsp) -> Any:
    world.psp = world.system.connectors["sandbox"] = psp
    return psp


def can(**fields: Any) -> dict[str, Any]:
    return {"card": replace(CAN, **fields)}


# Data that a PSP wants, and what it tells.


def test_a_psp_learns_what_it_may_want_to_know(world: World) -> None:
    customer = {"email": "ada@example.com", "name": "Ada", "vip": True, "phone": 7}
    world.created(customer=customer, locale="de-AT", description="A hat", statement_descriptor="HATS*VIENNA")
    context = {"ip": "203.0.113.9", "user_agent": "Firefox", "locale": "de", "screen_width": 1280}
    token = "t" * 4096
    body = START | {"instrument": {"token": token}, "shopper_context": context}
    assert world.call("start_payment", body).status == 201
    (case,) = world.psp.requests
    known = {"email": "ada@example.com", "name": "Ada", "locale": "de"}
    assert case.shopper == known | {"ip": "203.0.113.9", "user_agent": "Firefox", "screen_width": "1280"}
    assert (case.order_reference, case.description, case.statement_descriptor) == ("A-1001", "A hat", "HATS*VIENNA")
    assert (case.instrument, case.merchant, case.currency) == ({"token": token}, "mer_1", "EUR")
    assert "203.0.113.9" not in json.dumps(world.everything(), default=str), "it is not stored"


def test_an_address_comes_with_the_order_that_names_it(world: World) -> None:
    shopper = world.call("create_shopper").json["shopper_key"]
    address = world.call("add_address", path={"shopper_key": shopper}).json["address_key"]
    world.created(shopper_key=shopper, address_key=address)
    world.started()
    (case,) = world.psp.requests
    assert {"line1", "city", "country"} <= set(case.shopper)


@pytest.mark.parametrize(
    ("context", "pointer"),
    [
        ({"ip": "home"}, "/shopper_context/ip"),
        ({"user_agent": "x" * 256}, "/shopper_context/user_agent"),
        ({"mood": "good"}, "/shopper_context/mood"),
    ],
)
def test_a_context_that_is_none_is_refused(world: World, context: dict[str, Any], pointer: str) -> None:
    world.created()
    answer = world.call("start_payment", START | {"shopper_context": context})
    assert (answer.refusal, answer.pointers) == ((422, "invalid_request"), [pointer])


def test_every_call_sees_merchant_currency_and_the_connectors_own_notes(world: World) -> None:
    psp = using(world, TalkingPsp())
    psp.tells = {"remember": {"intent": "pi_1"}}
    world.paid()
    world.call("capture_payment", {"amount": 1000, "final": False})
    (case,) = psp.operated
    assert (case.merchant, case.currency, case.memory, case.reference) == ("mer_1", "EUR", {"intent": "pi_1"}, "psp_1")
    assert [(each.kind, each.reference) for each in case.ops] == [(Kind.AUTHORIZE, "psp_1"), (Kind.CAPTURE, None)]


def test_details_are_shown_and_the_psps_own_reason_is_kept_for_operators(world: World) -> None:
    psp = using(world, TalkingPsp())
    psp.tells = {"details": {"funding": "credit", "liability_shift": "true"}, "raw_reason": "do_not_honor"}
    world.created()
    psp.says(S.FAILED, reason="REFUSED")
    payment = world.call("start_payment", START).json
    assert payment["details"] == {"funding": "credit", "liability_shift": True}
    assert (payment["reason_code"], "do_not_honor" in json.dumps(payment)) == ("REFUSED", False)
    assert "do_not_honor" in json.dumps(world.everything(), default=str)


def test_a_reason_that_is_none_of_ours_is_other(world: World) -> None:
    world.created()
    world.psp.says(S.FAILED, reason="card_declined_by_issuer")
    assert world.call("start_payment", START).json["reason_code"] == "OTHER"


def test_a_connectors_notes_about_a_shopper_come_back_with_the_next_order(world: World) -> None:
    """The PSP's customer, whom saved instruments belong to."""
    psp = using(world, TalkingPsp(methods=can(stores=True), remembers_shoppers=True))
    psp.tells = {"remember_shopper": {"customer": "cus_1"}}
    shopper = world.call("create_shopper").json["shopper_key"]
    for number in (1, 2):
        world.created(shopper_key=shopper, order_reference=f"A-{number}")
        path = {"order_key": f"ord_0000000000000000000000000{number}"}
        assert world.call("start_payment", START | {"save_instrument": True}, path=path).status == 201
    assert [case.shopper_memory for case in psp.requests] == [{}, {"customer": "cus_1"}]
    assert [case.shopper["key"] for case in psp.requests] == [shopper, shopper]
    world.created(shopper_key=shopper, order_reference="A-3")
    world.call("start_payment", START, path={"order_key": "ord_00000000000000000000000003"})
    assert psp.requests[-1].shopper_memory == {}, "without a saved instrument the PSP need not know the shopper"


def part_of_what_was_captured(world: World) -> tuple[TalkingPsp, dict[str, str]]:
    """A vendor's part that its PSP transfers once it is captured, and the path to it."""
    psp = using(world, TalkingPsp(marketplace="transfer_after_capture"))
    psp.tells = {"remember": {"intent": "pi_1"}, "captured": 4999}
    world.has(Vendor("ven_1", "mer_1", "Baker", "acct_baker"))
    world.created(multi_vendor=True, capture="auto")
    world.started()
    psp.tells = {}
    body = {"technical_payment_id": PAYMENT_ID, "vendor_id": "ven_1", "amount": 1000, "sub_order_reference": "a"}
    part = world.call("start_payment", body, function="pay_vendor", path={"order_key": ORDER_KEY}).json
    assert part["status"] == "AUTHORIZED"
    return psp, {"order_key": ORDER_KEY, "payment_id": part["payment_id"]}


@pytest.mark.parametrize(
    ("operation", "body"),
    [("capture_payment", {"amount": 600, "final": True}), ("capture_payment", {"amount": 600}),
     ("cancel_payment", {"amount": 400})],
)  # fmt: skip
def test_of_what_was_captured_at_once_a_vendors_part_releases_nothing(
    world: World, operation: str, body: dict[str, object]
) -> None:
    """The shopper has paid all of it: what would be released of a hold has to be given back, whole, by a request."""
    psp, path = part_of_what_was_captured(world)
    answer = world.call(operation, body, path=path)
    assert (answer.status, answer.json["code"], psp.operated) == (422, "capability_not_supported", [])
    assert world.call("cancel_payment", {}, path=path).status == 200
    assert [case.ops[-1].amount for case in psp.operated] == [1000]
    amounts = world.call("get_order").json["amounts"]
    assert (amounts["captured"], amounts["cancelled"], amounts["refunded"]) == (4999, 0, 1000)


def test_a_vendors_part_comes_with_its_account_and_the_payment_it_is_carved_out_of(world: World) -> None:
    psp, path = part_of_what_was_captured(world)
    assert world.call("capture_payment", {}, path=path).status == 200
    for case in (psp.requests[-1], psp.operated[-1]):
        assert case.account == "acct_baker"
        assert case.parent is not None
        assert (case.parent.id, case.parent.memory) == (PAYMENT_ID, {"intent": "pi_1"})
        assert case.refunds_fee, "the account's setting"


@pytest.mark.parametrize(
    ("takes", "order", "start"),
    [
        ({"amounts": {"USD": (1, 10_000)}}, {}, {}),
        ({"amounts": {"EUR": (5000, 10_000)}}, {}, {}),
        ({"amounts": {"EUR": (1, 4998)}}, {}, {}),
        ({"amounts": {"EUR": (1000, 10_000)}}, None, {"amount": 999}),
        ({"marketplace": "transfer_after_capture"}, {"multi_vendor": True, "capture": "manual"}, {}),
        ({"marketplace": "none"}, {"multi_vendor": True, "capture": "auto"}, {}),
    ],
    ids=["currency", "too little", "too much", "a part too little", "vendors paid later", "vendors"],
)
def test_what_the_manifest_does_not_take_is_neither_offered_nor_begun(
    world: World, takes: dict[str, Any], order: dict[str, Any] | None, start: dict[str, Any]
) -> None:
    """What `GET /methods` says is what a START says (IS-5), before anything is recorded or sent."""
    methods = can(**takes) if "amounts" in takes else can()
    psp = using(world, TalkingPsp(methods=methods, marketplace=takes.get("marketplace", "carve")))
    world.created(**order or {})
    before = world.everything()
    (card,) = [each for each in world.call("list_order_methods").json["items"] if each["method"] == "card"]
    assert card["applies"] is (order is None), card
    answer = world.call("start_payment", START | start)
    assert answer.refusal == (422, "capability_not_supported")
    assert world.everything() == before
    assert psp.requests == []


@pytest.mark.parametrize("amount", [1000, 4999])
def test_the_least_and_the_greatest_amount_are_taken(world: World, amount: int) -> None:
    using(world, TalkingPsp(methods=can(amounts={"EUR": (1000, 4999)})))
    world.created(amount=amount)
    assert world.call("start_payment", START).status == 201


# The shopper's return.


@pytest.fixture
def redirecting(world: World) -> TalkingPsp:
    psp: TalkingPsp = using(world, TalkingPsp(methods=can(redirect="after")))
    world.created(return_urls={"success": "https://shop.example.com/thanks"})
    world.started(S.AWAITING_SHOPPER)
    return psp


def test_what_the_shopper_brings_back_goes_to_the_connector(world: World, redirecting: TalkingPsp) -> None:
    redirecting.after = [fact(PAYMENT_ID, AUTHORIZE)]
    answer = world.call("return_shopper", query={"redirectResult": "abc"})
    assert answer.status == 303
    (back,) = redirecting.back
    assert back is not None
    assert back.query == {"redirectResult": "abc"}
    assert world.order().status == "AUTHORIZED"
    assert not [what for what, *_ in redirecting.calls if what == "ask"]


def test_a_second_page_replaces_the_first_and_is_an_event(world: World, redirecting: TalkingPsp) -> None:
    page = Action(kind="redirect", url="https://psp.example.com/challenge")
    redirecting.after = [replace(fact(PAYMENT_ID, AUTHORIZE, S.AWAITING_SHOPPER), action=page)]
    assert world.call("get_payment").json["redirect"]["url"] == PAGE
    answer = world.call("return_shopper")
    assert (answer.status, answer.headers["location"]) == (303, page.url)
    assert world.call("get_payment").json["redirect"]["url"] == page.url
    assert "payment_noted" in json.dumps(world.call("get_history").json)
    version = world.order().version
    world.call("return_shopper")
    assert world.order().version == version, "the same page again is no news"


def test_a_page_that_wants_a_post_is_a_form_that_needs_no_script(world: World, redirecting: TalkingPsp) -> None:
    page = Action(kind="post", url="https://psp.example.com/acs", data={"creq": 'a"b'})
    redirecting.after = [replace(fact(PAYMENT_ID, AUTHORIZE, S.AWAITING_SHOPPER), action=page)]
    answer = world.call("return_shopper")
    assert answer.status == 200
    assert '<form method="post" action="https://psp.example.com/acs">' in answer.text
    assert 'name="creq" value="a&quot;b"' in answer.text
    assert "<script" not in answer.text


def test_a_connector_that_fails_on_the_way_back_makes_us_ask(world: World, redirecting: TalkingPsp) -> None:
    redirecting.proceed = None  # type: ignore[method-assign,assignment]
    redirecting.known = [fact(PAYMENT_ID, AUTHORIZE)]
    assert world.call("return_shopper").status == 303
    assert world.order().status == "AUTHORIZED"


# Notifications.


def told(world: World, **changes: Any) -> Any:
    return world.call("receive_psp_notification", "id=7", token=None, **changes)


@pytest.fixture
def speaking(world: World, monkeypatch: pytest.MonkeyPatch) -> tuple[TalkingPsp, str]:
    psp: TalkingPsp = using(world, TalkingPsp(ack=(200, "[accepted]")))
    world.created()
    world.started(S.PENDING)
    return psp, make_queue(monkeypatch, "PSP_NOTIFICATIONS_QUEUE_URL")


def apply(queue: str) -> dict[str, Any]:
    event = sample("apply_psp_notification")
    (message,) = messages(queue)
    event["Records"][0]["body"] = json.dumps(message)
    return invoke("apply_psp_notification", event)


def test_one_that_says_only_that_something_happened_makes_us_ask(
    world: World, speaking: tuple[TalkingPsp, str]
) -> None:
    psp, queue = speaking
    psp.news = [Look(case=PAYMENT_ID)]
    psp.known = [fact(PAYMENT_ID, AUTHORIZE)]
    answer = told(world, query={"id": "7"}, headers={"X-Signature": "s"})
    assert (answer.status, answer.text) == (200, "[accepted]"), "the PSP wants its own text"
    (sent,) = psp.sent
    assert (sent.query, sent.headers["x-signature"], sent.body) == ({"id": "7"}, "s", b"id=7")
    assert apply(queue) == {"batchItemFailures": []}
    assert world.order().status == "AUTHORIZED"


def test_one_that_cannot_be_asked_about_is_kept_until_it_can(world: World, speaking: tuple[TalkingPsp, str]) -> None:
    psp, queue = speaking
    psp.news, psp.known = [Look(case=PAYMENT_ID)], None
    told(world)
    apply(queue)
    assert world.order().payments[0].pending
    psp.known = [fact(PAYMENT_ID, AUTHORIZE)]
    world.passes(timedelta(minutes=1))
    invoke("sweep_due", {})
    assert world.order().status == "AUTHORIZED"
    assert not [item for item in world.everything() if item["sk"]["S"] == "PARKED"]


def test_a_connector_that_fails_at_the_door_loses_nothing(world: World, speaking: tuple[TalkingPsp, str]) -> None:
    psp, queue = speaking
    psp.news = KeyError("id")
    assert told(world).refusal == (500, "internal_error")
    assert messages(queue) == []


def test_one_about_nothing_of_ours_is_acknowledged_and_not_queued(
    world: World, speaking: tuple[TalkingPsp, str]
) -> None:
    psp, queue = speaking
    psp.news = []
    assert told(world).status == 200
    assert messages(queue) == []


def test_one_about_an_instrument_is_not_kept_for_an_order(world: World, speaking: tuple[TalkingPsp, str]) -> None:
    """The sweep asks about instruments that are not confirmed yet."""
    psp, queue = speaking
    token = new_token("shp_1", NOON)
    psp.news = [Look(case=token), Fact(case=token, kind=Kind.SETUP, op=token, outcome=Outcome.SUCCEEDED)]
    told(world)
    apply(queue)
    assert not [item for item in world.everything() if item["sk"]["S"] == "PARKED"]


def test_a_webhook_that_comes_first_can_say_that_the_money_was_taken(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    psp = using(world, TalkingPsp())
    world.created(capture="auto")
    world.started(S.PENDING)
    queue = make_queue(monkeypatch, "PSP_NOTIFICATIONS_QUEUE_URL")
    psp.news = [replace(fact(PAYMENT_ID, AUTHORIZE), op=None, captured=4999)]
    told(world)
    apply(queue)
    assert world.order().payments[0].status == "CAPTURED"


# What cannot be done is refused before it is recorded.


@pytest.mark.parametrize(
    ("limits", "call", "body", "pointers"),
    [
        ({"captures": "none"}, "capture_payment", {}, []),
        ({"captures": "whole"}, "capture_payment", {"amount": 1000}, ["/amount"]),
        ({"captures": "one"}, "capture_payment", {"amount": 1000, "final": False}, ["/final"]),
        ({"captures": "one"}, "capture_payment", {"amount": 1000}, ["/final"]),
        ({"cancels": "none"}, "cancel_payment", {}, []),
        ({"cancels": "whole"}, "cancel_payment", {"amount": 1000}, ["/amount"]),
    ],
)
def test_a_part_that_the_psp_cannot_do_is_refused_and_not_recorded(
    world: World, limits: dict[str, Any], call: str, body: dict[str, Any], pointers: list[str]
) -> None:
    using(world, ScriptedPsp(manifest=manifest(methods=can(**limits))))
    world.paid()
    before = world.everything()
    answer = world.call(call, body)
    assert (answer.refusal, answer.pointers) == ((422, "capability_not_supported"), pointers)
    assert world.everything() == before


@pytest.mark.parametrize(("refunds", "pointers"), [("none", []), ("whole", ["/amount"])])
def test_a_refund_that_the_psp_cannot_do_is_refused(world: World, refunds: str, pointers: list[str]) -> None:
    using(world, ScriptedPsp(manifest=manifest(methods=can(refunds=refunds))))
    world.paid()
    world.call("capture_payment", {})
    before = world.everything()
    answer = world.call("refund_payment", {"amount": 1000})
    assert (answer.refusal, answer.pointers) == ((422, "capability_not_supported"), pointers)
    assert world.call("refund_order", {"amount": 1000}).refusal == (422, "capability_not_supported")
    assert world.everything() == before
    assert ("refund" in world.call("get_payment").json["allowed_operations"]) == (refunds == "whole")


def test_where_a_psp_captures_once_the_rest_is_released(world: World) -> None:
    using(world, ScriptedPsp(manifest=manifest(methods=can(captures="one", cancels="whole"))))
    world.paid()
    payment = world.call("capture_payment", {"amount": 1000, "final": True}).json
    assert (payment["status"], payment["amounts"]["captured"], payment["amounts"]["cancelled"]) == (
        "CAPTURED",
        1000,
        3999,
    )


def test_a_part_is_cancelled_by_capturing_less(world: World) -> None:
    psp = using(world, ScriptedPsp(manifest=manifest(methods=can(captures="one", cancels="by_capture"))))
    world.paid()
    payment = world.call("cancel_payment", {"amount": 1000}).json
    assert (payment["status"], payment["amounts"]["cancelled"]) == ("AUTHORIZED", 1000)
    assert "cancel" not in [what for what, *_ in psp.calls], "the PSP learns of it by the capture"
    payment = world.call("capture_payment", {}).json
    assert (payment["status"], payment["amounts"]["captured"]) == ("CAPTURED", 3999)
    assert psp.calls[-1][0] == "capture"
    assert psp.calls[-1][2] == 3999


def test_a_hold_that_runs_out_after_a_part_was_cancelled_ends_the_payment(world: World) -> None:
    """The PSP was not told of the part, and gives back all that it held."""
    psp = using(world, ScriptedPsp(manifest=manifest(methods=can(captures="one", cancels="by_capture"))))
    world.paid()
    world.call("cancel_payment", {"amount": 1000})
    lapse = Fact(case=PAYMENT_ID, kind=Kind.CANCEL, outcome=Outcome.SUCCEEDED, amount=4999, reference="r1", lapsed=True)
    psp.known = [fact(PAYMENT_ID, AUTHORIZE), lapse]
    payment = world.call("sync_payment").json
    assert (payment["amounts"]["cancelled"], payment["pending"]) == (4999, False)
    assert [each["amount"] for each in payment["operations"]] == [4999, 1000, 3999]


def test_methods_say_what_each_can_do(world: World) -> None:
    using(world, ScriptedPsp(manifest=manifest(methods=can(captures="one", cancels="by_capture", stores=True))))
    world.has_merchant(methods={"card": "sandbox"})
    world.created()
    methods = {each["method"]: each for each in world.call("list_order_methods").json["items"]}
    assert methods["wallet"]["can"] is None
    shown = methods["card"]["can"]
    assert (shown["captures"], shown["cancels"], shown["saves"], shown["capture"]) == (
        "one",
        "by_capture",
        True,
        ["auto", "manual"],
    )


def test_an_account_that_is_not_set_up_offers_nothing_of_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Never a 500: the method does not apply."""
    world.created()
    monkeypatch.setattr(world.system, "is_set_up", lambda *_, **__: False)
    assert world.call("start_payment", START).refusal == (422, "method_not_applicable")
    (card,) = [each for each in world.call("list_order_methods").json["items"] if each["method"] == "card"]
    assert card["reasons"] == ["sandbox is not set up: its credentials are missing"]


# Certainly not begun.


def test_a_start_that_was_certainly_not_begun_has_failed_and_nothing_is_asked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def connect() -> Line:
        raise NotSent("the PSP was out of reach a moment ago")

    def psp_of(name: str, merchant_id: str | None, _mode: object = None) -> Psp:
        return Psp(world.system, world.system.manifest(name), merchant_id, connect)

    world.created()
    monkeypatch.setattr(world.system, "psp", psp_of)
    payment = world.call("start_payment", START).json
    assert (payment["status"], payment["reason_code"], payment["pending"]) == ("FAILED", "TRY_AGAIN_LATER", False)
    assert world.psp.calls == []


# After the key window nothing is repeated.


def windowed(world: World, **fields: Any) -> ScriptedPsp:
    psp = using(world, ScriptedPsp(manifest=manifest(key_window=timedelta(hours=1), **fields)))
    assert isinstance(psp, ScriptedPsp)
    return psp


def captures(psp: ScriptedPsp) -> int:
    return [what for what, *_ in psp.calls].count("capture")


@pytest.mark.parametrize(
    ("after", "sent", "status"), [(timedelta(minutes=59), 2, "SUCCEEDED"), (timedelta(hours=1), 1, "FAILED")]
)
def test_a_capture_that_the_psp_does_not_have_is_repeated_within_the_window_only(
    world: World, after: timedelta, sent: int, status: str
) -> None:
    psp = windowed(world)
    world.paid()
    psp.says(S.UNKNOWN)
    world.call("capture_payment", {})
    world.passes(after)
    psp.known = [fact(PAYMENT_ID, AUTHORIZE)]
    payment = world.call("sync_payment").json
    assert (captures(psp), payment["operations"][1]["status"]) == (sent, status)
    assert payment["operations"][1]["reason_code"] == ("TRY_AGAIN_LATER" if status == "FAILED" else None)


# A PSP that cannot be asked.


@pytest.fixture
def mute(world: World, monkeypatch: pytest.MonkeyPatch) -> ScriptedPsp:
    """It can only be told again, and its answer to the START is lost."""
    monkeypatch.setenv("MERCHANT_SECRETS_KEY_ID", client("kms").create_key()["KeyMetadata"]["KeyId"])
    psp = windowed(world, ask="never")
    psp.known = None
    world.created()
    psp.says(S.UNKNOWN)
    world.call("start_payment", START | {"shopper_context": {"ip": "203.0.113.9"}})
    return psp


def kept(world: World) -> list[dict[str, Any]]:
    return [item for item in world.everything() if item["pk"]["S"].startswith("MEANS#")]


def test_a_psp_that_cannot_be_asked_is_told_again_with_the_same_key(world: World, mute: ScriptedPsp) -> None:
    (item,) = kept(world)
    assert "tok_visa" not in json.dumps(item, default=str), "sealed"
    assert "203.0.113.9" not in json.dumps(item, default=str)
    world.passes(timedelta(minutes=2))
    assert world.call("sync_payment").json["status"] == "AUTHORIZED"
    first, again = mute.requests
    assert (first.instrument, first.shopper, first.ops[0].id) == (again.instrument, again.shopper, again.ops[0].id)
    assert kept(world) == [], "erased once it is decided"


def test_after_the_window_it_is_not_told_again_and_nothing_is_guessed(world: World, mute: ScriptedPsp) -> None:
    world.passes(timedelta(hours=1))
    payment = world.call("sync_payment").json
    assert (payment["status"], payment["pending"], len(mute.requests)) == ("PROCESSING", True, 1)


def test_what_a_psp_can_be_asked_about_is_never_kept(world: World) -> None:
    """It would cost a call of KMS, whose key is not even there, and an item."""
    world.created()
    world.psp.says(S.UNKNOWN)
    assert world.call("start_payment", START).json["pending"] is True
    assert kept(world) == []


# An account that is debited.


@pytest.mark.parametrize(
    ("instrument", "pointer"),
    [
        ({"iban": "DE00120300000000202051", "holder": "Ada"}, "/instrument/iban"),
        ({"iban": "DE02120300000000202051"}, "/instrument"),
        ({"token": "tok", "iban": "DE02120300000000202051", "holder": "Ada"}, "/instrument"),
        ({}, "/instrument"),
    ],
)
def test_an_account_is_checked(world: World, instrument: dict[str, str], pointer: str) -> None:
    world.created()
    answer = world.call("start_payment", {"method": "direct_debit", "instrument": instrument})
    assert (answer.refusal, answer.pointers) == ((422, "invalid_request"), [pointer])


def test_an_account_goes_to_the_psp_and_stays_nowhere_else(world: World) -> None:
    debit = replace(CAN, inputs=frozenset({"iban"}), captures="none", cancels="none")
    psp = using(world, ScriptedPsp(manifest=manifest(methods={"direct_debit": debit, "card": CAN})))
    world.has_merchant(methods={"direct_debit": "sandbox", "card": "sandbox"})
    account = {"iban": "DE02 1203 0000 0000 2020 51", "holder": "Ada"}
    world.created()
    assert world.call("start_payment", START | {"instrument": account}).refusal == (422, "capability_not_supported")
    answer = world.call("start_payment", {"method": "direct_debit", "instrument": account})
    assert answer.status == 201
    assert psp.requests[0].instrument == {"iban": "DE02120300000000202051", "holder": "Ada"}
    assert "DE02120300000000202051" not in json.dumps(world.everything(), default=str)
