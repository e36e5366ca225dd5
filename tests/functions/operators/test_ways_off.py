"""Each kind of work, as it comes about, leaves the list by each of the ways that its entry offers (GO-4, ONE-9)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from tests.functions.marketplace.test_taken_back import captures, pays
from tests.functions.operators import test_other_work
from tests.functions.payouts.paying import GivingPsp, limits
from tests.functions.psp.test_refund_before_settled import Booking
from tests.functions.scripted_psp import BANK, fact, heard, offline
from tests.functions.world import ORDER_KEY, PAYMENT_ID, World, invoke
from tillgate.connectors.offline.reference import reference_of
from tillgate.connectors.v1 import Settlement
from tillgate.domain.merchants.account import Merchant
from tillgate.domain.merchants.vendor import Vendor
from tillgate.domain.operators.work_list import LONG, Kind, work_of
from tillgate.domain.payments.disputes import DisputeNotice, DisputeStatus
from tillgate.domain.payments.operations import Actor, OperationStatus, OperationType
from tillgate.domain.psp.facts import Fact
from tillgate.domain.shared.identifiers import vendor_key
from tillgate.use_cases.psp.reconcile import reconcile
from tillgate.use_cases.shared.changes import execute_requests, learn_facts

S = OperationStatus
FIRST = f"{PAYMENT_ID}_1"
WHO = {"by": "Ada", "reason": "the bank's back office says so"}


def listed() -> list[dict[str, Any]]:
    """What is on the list; an order's entry names the order."""
    items = invoke("admin", {"action": "list_work"})["items"]
    return [{"of": item.get("order_key")} | work for item in items for work in item["work"]]


def does(way: dict[str, Any]) -> dict[str, Any]:
    fields = {name: value for name, value in (way | WHO).items() if way["action"] != "sync" or name != "reason"}
    answer = invoke("admin", fields)
    assert "error" not in answer, answer
    return answer


def learns(world: World, *facts: Fact, order_key: str = ORDER_KEY) -> None:
    saved = learn_facts(world.system, world.order(order_key), list(facts), cause="notification")
    execute_requests(world.system, saved)


def days(world: World, number: int = LONG + 3) -> None:
    for _ in range(number):
        world.passes(timedelta(days=1, minutes=1))
        invoke("sweep_due", {})


# How each kind comes about.


def no_outcome(world: World) -> None:
    world.paid()
    world.psp.known = None
    world.psp.says(S.UNKNOWN)
    world.call("capture_payment", {})
    days(world)


def give_back_refused(world: World) -> None:
    world.paid()
    world.psp.says(S.FAILED)
    world.call("cancel_order")


def settlement_difference(world: World) -> None:
    world.psp = world.system.connectors["sandbox"] = Booking()
    world.paid(amount=5000)
    world.call("capture_payment", {})
    reconcile(world.system, "sandbox", b"", "report")


def not_booked(world: World) -> None:
    world.psp = world.system.connectors["sandbox"] = Booking()
    world.psp.can(methods={"bank_redirect": replace(BANK, refund_before_settled=False)})
    world.created()
    world.started(method="bank_redirect")
    assert world.call("cancel_order").status == 202
    days(world)


def sold(world: World, amount: int = 4999) -> str:
    """An order of which a vendor has captured so much; answers the vendor payment's id."""
    world.psp.can(marketplace="carve")
    world.has(Vendor("ven_1", "mer_1", "Theatre", "acct_theatre"))
    world.paid(multi_vendor=True)
    payment_id = pays(world, "a", amount)
    captures(world, payment_id)
    invoke("sweep_due", {})
    return payment_id


def disputed(world: World) -> None:
    sold(world)
    notice = DisputeNotice("dp_1", DisputeStatus.NEEDS_RESPONSE, 2000, "FRAUDULENT", world.system.now(), 1)
    learns(world, Fact.of_dispute(PAYMENT_ID, notice))


def bank_refund(world: World) -> None:
    world.system.connectors["offline"] = offline(iban="DE02120300000000202051", holder="Corner Shop", days="14")
    world.has(Merchant("mer_1", "Corner Shop", methods={"bank_transfer": "offline"}))
    world.created()
    assert world.call("start_payment", {"method": "bank_transfer"}).status == 201
    booking = {"reference": reference_of(PAYMENT_ID), "amount": 4999, "currency": "EUR", "by": "ada"}
    assert invoke("admin", {"action": "report_money", "booking_id": "b1"} | booking)["status"] == "SETTLED"
    assert world.call("refund_payment", {"amount": 999}).status == 200


