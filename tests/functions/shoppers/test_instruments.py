"""Saved instruments: stored alone and with a payment, listed, paid with, recurring, deleted (RG-4, RG-5)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.payments.menu.pages import actions
from functions.payments.menu.pages.languages import Wishes
from tests.functions.scripted_psp import CAN, KeepingPsp, card, fact
from tests.functions.world import MENU_KEY, ORDER_KEY, Answer, World, invoke, sample
from tillgate.connectors.v1 import Action, Case, Fact, Kind, Op, Outcome, Sent
from tillgate.domain.payments.operations import OperationStatus
from tillgate.runtime.aws import client

S = OperationStatus
CARD = {"method": "card", "instrument": {"token": "tok_visa"}}


@pytest.fixture
def psp(world: World) -> KeepingPsp:
    """A PSP that keeps instruments, in the place of the one that does not."""
    world.psp = world.system.connectors["sandbox"] = psp = KeepingPsp()
    return psp


@pytest.fixture
def shopper(world: World) -> str:
    return str(world.call("create_shopper").json["shopper_key"])


def save(world: World, shopper_key: str, body: dict[str, Any] | None = None, **changes: Any) -> Answer:
    return world.call("save_instrument", CARD | {"shopper_key": shopper_key} | (body or {}), **changes)


def saved(world: World, shopper_key: str) -> str:
    answer = save(world, shopper_key)
    assert answer.status == 201, answer.text
    return str(answer.json["token"])


def listed(world: World, shopper_key: str, **changes: Any) -> Any:
    answer = world.call("list_instruments", path={"shopper_key": shopper_key}, **changes)
    assert answer.status == 200, answer.text
    return answer.json["items"]


def delete(world: World, instrument: str, **changes: Any) -> Answer:
    return world.call("delete_instrument", path={"token": instrument}, **changes)


def start(world: World, **fields: Any) -> Answer:
    return world.call("start_payment", CARD | fields)


def pay_with(world: World, token: str, **fields: Any) -> Answer:
    return start(world, instrument={"token": token}, **fields)


def told_with(told: Fact, psp: KeepingPsp, saves_as: str | None) -> Fact:
    """The fact, and the instrument that the PSP has stored with it."""
    return replace(told, instrument=psp.stores(saves_as, told))


def sweep(world: World) -> None:
    world.passes(timedelta(minutes=2))
    invoke("sweep_due", {})


def promised(world: World) -> list[str]:
    return [item["pk"]["S"] for item in world.everything() if item["sk"]["S"] == "SETTLING"]


def on_menu(world: World) -> list[str]:
    sheet = actions.opened(world.system, ORDER_KEY, MENU_KEY, Wishes("en"), None)
    return [str(card.expires) for card in sheet.cards]


def test_a_card_saved_three_times_is_offered_once_with_its_newest_expiry(
    world: World, psp: KeepingPsp, shopper: str
) -> None:
    """By the PSP's fingerprint; every token still pays, as the merchant may hold it."""
    tokens = []
    for number, (fingerprint, expires) in enumerate(
        [("fp_1", "2031-01"), ("fp_2", "2035-05"), ("fp_1", "2033-03"), ("fp_1", "2032-02"), ("", "2036-06")]
    ):
        world.passes(timedelta(seconds=1))
        psp.next_card = replace(card(number), expires=expires, fingerprint=fingerprint)
        tokens.append(saved(world, shopper))
    world.created(shopper_key=shopper, saved_instruments=True)
    assert on_menu(world) == ["06/36", "03/33", "05/35"]
    assert [each["token"] for each in listed(world, shopper)] == tokens[::-1]
    assert [each.get("fingerprint") for each in listed(world, shopper)] == [None, "fp_1", "fp_1", "fp_2", "fp_1"]
    assert pay_with(world, tokens[0]).status == 201


# Alone.


def test_an_instrument_is_saved_alone_and_listed(world: World, psp: KeepingPsp, shopper: str) -> None:
    """RG-5."""
    answer = save(world, shopper)
    assert answer.status == 201
    token = answer.json["token"]
    assert answer.json == {
        "token": token,
        "shopper_key": shopper,
        "method": "card",
        "connector": "sandbox",
        "status": "ACTIVE",
        "brand": "visa",
        "last4": "4242",
        "expires": "2039-12",
        "recurring": True,
        "created_at": "2030-01-01T12:00:00.000Z",
    }
    assert listed(world, shopper) == [answer.json]
    assert psp.calls_about == [("store", token)]
    assert promised(world) == []


