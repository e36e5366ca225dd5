"""The step of the unwinding's state machine: called until an order is over, and again after a redrive (IS-9)."""

from datetime import timedelta
from typing import Any

import pytest

from functions.orders.forward_changes import app as stream
from tests.functions.scripted_psp import fact
from tests.functions.world import ORDER_KEY, PAYMENT_ID, World, invoke, sample
from tillgate.domain.payments.operations import OperationStatus
from tillgate.runtime import executions

S = OperationStatus
CANCEL = f"{PAYMENT_ID}_2"


def step(redriven_at: str = "") -> dict[str, Any]:
    return invoke("unwind_order", sample("unwind_order") | {"redriven_at": redriven_at})


def cancelled(world: World, answer: OperationStatus) -> None:
    """An order whose cancel was answered so."""
    world.paid()
    world.psp.says(answer)
    status = 202 if answer.at_psp else 200
    assert world.call("cancel_order").status == status


def cancels(world: World) -> list[str]:
    return [operation for what, operation, _ in world.psp.calls if what == "cancel"]


def test_a_pending_ending_is_asked_for_until_it_is_over(world: World) -> None:
    cancelled(world, S.PENDING)
    world.psp.known = [fact(PAYMENT_ID, CANCEL, S.PENDING)]
    waits = []
    for _ in range(2):
        answer = step()
        assert (answer["go_on"], answer["status"]) == (True, "AUTHORIZED")
        waits.append(answer["due_at"])
        world.passes(timedelta(minutes=6))
    assert waits == ["2030-01-01T12:01:00Z", "2030-01-01T12:11:00Z"]
    world.psp.known = [fact(PAYMENT_ID, CANCEL)]
    assert step()["status"] == "CANCELLED"
    assert step()["go_on"] is False
    assert cancels(world) == [CANCEL]


def test_what_takes_longer_than_an_hour_is_left_to_the_sweep(world: World) -> None:
    """Few transitions: the PSP cannot be reached, the gaps grow, and the execution ends."""
    cancelled(world, S.UNKNOWN)
    world.psp.known = None
    calls = 0
    while (answer := step())["go_on"]:
        calls += 1
        world.system.time = max(world.system.time, world.system.time.fromisoformat(answer["due_at"]))
    assert calls <= 5
    world.psp.known = [fact(PAYMENT_ID, CANCEL)]
    world.passes(timedelta(hours=2))
    invoke("sweep_due", {})
    assert world.order().status == "CANCELLED"


def test_what_cannot_be_given_back_fails_the_execution_and_a_redrive_tries_again(world: World) -> None:
    cancelled(world, S.FAILED)
    assert world.order().status == "MANUAL_INTERVENTION_NEEDED"
    for _ in range(2):
        assert "CANCEL_FAILED" in step()["stuck"]
    assert cancels(world) == [CANCEL], "nothing is tried again by itself"
    world.passes(timedelta(hours=5))
    redriven_at = world.system.time.isoformat()
    world.passes(timedelta(seconds=1))
    world.psp.says(S.FAILED)
    for _ in range(2):  # the task may run twice for one redrive
        assert step(redriven_at)["stuck"]
    assert cancels(world) == [CANCEL, f"{PAYMENT_ID}_3"]
    world.passes(timedelta(hours=1))
    redriven_at = world.system.time.isoformat()
    world.psp.says(S.PENDING)
    world.psp.known = [fact(PAYMENT_ID, f"{PAYMENT_ID}_4", S.PENDING)]
    assert step(redriven_at)["go_on"] is True
    world.psp.known = [fact(PAYMENT_ID, f"{PAYMENT_ID}_4")]
    world.passes(timedelta(minutes=1))
    assert step(redriven_at)["status"] == "CANCELLED"
    assert cancels(world) == [CANCEL, f"{PAYMENT_ID}_3", f"{PAYMENT_ID}_4"]
    assert world.order().payments[0].cancelled == 4999


def test_an_operator_retries_with_a_name_and_a_reason(world: World) -> None:
    cancelled(world, S.FAILED)
    call = sample("admin_resolve_retry") | {"order_key": ORDER_KEY}
    answer = invoke("admin", call)
    assert (answer["status"], answer["troubles"]) == ("CANCELLED", [])
    history = world.call("get_history").json["items"]
    retried = next(item for item in history if item["type"] == "ending_retried")
    assert (retried["actor"], retried["cause"]) == ("operator", "Ada: the PSP has lifted its block")
    assert "refused" in invoke("admin", call)["error"]
    assert "one of" in invoke("admin", call | {"end_as": "CANCELLED"})["error"]
    assert "pass who" in invoke("admin", call | {"by": " "})["error"]


def test_the_stream_starts_an_execution_only_where_the_call_did_not_finish(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[dict[str, Any]] = []

    class StepFunctions:
        def start_execution(self, **call: Any) -> None:
            started.append(call)

    monkeypatch.setattr(executions, "client", lambda _: StepFunctions())
    monkeypatch.setattr(stream, "_announce", lambda _: None)
    world.paid()
    before = world.item(ORDER_KEY, "ORDER")
    world.psp.says(S.UNKNOWN)
    world.call("cancel_order")
    waiting = world.item(ORDER_KEY, "ORDER")
    world.psp.known = [fact(PAYMENT_ID, CANCEL)]
    world.passes(timedelta(minutes=1))
    step()
    after = world.item(ORDER_KEY, "ORDER")
    assert before
    assert waiting
    assert after
    for old, new in ((before, waiting), (waiting, waiting), (waiting, after)):
        stream.forward({"dynamodb": {"OldImage": old, "NewImage": new}})
    (call,) = started
    assert call["stateMachineArn"].endswith("unwind")
    assert call["name"] == f"{ORDER_KEY}-unwind-20300101T120000"
    assert call["input"] == f'{{"order_key": "{ORDER_KEY}", "due_at": "2030-01-01T12:01:00Z"}}'
    assert ("unwinding" in waiting, "unwinding" in after) == (True, False)