def reversed_later(world: World) -> None:
    world.paid()
    world.call("capture_payment", {})
    learns(world, *heard(PAYMENT_ID, f"{PAYMENT_ID}_2", S.FAILED))


def taken_back(world: World) -> None:
    world.psp.can(marketplace="carve")
    world.has(Vendor("ven_1", "mer_1", "Theatre", "acct_theatre"))
    world.created(multi_vendor=True, capture="auto")
    world.started()
    learns(world, Fact(PAYMENT_ID, FIRST, S.SUCCEEDED, captured=True))
    pays(world, "a", 4999)
    invoke("sweep_due", {})
    gone = Fact(PAYMENT_ID, None, S.SUCCEEDED, 2000, psp_reference="rev_1", kind=OperationType.REVERSAL)
    learns(world, gone)


def contradiction(world: World) -> None:
    world.paid()
    world.psp.says(S.PENDING)
    world.call("capture_payment", {})
    learns(world, Fact(PAYMENT_ID, f"{PAYMENT_ID}_2", S.SUCCEEDED, 1))


def vendors_stuck(world: World) -> None:
    """The order is CANCELLED; then the PSP tells that the vendor's cancel has failed after all."""
    world.psp.can(marketplace="carve")
    world.has(Vendor("ven_1", "mer_1", "Theatre", "acct_theatre"))
    world.paid(multi_vendor=True)
    payment_id = pays(world, "a")
    assert world.call("cancel_order").json["status"] == "CANCELLED"
    learns(world, *heard(payment_id, f"{payment_id}_2", S.FAILED), order_key=vendor_key(ORDER_KEY, "a"))
    invoke("sweep_due", {})
    days(world, 1)


def payout_approval(world: World) -> None:
    world.psp = world.system.connectors["sandbox"] = GivingPsp()
    limits(approval_above=50)
    body = {"payout_reference": "P-1", "amount": 80, "currency": "EUR", "instrument": {"token": "tok_visa"}}
    assert world.call("create_payout", body).status == 201


# What has to be so before a way can be gone.


def psp_says_it_failed(world: World) -> None:
    world.psp.known = [fact(PAYMENT_ID, FIRST, S.REVERSED)]


def nothing_is_left(world: World) -> None:
    operation_id = world.order().payments[0].operations[-1].operation_id
    outcome = {"operation_id": operation_id, "status": "SUCCEEDED"}
    does({"action": "resolve", "order_key": ORDER_KEY, "outcome": outcome})


@dataclass
class Case:
    """`ways`: how many its entry offers. `before`: what has to be so, by the way's place among them."""

    comes: Callable[[World], object]
    ways: int = 1
    before: dict[int, Callable[[World], object]] = field(default_factory=dict)


CASES: dict[Kind, Case] = {
    Kind.NO_OUTCOME: Case(no_outcome, 2),
    Kind.GIVE_BACK_REFUSED: Case(give_back_refused, 2),
    Kind.SETTLEMENT_DIFFERENCE: Case(settlement_difference),
    Kind.NOT_BOOKED: Case(not_booked, 3, {0: psp_says_it_failed}),
    Kind.DISPUTE: Case(disputed),
    Kind.BANK_REFUND: Case(bank_refund, 2),
    Kind.REVERSED: Case(reversed_later),
    Kind.TAKEN_BACK: Case(taken_back),
    Kind.CONTRADICTION: Case(contradiction),
    Kind.ENDING_FAILED: Case(give_back_refused, 2, {1: nothing_is_left}),
    Kind.VENDORS_STUCK: Case(vendors_stuck),
    Kind.PAYOUT_APPROVAL: Case(payout_approval, 2),
}


def test_every_kind_of_order_and_payout_is_tried() -> None:
    assert {*CASES, *test_other_work.CASES} == set(Kind)


