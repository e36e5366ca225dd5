"""Crash anywhere during a payout to a person (ONE-3, RG-6): the person is always paid once, the merchant's repeated
call is answered, and the day's use is the sum paid out, within its limit.
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
from proofs.crash.world import LAMBDA_ENDS, LIMIT, MERCHANT, World, new_world
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


def pay(world: World, token: str, amount: int = 2500, reference: str = "P-1") -> tuple[int, Any]:
    body = {"payout_reference": reference, "amount": amount, "currency": "EUR", "instrument": {"token": token}}
    return world.api("create_payout", body, key=f"payout-{reference}")


def store(world: World) -> Payouts:
    return Payouts(Session(world.cloud, None).create_client("dynamodb"), "orders")


def all_payouts(world: World) -> list[Payout]:
    found = (store(world).load(pk) for pk, sk in list(world.cloud.tables.items["orders"]) if sk == "PAYOUT")
    return [payout for payout in found if payout]


def used(world: World) -> int:
    """The counted use of the days on which payouts were requested."""
    days = {payout.counted_on or "" for payout in all_payouts(world)}
    return sum(store(world).used(MERCHANT, "EUR", day) for day in days)


def flaws(world: World, status: str, amount: int = 2500) -> list[str]:
    """What is wrong with the only payout once everything is at rest, in words."""
    ours = all_payouts(world)
    if len(ours) != 1:
        return [f"there are {len(ours)} payouts"]
    theirs = [pk.removeprefix("PAYOUT#") for pk, sk in world.cloud.tables.items.get("psp", {}) if sk == "PAYOUT"]
    counted = 0 if status == "FAILED" else amount
    found = [] if used(world) == counted else [f"{used(world)} of its day is used"]
    found += [] if theirs == [ours[0].payout_id] else [f"the PSP knows {theirs}"]
    found += [] if ours[0].status == status else [f"it is {ours[0].status}"]
    known = psp_storage.find_payout(ours[0].payout_id)
    succeeded = [one.amount for one in known.operations if one.status == "succeeded"] if known else []
    found += [] if succeeded == ([amount] if status == "PAID" else []) else [f"the PSP has paid {succeeded}"]
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
    """Between any two calls of one payout, the same reference is paid out under another key."""
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


def test_payouts_at_once_never_exceed_the_day_together_at_every_place() -> None:
    """Between any two calls of one payout, another takes what is left of the day: exactly one of them fits."""
    place, more = 0, True
    while more:
        with new_world() as world:
            assert pay(world, "tok_visa", reference="first")[0] == 201
            others: list[int] = []
            world.wire.meanwhile[place] = lambda: others.append(pay(world, "tok_visa", reference="other")[0])  # noqa: B023
            world.wire.watched = True
            status, _ = pay(world, "tok_visa", reference="this")
            world.wire.watched = False
            more = place < len(world.wire.places)
            world.settle()
            assert sorted([status, *others]) == ([201, 422] if more else [201]), place
            assert sum(payout.amount for payout in all_payouts(world)) == used(world) == 5000 <= LIMIT.per_day
        place += 1


def decide(world: World, action: str) -> Any:
    (payout,) = all_payouts(world)
    told = {"action": action, "payout_id": payout.payout_id, "by": "Grace", "reason": "the claim was shown"}
    return world.function("admin", told)


def decided(action: str, plan: dict[int, Fault]) -> World:
    """An operator decides on a waiting payout during planned crashes, and repeats it if the payout still waits."""
    amount = LIMIT.per_payout
    with new_world(plan) as world:
        status, waits = pay(world, "tok_visa", amount)
        assert (status, waits["approval"]) == (201, "WAITING")
        world.wire.watched = True
        decide(world, action)
        world.wire.watched = False
        forget()
        world.settle()
        if all_payouts(world)[0].waits_for_operator:
            assert "error" not in decide(world, action), plan
        world.settle(timedelta(hours=1))
        (payout,) = all_payouts(world)
        assert payout.decision == "Grace: the claim was shown", plan
        if action == "approve_payout":
            assert flaws(world, "PAID", amount) == [], plan
        else:
            assert (payout.status, used(world)) == ("FAILED", 0), plan
            assert not [sk for _, sk in world.cloud.tables.items.get("psp", {}) if sk == "PAYOUT"], plan
        assert world.function("admin", {"action": "list_work"})["items"] == []
        return world


@pytest.mark.parametrize("action", ["approve_payout", "refuse_payout"])
def test_a_second_persons_word_holds_at_every_place(
    action: str, record_property: Callable[[str, object], None]
) -> None:
    places = len(decided(action, {}).wire.places)
    assert places > 1
    for place, fault in product(range(places), Fault):
        decided(action, {place: fault})
    record_property("crash", (action, places, places * 4))


def test_of_two_who_decide_at_once_one_is_heard_at_every_place() -> None:
    """Approved while it is refused: it is sent, or it is not, and the loser is told."""
    place, more = 0, True
    while more:
        with new_world() as world:
            pay(world, "tok_visa", LIMIT.per_payout)
            answers: list[Any] = []
            world.wire.meanwhile[place] = lambda: answers.append(decide(world, "refuse_payout"))  # noqa: B023
            world.wire.watched = True
            answers.insert(0, decide(world, "approve_payout"))
            world.wire.watched = False
            more = place < len(world.wire.places)
            world.settle()
            (status,) = [answer["status"] for answer in answers if "error" not in answer]
            assert all_payouts(world)[0].status == status, place
            sent = [sk for _, sk in world.cloud.tables.items.get("psp", {}) if sk == "PAYOUT"]
            assert len(sent) == (1 if status == "PAID" else 0), place
        place += 1