def test_the_psps_token_is_told_to_nobody(world: World, psp: KeepingPsp, shopper: str) -> None:
    answer = save(world, shopper, key="k1")
    assert "card_1" not in answer.text + world.call("list_instruments", path={"shopper_key": shopper}).text


def test_the_list_is_paged_newest_first(world: World, psp: KeepingPsp, shopper: str) -> None:
    tokens: list[str] = []
    for _ in range(5):
        tokens.insert(0, saved(world, shopper))
        world.passes(timedelta(seconds=1))
    found, cursor = [], None
    for _ in range(3):
        query = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = world.call("list_instruments", path={"shopper_key": shopper}, query=query).json
        found += [each["token"] for each in page["items"]]
        cursor = page["next_cursor"]
    assert (found, cursor) == (tokens, None)


def test_the_same_key_saves_it_once(world: World, psp: KeepingPsp, shopper: str) -> None:
    first = save(world, shopper, key="k1")
    again = save(world, shopper, key="k1")
    assert (again.status, again.json, again.headers["idempotent-replayed"]) == (201, first.json, "true")
    other = world.call("save_instrument", CARD | {"shopper_key": shopper, "instrument": {"token": "x"}}, key="k1")
    assert other.refusal == (422, "idempotency_key_reused")
    assert len(listed(world, shopper)) == 1


def test_no_digit_outlives_its_erasure_in_the_kept_answer(world: World, psp: KeepingPsp, shopper: str) -> None:
    """GO-7."""
    save(world, shopper, key="k1")
    assert not any("4242" in str(item) for item in world.everything())


def test_what_the_psp_refuses_is_not_saved_and_leaves_no_key(world: World, psp: KeepingPsp, shopper: str) -> None:
    psp.refuses = True
    refused = save(world, shopper, key="k1")
    assert (refused.refusal, refused.pointers) == ((422, "instrument_refused"), ["/instrument/token"])
    assert (listed(world, shopper), promised(world)) == ([], [])
    psp.refuses = False
    assert save(world, shopper, key="k1").status == 201


def test_an_answer_that_was_lost_is_asked_for(world: World, psp: KeepingPsp, shopper: str) -> None:
    psp.is_silent = True
    pending = save(world, shopper).json
    assert (pending["status"], pending["last4"]) == ("PENDING", None)
    world.created(shopper_key=shopper)
    assert pay_with(world, pending["token"]).refusal == (409, "operation_not_allowed")
    sweep(world)
    assert listed(world, shopper)[0]["status"] == "PENDING"
    psp.is_silent = False
    sweep(world)
    assert [(each["status"], each["last4"]) for each in listed(world, shopper)] == [("ACTIVE", "4242")]
    assert promised(world) == []


def test_a_registration_that_never_arrived_is_gone_at_both_ends(world: World, psp: KeepingPsp, shopper: str) -> None:
    psp.is_deaf = psp.is_silent = True
    save(world, shopper)
    psp.is_deaf = psp.is_silent = False
    sweep(world)
    sweep(world)
    assert (listed(world, shopper), promised(world)) == ([], [])
    assert psp.calls_about[-1][0] == "delete"  # so that the lost request stores nothing, should it still come


def test_a_shopper_who_is_not_there_has_no_instruments(world: World, psp: KeepingPsp, shopper: str) -> None:
    world.has_merchant("mer_2")
    nobody = save(world, "shp_00000000000000000000000009")
    assert (nobody.refusal, nobody.pointers) == ((422, "invalid_request"), ["/shopper_key"])
    strange = save(world, shopper, token=world.token("mer_2"))
    assert (strange.refusal, strange.pointers) == ((422, "invalid_request"), ["/shopper_key"])
    for path, token in ((shopper, world.token("mer_2")), ("shp_none", world.token())):
        answer = world.call("list_instruments", path={"shopper_key": path}, token=token)
        assert answer.refusal == (404, "not_found")
    assert psp.calls_about == []


# Deleted.


