"""Lost races: read again, decide again; and what becomes of a call whose second half is lost (RG-3, GO-4)."""

from datetime import timedelta

import pytest

from tests.functions.scripted_psp import fact, heard
from tests.functions.world import ORDER_KEY, PAYMENT_ID, World
from tests.use_cases.doubles import Racing
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.operating import capture
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.operations import Actor, OperationStatus
from tillgate.domain.shared.refusals import AmountExceedsAvailable, NotFound
from tillgate.runtime import backoff
from tillgate.use_cases.orders.meet_deadlines import meet_deadlines
from tillgate.use_cases.shared import changes
from tillgate.use_cases.shared.changes import ConcurrentChange, change, execute_requests, learn_facts, load
from tillgate.use_cases.shared.load_order import TRIES

S = OperationStatus


def take(amount: int, world: World) -> changes.Decide:
    def decide(order: Order) -> list[Event]:
        return capture(order, PAYMENT_ID, amount=amount, final=False, fee=0, now=world.system.now())

    return decide


def test_a_lost_race_is_decided_again_on_what_is_there_now(paid: World) -> None:
    """Another call has taken most of it meanwhile: together they must not take too much."""
    racing = Racing(paid, loses=1)
    racing.meanwhile = lambda: paid.call("capture_payment", {"amount": 4000, "final": False})
    with pytest.raises(AmountExceedsAvailable):
        change(paid.system, ORDER_KEY, take(1000, paid), actor=Actor.MERCHANT, cause="api")
    assert paid.order().payments[0].captured == 4000


def test_a_lost_race_is_won_at_the_next_try(paid: World) -> None:
    racing = Racing(paid, loses=TRIES - 1)
    saved = change(paid.system, ORDER_KEY, take(1000, paid), actor=Actor.MERCHANT, cause="api")
    assert [request.amount for request in saved.requests] == [1000]
    assert (racing.loads, racing.saves) == (TRIES, TRIES)


def test_after_too_many_lost_races_it_is_busy_and_nothing_is_saved(paid: World) -> None:
    before = paid.everything()
    Racing(paid, loses=TRIES)
    with pytest.raises(ConcurrentChange):
        change(paid.system, ORDER_KEY, take(1000, paid), actor=Actor.MERCHANT, cause="api")
    assert paid.everything() == before


def test_what_decides_nothing_writes_nothing(paid: World) -> None:
    racing = Racing(paid)
    saved = change(paid.system, ORDER_KEY, lambda _: [], actor=Actor.SYSTEM, cause="test")
    assert (saved.events, saved.requests, racing.saves, racing.loads) == ([], [], 0, 1)


def test_the_order_of_another_merchant_is_not_there(paid: World) -> None:
    assert load(paid.system, ORDER_KEY, "mer_1").order_key == ORDER_KEY
    for order_key, merchant_id in ((ORDER_KEY, "mer_2"), ("ord_9", "mer_1")):
        with pytest.raises(NotFound):
            load(paid.system, order_key, merchant_id)


def test_news_that_were_learned_meanwhile_are_not_news(world: World) -> None:
    """Answer and notification meet: one of them changes the order."""
    world.created()
    world.started(S.PENDING)
    known = heard(PAYMENT_ID, f"{PAYMENT_ID}_1")
    old = world.order()
    assert learn_facts(world.system, old, known, cause="notification").events
    before = world.everything()
    racing = Racing(world)
    saved = learn_facts(world.system, old, known, cause="answer")  # decided on the old order, so the save is lost
    assert (saved.events, saved.order.status, racing.saves) == ([], "AUTHORIZED", 1)
    assert world.everything() == before


def test_news_in_a_stampede_are_busy(world: World) -> None:
    world.created()
    world.started(S.PENDING)
    Racing(world, loses=TRIES)
    with pytest.raises(ConcurrentChange):
        learn_facts(world.system, world.order(), heard(PAYMENT_ID, f"{PAYMENT_ID}_1"), cause="answer")


def test_a_call_whose_outcome_could_not_be_saved_is_found_by_the_sweep(paid: World) -> None:
    """The PSP has done it; its answer lost every race. It stays pending, is asked about, and counts once."""
    racing = Racing(paid)
    saved = change(paid.system, ORDER_KEY, take(1000, paid), actor=Actor.MERCHANT, cause="api")
    racing.loses = TRIES
    with pytest.raises(ConcurrentChange):
        execute_requests(paid.system, saved)
    payment = paid.order().payments[0]
    assert (payment.pending, payment.captured, payment.available) == (True, 0, 3999)
    paid.psp.known = [fact(PAYMENT_ID, f"{PAYMENT_ID}_1"), fact(PAYMENT_ID, f"{PAYMENT_ID}_2")]
    paid.call("sync_payment")
    assert paid.order().payments[0].captured == 1000
    assert [what for what, *_ in paid.psp.calls] == ["authorize", "capture", "ask"]


def test_what_patience_does_not_last_for_is_done_by_the_sweep(world: World) -> None:
    """A merchant waits ten seconds: no further call of a PSP is begun, what is left is told as pending."""
    world.created()
    card = world.started(amount=1000)
    gift_card = world.started(method="gift_card", amount=1000)
    calls = len(world.psp.calls)
    world.system.slowness = changes.PATIENCE
    answer = world.call("cancel_order")
    world.system.slowness = 0.0
    assert (answer.status, len(world.psp.calls)) == (202, calls)
    assert [payment["pending"] for payment in answer.json["payments"]] == [True, True]
    world.psp.known = []  # it has heard of none of it
    world.passes(timedelta(minutes=1))
    meet_deadlines(world.system, ORDER_KEY, "sweep")
    cancelled = [call for call in world.psp.calls if call[0] == "cancel"]
    assert cancelled == [("cancel", f"{card}_2", 1000), ("cancel", f"{gift_card}_2", 1000)]
    assert world.order().status == "CANCELLED"


def test_lost_races_are_tried_again_after_pauses_of_random_length(paid: World) -> None:
    Racing(paid, loses=3)
    change(paid.system, ORDER_KEY, take(1000, paid), actor=Actor.MERCHANT, cause="api")
    assert len(paid.pauses) == 3
    assert all(0 < pause <= backoff.LONGEST for pause in paid.pauses)
