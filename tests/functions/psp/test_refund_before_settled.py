"""A bank has confirmed and not booked yet: whether that can be refunded is the PSP's capability (TH-8, IS-10)."""

from dataclasses import replace

import pytest

from tests.functions.scripted_psp import BANK, ScriptedPsp
from tests.functions.world import NOON, PAYMENT_ID, World
from tillgate.connectors.v1 import Settlement
from tillgate.domain.payments.operations import Actor
from tillgate.use_cases.psp.reconcile import reconcile


class Booking(ScriptedPsp):
    """Tells in its report that the money has been booked."""

    def read_report(self, report: bytes) -> list[Settlement]:
        return [Settlement(case=PAYMENT_ID, state="SETTLED", currency="EUR", amount=4999, as_of=NOON)]


@pytest.fixture
def bank(world: World) -> World:
    world.psp = Booking()
    world.system.connectors["sandbox"] = world.psp
    return world


def confirmed(world: World, *, can: bool) -> None:
    world.psp.can(methods={"bank_redirect": replace(BANK, refund_before_settled=can)})
    world.created()
    world.started(method="bank_redirect")
    assert world.order().payments[0].status == "AUTHORIZED"


def refunds(world: World) -> list[int]:
    return [amount for what, _, amount in world.psp.calls if what == "refund"]


def test_where_the_psp_can_a_refund_is_sent(bank: World) -> None:
    confirmed(bank, can=True)
    assert bank.call("refund_payment", {"amount": 1000}).json["status"] == "PARTIALLY_REFUNDED"
    assert refunds(bank) == [1000]


def test_where_the_psp_can_an_ending_refunds_at_once(bank: World) -> None:
    confirmed(bank, can=True)
    answer = bank.call("cancel_order")
    assert (answer.status, answer.json["status"], refunds(bank)) == (200, "CANCELLED", [4999])


def test_where_the_psp_cannot_a_refund_is_refused_until_it_is_settled(bank: World) -> None:
    confirmed(bank, can=False)
    assert bank.call("refund_payment", {"amount": 1000}).refusal == (409, "operation_not_allowed")
    assert "refund" not in bank.call("get_payment").json["allowed_operations"]
    assert reconcile(bank.system, "sandbox", b"", "report") == {"new": 1}
    assert bank.call("refund_payment", {"amount": 1000}).status == 200
    assert refunds(bank) == [1000]


def test_where_the_psp_cannot_an_ending_waits_for_the_settlement_and_refunds_by_itself(bank: World) -> None:
    confirmed(bank, can=False)
    answer = bank.call("cancel_order")
    assert (answer.status, answer.json["status"], refunds(bank)) == (202, "PAID", [])
    assert reconcile(bank.system, "sandbox", b"", "report") == {"new": 1}
    order = bank.order()
    assert (order.status, order.payments[0].status, refunds(bank)) == ("CANCELLED", "REFUNDED", [4999])
    assert order.payments[0].operations[-1].requested_by is Actor.SYSTEM
