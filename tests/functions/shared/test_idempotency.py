"""`Idempotency-Key` (GO-1): one call, however often it is said."""

from datetime import timedelta
from typing import Any

import pytest

from tests.functions.world import ORDER_KEY, PAYMENT_ID, World
from tillgate.domain.payments.operations import OperationStatus
from tillgate.store.shared.transactions import LostRace

S = OperationStatus
KEY = "IDEMPOTENCY#mer_1#k1"
CALLS: dict[str, tuple[Any, Any]] = {  # a body, and another
    "create_order": (None, {"order_reference": "A-2", "amount": 1, "currency": "EUR"}),
    "start_payment": ({"method": "card", "amount": 10}, {"method": "card", "amount": 11}),
    "capture_payment": ({"amount": 10}, {"amount": 11}),
    "cancel_payment": ({"amount": 10}, {}),
    "refund_payment": ({"amount": 10}, {"amount": 10, "reason": "x"}),
    "refund_order": ({"amount": 10}, {"amount": 11}),
    "update_order": ({"metadata": {"a": 1}}, {"metadata": {"a": 2}}),
}


def ready(world: World, name: str) -> None:
    """A world in which the call can be made."""
    if name != "create_order":
        world.created()
    if name not in ("create_order", "start_payment", "update_order"):
        world.started(amount=4000)
        world.call("capture_payment", {"amount": 1000})


@pytest.mark.parametrize("name", CALLS)
def test_said_again_it_is_answered_again(world: World, name: str) -> None:
    ready(world, name)
    first = world.call(name, CALLS[name][0], key="k1")
    assert first.status in (200, 201)
    assert "idempotent-replayed" not in first.headers
    stored, calls = world.everything(), list(world.psp.calls)
    world.passes(timedelta(minutes=5))
    again = world.call(name, CALLS[name][0], key="k1")
    assert (again.status, again.json) == (first.status, first.json)
    assert again.headers["idempotent-replayed"] == "true"
    assert (world.everything(), world.psp.calls) == (stored, calls)


@pytest.mark.parametrize(("name", "before"), [("withdraw_order", ()), ("cancel_order", (S.SUCCEEDED,))])
def test_an_ending_said_again(world: World, name: str, before: tuple[OperationStatus, ...]) -> None:
    """An order that has ended already changes no more; the repetition is told apart all the same."""
    world.created()
    if before:
        world.started(*before)
    first = world.call(name, key="k1")
    again = world.call(name, key="k1")
    assert (again.status, again.json, again.headers.get("idempotent-replayed")) == (200, first.json, "true")
    assert world.call(name).json == first.json
    assert world.call("update_order", {"amount": 1}, key="k1").refusal[0] in (409, 422)


def test_a_question_said_again(world: World) -> None:
    """Every POST takes a key: the PSP is not asked again, and the key is taken for other calls."""
    world.paid()
    first = world.call("sync_payment", key="k1")
    asked = list(world.psp.calls)
    again = world.call("sync_payment", key="k1")
    assert (again.status, again.json, again.headers.get("idempotent-replayed")) == (200, first.json, "true")
    assert world.psp.calls == asked
    assert world.call("capture_payment", {"amount": 1}, key="k1").refusal == (422, "idempotency_key_reused")
    assert world.call("capture_payment", {"amount": 1}, key="k2").status == 200
    assert world.call("sync_payment", key="k2").refusal == (422, "idempotency_key_reused")


def test_a_change_to_what_is_so_already_is_not_made_later(world: World) -> None:
    """Another call has changed the amount meanwhile: the repetition must not change it back."""
    world.created()
    first = world.call("update_order", {"amount": 4999}, key="k1")
    world.call("update_order", {"amount": 6000}, key="k2")
    again = world.call("update_order", {"amount": 4999}, key="k1")
    assert (again.json, again.headers.get("idempotent-replayed")) == (first.json, "true")
    assert world.order().amount == 6000


@pytest.mark.parametrize("name", CALLS)
def test_another_body_is_refused(world: World, name: str) -> None:
    ready(world, name)
    assert world.call(name, CALLS[name][0], key="k1").status in (200, 201)
    stored, calls = world.everything(), list(world.psp.calls)
    assert world.call(name, CALLS[name][1], key="k1").refusal == (422, "idempotency_key_reused")
    assert (world.everything(), world.psp.calls) == (stored, calls)


def test_a_body_that_means_the_same_is_the_same(world: World) -> None:
    world.call("create_order_form", function="create_order", key="k1")
    body = {
        "metadata": {"channel": "web"},
        "currency": "EUR",
        "amount": 4999,
        "order_reference": "A-1001",
        "return_urls": {"success": "https://shop.example.com/thanks"},
    }
    assert world.call("create_order", body, key="k1").headers["idempotent-replayed"] == "true"


def test_a_key_is_of_one_path(world: World) -> None:
    world.paid()
    assert world.call("capture_payment", {"amount": 10}, key="k1").status == 200
    assert world.call("cancel_payment", {"amount": 10}, key="k1").refusal == (422, "idempotency_key_reused")


def test_a_key_is_of_one_merchant(world: World) -> None:
    world.has_merchant("mer_2")
    assert world.call("create_order", key="k1").status == 201
    answer = world.call("create_order", key="k1", token=world.token("mer_2"))
    assert (answer.status, "idempotent-replayed" in answer.headers) == (201, False)


