"""A PSP's notification names no request of ours: its connector says which capability it is about (IS-12)."""

import json
from datetime import timedelta

import pytest

from functions.sandbox_psp.sandbox import service as psp_service
from functions.sandbox_psp.sandbox.model import reference_to
from proofs.crash.checks import flaws
from proofs.crash.scenarios import AMOUNT, on_payment, paid
from proofs.crash.world import World, new_world
from tillgate.connectors.sandbox.connector import SandboxConnector
from tillgate.connectors.v1 import Fact, Kind, Outcome
from tillgate.domain.payments.operations import Actor, OperationStatus

SOON = timedelta(seconds=30)


def says(world: World, payment_id: str, copies: int = 1) -> None:
    """The notification comes from our queue, as it was accepted."""
    body = {"type": "payment.reversed", "payment": {"id": "psp_1", "reference": payment_id}, "reason": "refused"}
    message = {"connector": "sandbox", "body": json.dumps(body)}
    for _ in range(copies):
        world.cloud.send_message("psp-in", json.dumps(message))


@pytest.mark.parametrize("copies", [1, 3])
def test_a_bank_takes_the_money_back_by_itself(copies: int) -> None:
    """IS-12, EV-9: a fact about the payment applies to the authorization; duplicates change nothing (IS-13)."""
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


@pytest.mark.parametrize("is_named", [True, False])
def test_what_may_be_a_request_of_ours_is_not_guessed(monkeypatch: pytest.MonkeyPatch, is_named: bool) -> None:
    """IS-14: with or without a reference, it may be a refund whose answer was lost, so the PSP's answer decides."""
    with new_world() as world:
        key = paid("tok_visa", "auto")(world)
        payment_id = world.order(key).payments[0].payment_id
        world.psp_is_down = True
        for number in (1, 2):
            world.with_keys(str(number), lambda: on_payment("refund_payment", {"amount": 1000})(world, key))
        pending = [op.status for op in world.order(key).payments[0].operations[1:]]
        assert pending == [OperationStatus.UNKNOWN] * 2
        world.psp_is_down = False
        at_psp = world.order(key).payments[0].psp_reference or ""
        reference = reference_to("op", at_psp, 2, f"{payment_id}_3") if is_named else None
        said = Fact(case=payment_id, kind=Kind.REFUND, outcome=Outcome.PENDING, amount=1000, reference=reference)
        monkeypatch.setattr(SandboxConnector, "read", lambda *_: [said])
        says(world, payment_id)
        world.settle(SOON)
        after = [op.status for op in world.order(key).payments[0].operations[1:]]
        assert after == [OperationStatus.SUCCEEDED] * 2, "the PSP had never heard of them: they were sent again"
        monkeypatch.undo()
        world.settle()
        assert flaws(world) == []
        assert world.order(key).payments[0].refunded == 2000


def test_while_the_psp_cannot_be_asked_it_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    with new_world() as world:
        key = paid("tok_visa", "auto")(world)
        payment_id = world.order(key).payments[0].payment_id
        world.psp_is_down = True
        said = Fact(case=payment_id, kind=Kind.REFUND, outcome=Outcome.SUCCEEDED, amount=1000)
        monkeypatch.setattr(SandboxConnector, "read", lambda *_: [said])
        says(world, payment_id)
        world.settle(timedelta(seconds=5))
        assert (len(world.parked()), len(world.order(key).payments[0].operations)) == (1, 1)
        world.psp_is_down = False
        world.settle()
        assert world.parked() == []


@pytest.mark.parametrize("ours", [True, False])
def test_a_refund_in_the_back_office_is_a_second_one_whatever_its_amount(ours: bool) -> None:
    """GO-13: a refund with the same amount as an earlier one, ours or theirs, is not taken for that one."""
    with new_world() as world:
        key = paid("tok_visa", "auto")(world)
        payment_id = world.order(key).payments[0].payment_id
        if ours:
            on_payment("refund_payment", {"amount": 1000})(world, key)
        else:
            psp_service.do(payment_id, "refund", 1000)
        psp_service.do(payment_id, "refund", 1000)
        world.settle(SOON)
        payment = world.order(key).payments[0]
        assert (payment.captured, payment.refunded, world.parked()) == (AMOUNT, 2000, [])
        _, first, second = payment.operations
        assert [first.requested_by, second.requested_by] == [Actor.MERCHANT if ours else Actor.PSP, Actor.PSP]
        assert len({first.psp_reference, second.psp_reference} - {None}) == 2
        world.settle()
        assert flaws(world) == []
