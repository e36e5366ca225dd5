"""Crash anywhere while a person is paid out (ONE-3, RG-6): whatever dies, the person is paid once, and the merchant's
repeated call is answered.
"""

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from functions.sandbox_psp.sandbox import storage as psp_storage
from proofs.crash.cloud import Session
from proofs.crash.processes import forget
from proofs.crash.scenarios import answered_for_good, taken
from proofs.crash.wire import Fault
from proofs.crash.world import LAMBDA_ENDS, World, new_world
from tillgate.domain.payouts.payout import Payout
from tillgate.store.payouts.payouts import Payouts

ENDS = {
    "tok_visa": "PAID",
    "tok_timeout": "PAID",
    "tok_pending": "PAID",
    "tok_error": "FAILED",
    "tok_payout_fails": "FAILED",
    "tok_late_failure": "RETURNED",
}


def pay(world: World, token: str, amount: int = 2500) -> tuple[int, Any]:
    body = {"payout_reference": "P-1", "amount": amount, "currency": "EUR", "instrument": {"token": token}}
    return world.api("create_payout", body, key="payout")


def all_payouts(world: World) -> list[Payout]:
    store = Payouts(Session(world.cloud, None).create_client("dynamodb"), "orders")
    found = (store.load(pk) for pk, sk in world.cloud.tables.items["orders"] if sk == "PAYOUT")
    return [payout for payout in found if payout]


def flaws(world: World, status: str) -> list[str]:
    """What is wrong once all has come to rest, in words."""
    ours = all_payouts(world)
    if len(ours) != 1:
        return [f"there are {len(ours)} payouts"]
    theirs = [pk.removeprefix("PAYOUT#") for pk, sk in world.cloud.tables.items.get("psp", {}) if sk == "PAYOUT"]
    found = [] if theirs == [ours[0].payout_id] else [f"the PSP knows {theirs}"]
    found += [] if ours[0].status == status else [f"it is {ours[0].status}"]
    known = psp_storage.find_payout(ours[0].payout_id)
    succeeded = [one.amount for one in known.operations if one.status == "succeeded"] if known else []
    found += [] if succeeded == ([2500] if status == "PAID" else []) else [f"the PSP has paid {succeeded}"]
    return found + [f"{queue} holds messages" for queue, left in world.cloud.queues.items() if left]


def struck(token: str, plan: dict[int, Fault], at_once: bool) -> World:
    with new_world(plan) as world:
        world.wire.watched = True
        answer = pay(world, token)
        world.wire.watched = False
        forget()
        if at_once and not answered_for_good(answer):
            world.pass_time(LAMBDA_ENDS)
            answer = pay(world, token)
            assert taken(answer), (plan, answer)
        world.settle()
        if not answered_for_good(answer):
            world.pass_time(LAMBDA_ENDS)
            answer = pay(world, token)
        assert taken(answer), (plan, answer)
        world.settle(timedelta(hours=1))
        assert flaws(world, ENDS[token]) == [], plan
        return world


@pytest.mark.parametrize("token", ENDS)
def test_every_place(token: str, record_property: Callable[[str, object], None]) -> None:
    places = len(struck(token, {}, at_once=False).wire.places)
    assert places > 4
    for place, fault, at_once in product(range(places), Fault, (False, True)):
        struck(token, {place: fault}, at_once)
    record_property("crash", (f"create_payout: {token}", places, places * 8))


def test_a_reference_is_paid_once_at_every_place() -> None:
    """Between any two calls of the one, the same reference is paid out under another key."""
    place, more = 0, True
    while more:
        with new_world() as world:
            others: list[int] = []
            world.wire.meanwhile[place] = lambda: others.append(world.with_keys("o", lambda: pay(world, "tok_visa")[0]))  # noqa: B023
            world.wire.watched = True
            status, _ = pay(world, "tok_visa")
            world.wire.watched = False
            more = place < len(world.wire.places)
            world.settle()
            assert flaws(world, "PAID") == []
            assert sorted([status, *others]) == ([201, 409] if more else [201])
        place += 1


def test_what_the_psp_never_heard_of_is_sent_again_and_what_it_cannot_tell_is_asked_with_growing_gaps() -> None:
    with new_world() as world:
        world.psp_is_down = True
        status, answer = pay(world, "tok_visa")
        assert (status, answer["status"], answer["pending"]) == (201, "PROCESSING", True)
        world.settle(timedelta(hours=3))
        (payout,) = all_payouts(world)
        assert (payout.status, payout.checks) == ("PROCESSING", 4)
        world.psp_is_down = False
        world.settle(timedelta(hours=12))
        assert flaws(world, "PAID") == []
