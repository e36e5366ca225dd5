"""This release goes on with the orders that the releases before it have left in the tables (GO-11)."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.functions.world import ORDER_KEY, PAYMENT_ID, World, invoke, sample
from tests.released.lives import LIVES, answers, put
from tests.released.test_forms import RELEASES, keeps, of

LEFT = [(release, life) for release in RELEASES for life in of(release)["lives"]]


@pytest.fixture
def left(world: World, release: Path, life: str) -> dict[str, Any]:
    """The tables as that release left them after that life, and what its API said then."""
    found: dict[str, Any] = of(release)["lives"][life]
    put(found["tables"])
    world.system.merchants.items._kept.clear()
    return found


@pytest.mark.parametrize(("release", "life"), LEFT, ids=str)
def test_the_api_says_of_an_old_order_what_it_said(world: World, left: dict[str, Any]) -> None:
    now = answers(world)
    assert keeps(now, left["answers"]), json.dumps(now)


@pytest.mark.parametrize(("release", "life"), LEFT, ids=str)
def test_an_old_order_can_be_finished(world: World, left: dict[str, Any], life: str) -> None:
    _, step = LIVES[life]
    before = world.order()
    if step is None:  # by time: its window ends, and the PSP is asked
        world.passes(before.expires_at - world.system.time)
        invoke("close_window", sample("close_window") | {"order_key": ORDER_KEY})
        assert world.order().version > before.version
        return
    operation, amount = step
    world.psp.says()
    path = {"order_key": ORDER_KEY}
    if operation == "start_payment":
        answer = world.call(operation, {"method": "card", "instrument": {"token": "tok_visa"}}, path=path, key="new-1")
        assert answer.status == 201, answer.text
    else:
        payment_id = list(before.payments)[-1].payment_id
        path |= {"payment_id": payment_id}
        answer = world.call(operation, {"amount": amount}, path=path, key="new-1")
        assert answer.status == 200, answer.text
    assert world.order().version > before.version


@pytest.mark.parametrize(("release", "life"), [each for each in LEFT if each[1] == "captured"], ids=str)
def test_a_call_of_before_is_not_made_again(world: World, left: dict[str, Any]) -> None:
    """Its idempotency key is an item like others."""
    path, key = {"payment_id": PAYMENT_ID}, "capture_payment-4999"
    answer = world.call("capture_payment", {"amount": 4999}, path=path, key=key)
    assert answer.status == 200, answer.text
    assert world.psp.calls == []