def test_a_deleted_instrument_is_gone_here_and_at_the_psp(world: World, psp: KeepingPsp, shopper: str) -> None:
    """RG-5."""
    token = saved(world, shopper)
    answer = delete(world, token)
    assert (answer.status, answer.text) == (204, "")
    assert (listed(world, shopper), psp.kept, promised(world)) == ([], {}, [])
    assert delete(world, token).refusal == (404, "not_found")


def test_the_psp_is_told_of_a_deletion_until_it_answers(world: World, psp: KeepingPsp, shopper: str) -> None:
    token = saved(world, shopper)
    psp.is_deaf = True
    assert delete(world, token).status == 204
    assert listed(world, shopper) == []
    sweep(world)
    assert (list(psp.kept), promised(world)) == ([token], [f"SETTLING#{token}"])
    psp.is_deaf = False
    world.passes(timedelta(minutes=10))
    sweep(world)
    assert (psp.kept, promised(world)) == ({}, [])


def test_another_merchants_instrument_is_not_found(world: World, psp: KeepingPsp, shopper: str) -> None:
    world.has_merchant("mer_2")
    token = saved(world, shopper)
    assert delete(world, token, token=world.token("mer_2")).refusal == (404, "not_found")
    assert delete(world, "tok_visa").refusal == (404, "not_found")
    assert len(listed(world, shopper)) == 1


# With a payment.


def test_it_is_saved_with_a_payment(world: World, psp: KeepingPsp, shopper: str) -> None:
    """RG-5."""
    world.created(shopper_key=shopper)
    payment = start(world, save_instrument=True).json
    assert payment["status"] == "AUTHORIZED"
    token = payment["instrument"]["token"]
    assert [each["token"] for each in listed(world, shopper)] == [token]
    read = world.call("get_payment").json
    assert read["instrument"] == {"token": token, "brand": "visa", "last4": "4242"}
    assert world.call("get_order").json["payments"][0]["instrument"] == read["instrument"]
    delete(world, token)
    assert world.call("get_payment").json["instrument"] == {"token": token, "brand": "visa", "last4": None}


@pytest.mark.parametrize("status", [S.FAILED, S.PENDING, S.UNKNOWN, S.AWAITING_SHOPPER])
def test_it_is_not_saved_before_it_is_authorized(
    world: World, psp: KeepingPsp, shopper: str, status: OperationStatus
) -> None:
    world.created(shopper_key=shopper)
    psp.says(status)
    assert "instrument" not in start(world, save_instrument=True).json
    assert listed(world, shopper) == []


@pytest.mark.parametrize("how", ["return_shopper", "sync_payment", "apply_psp_notification", "sweep_due"])
def test_it_is_saved_however_the_outcome_is_learned(world: World, psp: KeepingPsp, shopper: str, how: str) -> None:
    world.created(shopper_key=shopper)
    psp.says(S.AWAITING_SHOPPER if how == "return_shopper" else S.UNKNOWN)
    start(world, save_instrument=True)
    payment = world.order().payments[0]
    told = fact(payment.payment_id, payment.authorization.operation_id)
    psp.known = [told_with(told, psp, payment.saves_as)]
    if how == "apply_psp_notification":
        psp.says_in_notifications = psp.known
    world.passes(timedelta(minutes=2))
    for _ in range(2):  # a copy
        event = world.event(how) if how in ("return_shopper", "sync_payment") else sample(how)
        invoke(how, event)
    assert world.order().payments[0].instrument == payment.saves_as
    assert [each["token"] for each in listed(world, shopper)] == [payment.saves_as]


def of_shoppers(world: World) -> list[str]:
    """The sort keys of the shoppers table, but for the key of e-mail addresses."""
    return [item["sk"]["S"] for item in world.everything("ShoppersTable") if item["pk"]["S"] != "EMAIL_KEY"]


def test_an_erased_shoppers_instrument_is_deleted_at_the_psp(world: World, psp: KeepingPsp, shopper: str) -> None:
    """GO-7: erased while the payment was under way. The payment counts, nothing is kept for nobody."""
    world.created(shopper_key=shopper)
    psp.says(S.PENDING)
    start(world, save_instrument=True)
    payment = world.order().payments[0]
    for sk in ("PROFILE", f"USE#{world.order().order_key}"):
        key = {"pk": {"S": f"SHOPPER#mer_1#{shopper}"}, "sk": {"S": sk}}
        client("dynamodb").delete_item(TableName="ShoppersTable", Key=key)
    psp.known = [told_with(fact(payment.payment_id, payment.authorization.operation_id), psp, payment.saves_as)]
    answer = world.call("sync_payment").json
    assert (answer["status"], answer.get("instrument")) == ("AUTHORIZED", None)
    assert of_shoppers(world) == []
    sweep(world)
    assert (psp.kept, promised(world)) == ({}, [])