@pytest.mark.parametrize(("kind", "number"), [(kind, number) for kind in CASES for number in range(CASES[kind].ways)])
def test_an_entry_leaves_the_list_by_each_of_its_ways(world: World, kind: Kind, number: int) -> None:
    case = CASES[kind]
    case.comes(world)
    (entry,) = (each for each in listed() if each["kind"] == kind)
    assert len(entry["ways"]) == case.ways
    if number in case.before:
        case.before[number](world)
    does(entry["ways"][number])
    assert [each for each in listed() if each["kind"] == kind] == []


def test_money_that_never_came_is_given_back_to_nobody(world: World) -> None:
    """By an operator's word, with his name and reason. The order ends as it was asked to."""
    not_booked(world)
    before = world.order().version
    never = next(way for way in listed()[0]["ways"] if way.get("outcome", {}).get("status") == "FAILED")
    does(never)
    order = world.order()
    payment = order.payments[0]
    assert (order.status, payment.status, payment.authorization.status) == ("CANCELLED", "FAILED", S.REVERSED)
    assert (payment.authorized, payment.captured, payment.refunded) == (0, 0, 0)
    assert "refund" not in [what for what, _, _ in world.psp.calls]
    said = [each for each in world.system.orders.history(ORDER_KEY) if each.version > before]
    assert {(each.actor, each.cause) for each in said} == {(Actor.OPERATOR, f"{WHO['by']}: {WHO['reason']}")}
    assert listed() == []
    days(world, 2)
    assert listed() == []


def test_money_that_came_by_an_operators_word_goes_back_and_the_order_ends(world: World) -> None:
    not_booked(world)
    came = next(way for way in listed()[0]["ways"] if way.get("outcome", {}).get("status") == "SUCCEEDED")
    does(came)
    payment = world.order().payments[0]
    assert (world.order().status, payment.status, payment.refunded) == ("CANCELLED", "REFUNDED", 4999)
    assert [amount for what, _, amount in world.psp.calls if what == "refund"] == [4999]
    assert listed() == []


def test_money_that_comes_after_an_operator_said_never_is_work_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    not_booked(world)
    does(listed()[0]["ways"][-1])
    world.passes(timedelta(days=1))
    line = Settlement(case=PAYMENT_ID, state="SETTLED", currency="EUR", amount=4999, as_of=world.system.now())
    monkeypatch.setattr(world.psp, "read_report", lambda _: [line])
    reconcile(world.system, "sandbox", b"", "report")
    (entry,) = listed()
    assert entry["kind"] == Kind.SETTLEMENT_DIFFERENCE
    assert "4999 captured, we have 0" in entry["what"]


def test_vendors_of_money_that_never_came_keep_nothing(world: World) -> None:
    world.psp.can(methods={"bank_redirect": replace(BANK, refund_before_settled=False)}, marketplace="carve")
    world.has(Vendor("ven_1", "mer_1", "Theatre", "acct_theatre"))
    world.created(multi_vendor=True)
    world.started(method="bank_redirect")
    pays(world, "a")
    invoke("sweep_due", {})
    world.call("cancel_order")
    days(world)
    for entry in listed():
        if entry["of"] == ORDER_KEY:
            does(entry["ways"][-1])
    days(world, 1)
    part = world.order(vendor_key(ORDER_KEY, "a")).payments[0]
    assert (world.order().status, part.authorized, part.refunded) == ("CANCELLED", 0, 0)
    assert (listed(), work_of(world.order())) == ([], [])


@pytest.mark.parametrize("status", ["SUCCEEDED", "FAILED"])
def test_what_is_held_on_a_card_has_no_booking_to_be_told_of(paid: World, status: str) -> None:
    outcome = {"operation_id": FIRST, "status": status}
    told = invoke("admin", {"action": "resolve", "order_key": ORDER_KEY, "outcome": outcome} | WHO)
    assert told["error"] == f"{FIRST} is already SUCCEEDED"


def test_a_refused_cancel_is_named_whatever_was_done_after_it(paid: World) -> None:
    paid.psp.says(S.FAILED, S.SUCCEEDED)
    days(paid, 7)
    assert paid.call("cancel_payment", {"amount": 999}).status == 200
    (entry,) = listed()
    assert (entry["kind"], entry["operation_id"]) == (Kind.GIVE_BACK_REFUSED, f"{PAYMENT_ID}_2")