def test_the_key_is_stored_with_the_change_and_the_answer_is_not(world: World) -> None:
    """What an order's call is answered with is made again from its history: no copy of it, and none of personal data
    (GO-7)."""
    answer = world.call("create_order", key="k1")
    item = world.item(KEY, "IDEMPOTENCY") or {}
    assert (item["order_key"], "status" in item, "body" in item) == ({"S": ORDER_KEY}, False, False)
    world.call("update_order", {"amount": 6000})
    assert world.call("create_order", key="k1").json == answer.json
    assert int(item["expires_epoch"]["N"]) == int((world.system.time + timedelta(days=31)).timestamp())


def dies(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The function that captures dies while the PSP works."""

    def die(*_: object) -> None:
        raise SystemExit

    monkeypatch.setattr(world.psp, "perform", die)
    with pytest.raises(SystemExit):
        world.call("capture_payment", {"amount": 10}, key="k1")
    monkeypatch.undo()


def test_while_it_runs_a_repetition_is_409(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.paid()
    with monkeypatch.context() as patch:
        dies(world, patch)
    world.passes(timedelta(seconds=59))
    answer = world.call("capture_payment", {"amount": 10}, key="k1")
    assert answer.refusal == (409, "concurrent_request")
    assert answer.headers["retry-after"] == "1"
    assert world.call("capture_payment", {"amount": 11}, key="k1").refusal == (422, "idempotency_key_reused")


def test_after_60_seconds_a_dead_call_is_answered_with_the_present_state(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GO-4: a crash leaves no key stuck."""
    world.paid()
    with monkeypatch.context() as patch:
        dies(world, patch)
    world.passes(timedelta(seconds=60))
    answer = world.call("capture_payment", {"amount": 10}, key="k1")
    assert (answer.status, answer.headers["idempotent-replayed"]) == (200, "true")
    assert (answer.json["payment_id"], answer.json["pending"]) == (PAYMENT_ID, True)
    assert [what for what, *_ in world.psp.calls] == ["authorize"]


def test_a_start_that_died_is_told_by_its_payment(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.created()

    def die(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(world.psp, "start", die)
        with pytest.raises(SystemExit):
            world.call("start_payment", key="k1")
    world.passes(timedelta(seconds=60))
    answer = world.call("start_payment", key="k1")
    assert (answer.status, answer.json["payment_id"], answer.json["status"]) == (201, PAYMENT_ID, "PROCESSING")
    assert len(world.order().payments) == 1


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("create_order", {"order_reference": "A-1001", "amount": 1, "currency": "EUR"}),
        ("capture_payment", {"amount": 5000}),
        ("capture_payment", {"amount": 0}),
        ("refund_payment", {"amount": 1}),
        ("withdraw_order", None),
        ("start_payment", {"method": "card"}),
    ],
)
def test_a_refused_call_leaves_no_key(paid: World, name: str, body: object) -> None:
    before = paid.everything()
    assert paid.call(name, body, key="k1").status in (409, 422)
    assert paid.everything() == before


def test_a_repetition_is_answered_though_the_call_could_not_be_made_any_more(world: World) -> None:
    world.paid()
    first = world.call("capture_payment", {}, key="k1")
    again = world.call("capture_payment", {}, key="k1")  # nothing is held any more
    assert (again.json, again.headers["idempotent-replayed"]) == (first.json, "true")


def test_a_start_that_ended_an_earlier_one_is_not_made_twice(world: World) -> None:
    world.created()
    world.started(S.AWAITING_SHOPPER)
    world.psp.says(S.SUCCEEDED, S.AWAITING_SHOPPER)  # the close, the new one
    first = world.call("start_payment", key="k1")
    calls = list(world.psp.calls)
    again = world.call("start_payment", key="k1")
    assert (again.status, again.json, again.headers["idempotent-replayed"]) == (201, first.json, "true")
    assert world.psp.calls == calls


def test_a_key_on_a_call_that_lost_a_race_is_still_taken_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.paid()
    save, lost = world.system.orders.save, [LostRace(), LostRace()]

    def lose_twice(*given: Any, **named: Any) -> Any:
        if lost:
            raise lost.pop()
        return save(*given, **named)

    monkeypatch.setattr(world.system.orders, "save", lose_twice)
    first = world.call("capture_payment", {"amount": 10}, key="k1")
    assert first.status == 200
    again = world.call("capture_payment", {"amount": 10}, key="k1")
    assert (again.json, again.headers["idempotent-replayed"]) == (first.json, "true")
    assert world.order().payments[0].captured == 10


def test_a_call_that_loses_every_race_leaves_no_key(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.paid()
    before = world.everything()

    def lose(*_: Any, **__: Any) -> Any:
        raise LostRace

    with monkeypatch.context() as patch:
        patch.setattr(world.system.orders, "save", lose)
        answer = world.call("capture_payment", {"amount": 10}, key="k1")
        assert answer.refusal == (409, "concurrent_request")
    assert world.everything() == before
    assert world.call("capture_payment", {"amount": 10}, key="k1").status == 200


def test_an_expired_key_is_free_again(world: World) -> None:
    """Deletion by the table may be late."""
    world.call("create_order", key="k1")
    world.passes(timedelta(days=31, seconds=1))
    body = {"order_reference": "A-2", "amount": 1, "currency": "EUR"}
    answer = world.call("create_order", body, key="k1")
    assert (answer.status, answer.json["order_reference"]) == (201, "A-2")