def test_all_of_an_erased_shoppers_instruments_go_at_both_ends(world: World, psp: KeepingPsp, shopper: str) -> None:
    """GO-7."""
    for _ in range(3):
        saved(world, shopper)
        world.passes(timedelta(seconds=1))
    assert world.call("erase_shopper", path={"shopper_key": shopper}).status == 204
    assert world.call("list_instruments", path={"shopper_key": shopper}).refusal == (404, "not_found")
    assert of_shoppers(world) == ["PROFILE"]  # that it was erased
    sweep(world)
    assert (psp.kept, promised(world)) == ({}, [])


# It pays.


def test_a_saved_instrument_pays(world: World, psp: KeepingPsp, shopper: str) -> None:
    """RG-5."""
    token = saved(world, shopper)
    world.created(shopper_key=shopper)
    payment = pay_with(world, token).json
    assert (payment["status"], payment["instrument"]["token"]) == ("AUTHORIZED", token)
    request = psp.requests[-1]
    assert (request.instrument, request.shopper["key"], request.recurring) == ({"token": "card_1"}, shopper, None)


def test_recurring_payments_are_begun_and_repeated(world: World, psp: KeepingPsp, shopper: str) -> None:
    """RG-4: an initial payment gives the id that the repeated ones name."""
    world.created(shopper_key=shopper)
    first = start(world, save_instrument=True, recurring=True).json
    assert first["recurring"] == "INITIAL"
    world.created(shopper_key=shopper, order_reference="A-1002")
    token = first["instrument"]["token"]
    body = CARD | {"instrument": {"token": token}, "recurring": True}
    answer = world.call("start_payment", body, path={"order_key": "ord_00000000000000000000000002"})
    assert (answer.json["status"], answer.json["recurring"]) == ("AUTHORIZED", "REPEATED")
    assert [each.recurring for each in psp.requests] == ["INITIAL", "REPEATED"]
    assert [(each.instrument or {})["token"] for each in psp.requests] == ["tok_visa", "card_1"]


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [({"save_instrument": True}, "/save_instrument"), ({"save_instrument": True, "recurring": True}, "/recurring")],
)
def test_a_connector_that_cannot_is_not_asked(world: World, shopper: str, fields: dict[str, Any], pointer: str) -> None:
    """RG-4, RG-5: refused where the connector keeps no instruments and has no recurring."""
    world.created(shopper_key=shopper)
    refused = start(world, **fields)
    assert (refused.refusal, refused.pointers) == ((422, "capability_not_supported"), [pointer])
    alone = save(world, shopper)
    assert (alone.refusal, alone.pointers) == ((422, "capability_not_supported"), ["/method"])
    assert (world.psp.calls, world.order().payments) == ([], ())


def test_a_connector_that_keeps_and_has_no_recurring(world: World, psp: KeepingPsp, shopper: str) -> None:
    """RG-4."""
    psp.can(methods={"card": replace(CAN, stores=True)})
    answer = save(world, shopper).json
    assert answer["recurring"] is False
    world.created(shopper_key=shopper)
    refused = pay_with(world, answer["token"], recurring=True)
    assert (refused.refusal, refused.pointers) == ((422, "capability_not_supported"), ["/recurring"])
    assert pay_with(world, answer["token"]).json["status"] == "AUTHORIZED"


@pytest.mark.parametrize(
    ("order", "fields", "pointer"),
    [
        ({}, {"save_instrument": True}, "/save_instrument"),
        ({}, {"recurring": True}, "/recurring"),
    ],
)
def test_what_makes_no_sense(
    world: World, psp: KeepingPsp, order: dict[str, Any], fields: dict[str, Any], pointer: str
) -> None:
    world.created(**order)
    answer = start(world, **fields)
    assert (answer.refusal, answer.pointers) == ((422, "invalid_request"), [pointer])


