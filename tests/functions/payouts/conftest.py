"""A PSP that pays persons, and a merchant's call that asks for it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from tests.functions.payouts.paying import GivingPsp
from tests.functions.world import Answer, World


@pytest.fixture
def psp(world: World) -> GivingPsp:
    giving = GivingPsp()
    world.system.connectors["sandbox"] = giving
    return giving


@pytest.fixture
def pay(world: World, psp: GivingPsp) -> Callable[..., Answer]:
    """POST /payouts, each with a reference of its own."""
    numbers = count(1)

    def call(amount: int, currency: str = "EUR", **more: Any) -> Answer:
        body = {"payout_reference": f"P-{next(numbers)}", "amount": amount, "currency": currency}
        return world.call("create_payout", body | {"instrument": {"token": "tok_visa"}}, **more)

    return call
