"""Asking a PSP what became of a payment: what it has not heard of is sent again, or closed (IS-14, GO-4)."""

from datetime import timedelta
from typing import Any

import pytest

from tests.functions.scripted_psp import fact
from tests.functions.world import ORDER_KEY, PAYMENT_ID, World
from tillgate.domain.payments.operations import OperationStatus
from tillgate.domain.shared.refusals import NotFound
from tillgate.use_cases.orders.meet_deadlines import meet_deadlines
from tillgate.use_cases.psp.ask_psp import STILL_BEING_SENT, ask_psp

S = OperationStatus
AUTHORIZE, SECOND = f"{PAYMENT_ID}_1", f"{PAYMENT_ID}_2"


def ask(world: World, *, postpone: bool = False) -> Any:
    return ask_psp(world.system, world.order(), PAYMENT_ID, cause="test", postpone=postpone).payments[0]


def dies(world: World, monkeypatch: pytest.MonkeyPatch, call: str, name: str, body: object = None) -> None:
    """The function that makes this call dies before it reaches the PSP."""

    def die(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(world.psp, call, die)
        with pytest.raises(SystemExit):
            world.call(name, body)


def test_what_the_psp_says_leads(world: World) -> None:
    world.created()
    world.started(S.UNKNOWN)
    world.psp.known = [fact(PAYMENT_ID, AUTHORIZE)]
    assert ask(world).status == "AUTHORIZED"


def test_a_capture_the_psp_never_heard_of_is_sent_again_with_its_key(paid: World) -> None:
    paid.psp.says(S.UNKNOWN)
    paid.call("capture_payment", {"amount": 1000})
    paid.psp.known = [fact(PAYMENT_ID, AUTHORIZE)]
    payment = ask(paid)
    assert (payment.status, payment.captured, payment.pending) == ("PARTIALLY_CAPTURED", 1000, False)
    assert paid.psp.calls[1:] == [("capture", SECOND, 1000), ("ask", PAYMENT_ID, 0), ("capture", SECOND, 1000)]


def test_what_may_still_be_on_its_way_is_left_alone(paid: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its sender may live: the request is not sent twice at once."""
    dies(paid, monkeypatch, "perform", "capture_payment", {"amount": 1000})
    paid.psp.known = [fact(PAYMENT_ID, AUTHORIZE)]
    paid.passes(STILL_BEING_SENT - timedelta(seconds=1))
    before = paid.everything()
    assert ask(paid).pending is True
    assert paid.everything() == before
    paid.passes(timedelta(seconds=1))
    assert ask(paid).captured == 1000


def test_an_authorization_the_psp_never_heard_of_is_closed_there(world: World) -> None:
    """Should its request still come, it can authorize nothing."""
    world.created()
    world.started(S.UNKNOWN)
    world.psp.known = []
    world.psp.says(S.SUCCEEDED, reason="PSP_ERROR")
    payment = ask(world)
    assert world.psp.calls[-1] == ("close", SECOND, 0)
    assert (payment.status, payment.reason_code, payment.pending) == ("FAILED", "PSP_ERROR", False)


def test_a_close_that_was_lost_is_said_again_with_its_key(world: World) -> None:
    world.created()
    world.started(S.UNKNOWN)
    world.psp.known = []
    world.psp.says(S.UNKNOWN)
    assert ask(world).pending is True
    assert ask(world).status == "FAILED"
    assert [call[:2] for call in world.psp.calls if call[0] == "close"] == [("close", SECOND)] * 2


def test_an_authorization_that_came_while_it_was_being_closed_counts(world: World) -> None:
    world.created()
    world.started(S.UNKNOWN)
    world.psp.known = []
    world.psp.says(S.FAILED)  # the close: it has been decided already
    assert ask(world).status == "PROCESSING"
    world.psp.known = [fact(PAYMENT_ID, AUTHORIZE)]
    assert ask(world).status == "AUTHORIZED"
    assert world.order().status == "AUTHORIZED"


def test_a_psp_that_cannot_be_reached_changes_nothing(world: World) -> None:
    world.created()
    world.started(S.UNKNOWN)
    world.psp.known = None
    before = world.everything()
    assert ask(world).status == "PROCESSING"
    assert world.everything() == before


def test_without_news_the_next_question_comes_later(world: World) -> None:
    world.created()
    world.started(S.PENDING)
    world.psp.known = [fact(PAYMENT_ID, AUTHORIZE, S.PENDING)]
    world.passes(timedelta(minutes=1))
    operation = ask(world, postpone=True).operations[0]
    assert operation.next_check_at == world.system.time + timedelta(minutes=5)
    before = world.everything()
    ask(world, postpone=True)  # not due yet: it is not put off further
    assert world.everything() == before


def test_a_question_by_the_merchant_puts_nothing_off(world: World) -> None:
    world.created()
    world.started(S.PENDING)
    world.psp.known = [fact(PAYMENT_ID, AUTHORIZE, S.PENDING)]
    world.passes(timedelta(minutes=1))
    before = world.everything()
    assert world.call("sync_payment").json["pending"] is True
    assert world.everything() == before


def test_after_seven_days_without_a_trace_it_is_given_up(world: World) -> None:
    """EV-7."""
    world.created()
    world.started(S.PENDING)
    world.psp.known = [fact(PAYMENT_ID, AUTHORIZE, S.PENDING)]
    world.passes(timedelta(days=7))
    meet_deadlines(world.system, ORDER_KEY, "sweep")
    assert world.order().payments[0].status == "PROCESSING_EXPIRED"


def test_a_payment_that_is_not_there(paid: World) -> None:
    with pytest.raises(NotFound):
        ask_psp(paid.system, paid.order(), "pay_9_1", cause="test")


def test_time_closes_a_payment_before_it_ends_it_and_money_that_came_counts(world: World) -> None:
    """EV-6: the shopper has paid in the last second."""
    world.created()
    world.started(S.AWAITING_SHOPPER)
    world.psp.says(S.FAILED)  # the close
    world.passes(timedelta(minutes=30))
    meet_deadlines(world.system, ORDER_KEY, "window")
    world.psp.known = [fact(PAYMENT_ID, AUTHORIZE)]
    assert ask(world).status == "AUTHORIZED"