def test_a_token_pays_for_its_shopper_by_its_method_alone(world: World, psp: KeepingPsp, shopper: str) -> None:
    token = saved(world, shopper)
    other = str(world.call("create_shopper").json["shopper_key"])
    world.created(shopper_key=other)
    world.created(shopper_key=shopper, order_reference="A-1002")
    gone = saved(world, shopper)
    delete(world, gone)
    for number, body in (
        (1, {"instrument": {"token": token}}),
        (2, {"instrument": {"token": gone}}),
        (2, {"instrument": {"token": token}, "method": "bank_redirect"}),
        (2, {"instrument": {"token": token}, "save_instrument": True}),
    ):
        answer = world.call("start_payment", CARD | body, path={"order_key": f"ord_{number:026d}"})
        wanted = "/save_instrument" if "save_instrument" in body else "/instrument/token"
        assert (answer.refusal, answer.pointers) == ((422, "invalid_request"), [wanted])
    assert psp.calls == []


def test_another_merchants_token_does_not_pay(world: World, psp: KeepingPsp, shopper: str) -> None:
    token = saved(world, shopper)
    world.has_merchant("mer_2")
    stranger = world.token("mer_2")
    body = {"order_reference": "B-1", "amount": 1, "currency": "EUR"}
    key = world.call("create_order", body | {"shopper_key": shopper}, token=stranger)
    if key.status == 201:
        path = {"order_key": key.json["order_key"]}
        answer = world.call("start_payment", CARD | {"instrument": {"token": token}}, token=stranger, path=path)
        assert (answer.refusal, answer.pointers) == ((422, "invalid_request"), ["/instrument/token"])
    assert psp.calls == []


# Its bank asks the shopper first.


class AskingPsp(KeepingPsp):
    """Sends the shopper to a page before it stores a card."""

    def start(self, case: Case, op: Op) -> list[Fact]:
        if op.kind is not Kind.SETUP:
            return super().start(case, op)
        page = Action(kind="redirect", url="https://psp.example.com/confirm")
        return [Fact(case=case.id, kind=Kind.SETUP, op=op.id, outcome=Outcome.ACTION, action=page)]

    def proceed(self, case: Case, op: Op, back: Sent | None) -> list[Fact]:
        return super().start(case, op) if back and back.query.get("ok") else self.start(case, op)

    def ask(self, case: Case) -> list[Fact] | None:
        return super().ask(case) or self.start(case, case.ops[0])


@pytest.fixture
def asking(world: World, shopper: str) -> Answer:
    world.psp = world.system.connectors["sandbox"] = AskingPsp()
    return save(world, shopper, body={"return_url": "https://shop.example.com/cards"})


def back(world: World, answer: Answer, **query: str) -> Answer:
    path = {"payment_id": answer.json["token"]}
    return world.call("return_shopper", path=path, query={"merchant_id": "mer_1", **query})


def test_a_card_that_needs_the_shopper_is_saved_after_the_return(world: World, shopper: str, asking: Answer) -> None:
    """RG-5: POST /tokens answers where to go; the instrument is ACTIVE after the return."""
    assert (asking.status, asking.json["status"]) == (201, "PENDING")
    assert asking.json["redirect"]["url"] == "https://psp.example.com/confirm"
    assert back(world, asking, ok="1", merchant_id="mer_2").status == 404
    returned = back(world, asking, ok="1")
    assert (returned.status, returned.headers["location"]) == (303, "https://shop.example.com/cards")
    (kept,) = listed(world, shopper)
    assert (kept["status"], kept["last4"], "redirect" in kept) == ("ACTIVE", "4242", False)
    assert back(world, asking, ok="1").status == 303, "coming back twice changes nothing"


def test_one_that_the_shopper_leaves_is_gone_after_half_an_hour(world: World, shopper: str, asking: Answer) -> None:
    back(world, asking)
    assert [each["status"] for each in listed(world, shopper)] == ["PENDING"]
    sweep(world)
    assert [each["status"] for each in listed(world, shopper)] == ["PENDING"]
    world.passes(timedelta(minutes=31))
    for _ in range(2):  # removed here, then at the PSP
        sweep(world)
    assert (listed(world, shopper), promised(world)) == ([], [])
