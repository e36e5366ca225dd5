"""A PSP speaks of a payment and names no request of ours: its connector says which capability that is about (IS-12)."""

import json
from datetime import timedelta

import pytest

from proofs.crash.checks import flaws
from proofs.crash.scenarios import AMOUNT, on_payment, paid
from proofs.crash.world import World, new_world
from tillgate.connectors.api import Routed
from tillgate.connectors.sandbox.connector import SandboxConnector
from tillgate.domain.payments.operations import OperationStatus, OperationType

SOON = timedelta(seconds=30)


def says(world: World, payment_id: str, copies: int = 1) -> None:
    """It comes out of our queue, as it was let in."""
    body = {"type": "payment.reversed", "payment": {"id": "psp_1", "reference": payment_id}, "reason": "refused"}
    message = {"connector": "sandbox", "body": json.dumps(body)}
    for _ in range(copies):
        world.cloud.send_message("psp-in", json.dumps(message))


@pytest.mark.parametrize("copies", [1, 3])
def test_a_bank_takes_the_money_back_by_itself(copies: int) -> None:
    """IS-12, EV-9: what is said of the payment is the authorization's; copies say nothing new (IS-13)."""
    with new_world() as world:
        key = paid("tok_late_failure", "auto")(world)
        world.settle(timedelta(seconds=10))
        version = world.order(key).version
        payment = world.order(key).payments[0]
        assert (payment.status, payment.authorization.status) == ("FAILED", "REVERSED")
        assert payment.reason_code == "REJECTED_BY_BANK"
        says(world, payment.payment_id, copies)
        world.settle(SOON)
        assert world.order(key).version == version
        world.settle()
        assert flaws(world) == []


def test_what_is_said_of_a_payment_that_is_not_known_is_parked() -> None:
    with new_world() as world:
        says(world, "pay_nobody_1")
        world.settle(timedelta(seconds=5))
        assert len(world.parked()) == 1


def test_where_it_could_mean_several_the_psp_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """IS-14: of two equal refunds that are at the PSP neither is guessed; what the PSP says of both is taken."""
    with new_world() as world:
        key = paid("tok_visa", "auto")(world)
        payment_id = world.order(key).payments[0].payment_id
        world.psp_is_down = True
        for number in (1, 2):
            world.with_keys(str(number), lambda: on_payment("refund_payment", {"amount": 1000})(world, key))
        pending = [op.status for op in world.order(key).payments[0].operations[1:]]
        assert pending == [OperationStatus.UNKNOWN] * 2
        world.psp_is_down = False
        said = Routed(payment_id, OperationType.REFUND, OperationStatus.FAILED, amount=1000)
        monkeypatch.setattr(SandboxConnector, "route_notification", lambda *_: [said])
        says(world, payment_id)
        world.settle(SOON)
        after = [op.status for op in world.order(key).payments[0].operations[1:]]
        assert after == [OperationStatus.SUCCEEDED] * 2, "the PSP had never heard of them: they were sent again"
        monkeypatch.undo()
        world.settle()
        assert flaws(world) == []
        assert world.order(key).payments[0].refunded == 2000


def test_where_one_can_be_meant_it_is_that(monkeypatch: pytest.MonkeyPatch) -> None:
    """IS-12: a capability with one operation of that amount."""
    with new_world() as world:
        key = paid("tok_visa", "auto")(world)
        payment_id = world.order(key).payments[0].payment_id
        on_payment("refund_payment", {"amount": 1000})(world, key)
        world.psp_is_down = True
        world.with_keys("b", lambda: on_payment("refund_payment", {"amount": 500})(world, key))
        said = Routed(payment_id, OperationType.REFUND, OperationStatus.PENDING, amount=500)
        monkeypatch.setattr(SandboxConnector, "route_notification", lambda *_: [said])
        says(world, payment_id)
        world.settle(SOON)
        first, second = world.order(key).payments[0].operations[1:]
        assert (first.status, second.status) == (OperationStatus.SUCCEEDED, OperationStatus.PENDING)
        monkeypatch.undo()
        world.psp_is_down = False
        world.settle()
        assert flaws(world) == []
        assert world.order(key).payments[0].captured == AMOUNT
