"""What state machines wait for is rounded up to a second: AWS cuts off the rest of a timestamp (EV-6, TH-3)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.marketplace.settle_split import app as settle_split
from functions.orders.unwind_order import app as unwind_order
from tests.functions.world import ORDER_KEY, World, invoke

AT = datetime(2030, 1, 1, 12, 0, 7, 1, tzinfo=UTC)


class AnySplit:
    order_key, split_id, status, is_unwinding = ORDER_KEY, "spl_1", "RUNNING", False


def unwinding(world: World, monkeypatch: pytest.MonkeyPatch) -> str:
    world.created()
    monkeypatch.setattr(unwind_order, "unwind_order", lambda *_: (world.order(), AT))
    return str(invoke("unwind_order", {"order_key": ORDER_KEY})["due_at"])


def settling(_: World, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(settle_split, "settle", lambda *_: (AnySplit, [0], AT))
    return str(invoke("settle_split", {"order_key": ORDER_KEY, "split_id": "spl_1"})["wait_until"])


@pytest.mark.parametrize("waits_until", [unwinding, settling])
def test_an_execution_does_not_go_on_before_its_instant(
    world: World, monkeypatch: pytest.MonkeyPatch, waits_until: Callable[..., str]
) -> None:
    on_aws: Any = datetime.fromisoformat(waits_until(world, monkeypatch)).replace(microsecond=0)
    assert timedelta(0) <= on_aws - AT < timedelta(seconds=1)
