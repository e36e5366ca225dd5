"""The work list: each kind of trouble with its amount, what can be done, and its runbook, oldest first (ONE-9)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.functions.operators import test_other_work
from tests.functions.operators.console import Widget
from tests.functions.world import ORDER_KEY, PAYMENT_ID, World, invoke
from tests.handlers import handler_module
from tillgate.domain.operators.work_list import LONG, Kind, Trouble, troubles, work_of
from tillgate.domain.orders.order import Order, OrderStatus
from tillgate.domain.payments.disputes import Dispute, DisputeStatus
from tillgate.domain.payments.lifecycle import PaymentStatus
from tillgate.domain.payments.operations import Actor, Contradiction, Operation, OperationStatus, OperationType
from tillgate.domain.payments.payment import Payment, VendorSums
from tillgate.runtime.aws import client
from tillgate.use_cases.operators.work_list import list_work

OID = f"{PAYMENT_ID}_1"
S = OperationStatus


def of_payment(change: Callable[[Payment], Payment]) -> Callable[[Order], Order]:
    return lambda order: replace(order, payments=(change(order.payments[0]),))


def of_operation(**fields: Any) -> Callable[[Order], Order]:
    return of_payment(lambda each: replace(each, operations=(replace(each.operations[0], **fields),)))


def with_another(order: Order, type_: OperationType, status: S, **fields: Any) -> Order:
    begun = order.payments[0].authorization
    other = Operation(f"{PAYMENT_ID}_2", type_, 999, status, begun.requested_at, Actor.MERCHANT, **fields)
    return of_payment(lambda each: replace(each, operations=(*each.operations, other)))(order)


def technical(payment: Payment, **fields: Any) -> Payment:
    return replace(payment, kind="technical", allotted=4999, vendors=VendorSums(authorized=4999), **fields)


def disputed(payment: Payment) -> Payment:
    opened = payment.authorization.requested_at
    dispute = Dispute("dis_1", "dp_1", 999, DisputeStatus.NEEDS_RESPONSE, "fraudulent", opened, 1)
    return replace(technical(payment), disputes=(dispute,))


# What becomes of an authorized order of 49.99, the amount of the trouble in minor units, and how it can be settled.
CASES: dict[Kind, tuple[Callable[[Order], Order], int, list[str]]] = {
    Kind.NO_OUTCOME: (of_operation(status=S.UNKNOWN, checks=LONG), 4999, ["It has SUCCEEDED", "It has FAILED"]),
    Kind.GIVE_BACK_REFUSED: (
        of_payment(lambda each: replace(each, status=PaymentStatus.CANCEL_FAILED)),
        4999,
        ["Try again to give it back", "It has SUCCEEDED"],
    ),
    Kind.SETTLEMENT_DIFFERENCE: (
        of_payment(lambda each: replace(each, difference="49.00 instead of 49.99", captured=4999)),
        4999,
        ["Set aside"],
    ),
    Kind.NOT_BOOKED: (
        lambda order: of_operation(checks=LONG)(
            of_payment(lambda each: replace(each, method="bank_redirect", refund_before_settled=False))(order)
        ),
        4999,
        ["Ask the PSP", "It has SUCCEEDED", "It has FAILED"],
    ),
    Kind.DISPUTE: (of_payment(disputed), 999, ["Set aside"]),
    Kind.BANK_REFUND: (
        lambda order: with_another(order, OperationType.REFUND, S.PENDING),
        999,
        ["It was transferred", "It has FAILED"],
    ),
    Kind.REVERSED: (lambda order: with_another(order, OperationType.CAPTURE, S.REVERSED), 999, ["Set aside"]),
    Kind.TAKEN_BACK: (
        lambda order: of_payment(lambda each: technical(each, refunded=999))(
            with_another(order, OperationType.REVERSAL, S.SUCCEEDED)
        ),
        999,
        ["Set aside"],
    ),
    Kind.CONTRADICTION: (of_operation(contradictions=(Contradiction(S.FAILED, 4999),)), 4999, ["Set aside"]),
    Kind.ENDING_FAILED: (
        lambda order: replace(order, ended=OrderStatus.MANUAL_INTERVENTION_NEEDED),
        4999,
        ["Try again to give it back", "End as CANCELLED"],
    ),
    Kind.VENDORS_STUCK: (
        lambda order: replace(
            of_payment(lambda each: replace(each, vendors=VendorSums(stuck=999)))(order), ended=OrderStatus.CANCELLED
        ),
        999,
        ["Try again to give it back"],
    ),
}


def test_every_kind_of_order_is_tried() -> None:
    others = {Kind.PAYOUT_APPROVAL, *test_other_work.CASES}
    assert {*CASES, *others} == set(Kind)


def found(world: World, kind: Kind) -> tuple[Order, Trouble]:
    world.paid()
    order = CASES[kind][0](world.order())
    (trouble,) = [each for each in work_of(order) if each.kind is kind]
    return order, trouble


@pytest.mark.parametrize("kind", CASES)
def test_each_kind_says_what_it_is_worth_and_what_can_be_done(world: World, kind: Kind) -> None:
    order, trouble = found(world, kind)
    assert trouble.amount == CASES[kind][1]
    assert trouble.what in troubles(order)
    actions = handler_module("admin").ACTIONS
    assert trouble.ways
    for way in trouble.ways:
        named = {*way, "by", "reason"} - {"action"} - ({"reason"} if way["action"] == "sync" else set())
        assert set(actions[way["action"]].required) <= named <= set(actions[way["action"]].known)


@pytest.mark.parametrize("kind", CASES)
def test_each_kind_is_at_the_desk_as_admin_lists_it(world: World, kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNBOOKS_URL", "https://git.example.com/docs/runbooks")
    order, trouble = found(world, kind)
    on_the_list(world)
    monkeypatch.setattr("tillgate.use_cases.operators.work_list.load", lambda *_: order)
    (item,) = invoke("admin", {"action": "list_work"})["items"]
    (listed,) = [each for each in item["work"] if each["kind"] == kind]
    assert (listed["what"], listed["amount"], listed["currency"]) == (trouble.what, trouble.amount, "EUR")
    assert listed["runbook"] == f"https://git.example.com/docs/runbooks/work-{kind}.md"
    desk = Widget({"view": "work"})
    assert f"{(trouble.amount or 0) / 100:.2f} EUR" in desk.text
    assert f'href="{listed["runbook"]}"' in desk.page
    labels = {label.removesuffix(" ...") for label in desk.labels}
    assert set(CASES[kind][2]) <= labels
    for label, payload, _ in desk.parsed.buttons:
        if label != "Open":
            assert (payload["order_key"], payload["version"]) == (ORDER_KEY, order.version)


def on_the_list(world: World, order_key: str = ORDER_KEY, since: str = "2030-01-01T12:00:00.000000Z") -> None:
    item = {"pk": f"WORK#{order_key}", "sk": "WORK", "due_shard": "WORK", "due_at": since}
    client("dynamodb").put_item(TableName="OrdersTable", Item={name: {"S": value} for name, value in item.items()})


def test_the_oldest_comes_first(world: World) -> None:
    world.psp.says(S.SUCCEEDED, S.FAILED)
    world.paid()
    world.call("cancel_order")
    world.passes(timedelta(hours=1))
    second = world.call("create_order", {"order_reference": "A-1002", "amount": 999, "currency": "EUR"}).json
    world.psp.says(S.SUCCEEDED, S.FAILED)
    path = {"order_key": second["order_key"]}
    world.call("start_payment", {"method": "card", "instrument": {"token": "tok_visa"}}, path=path)
    world.call("cancel_order", path=path)
    assert [item["order_reference"] for item in list_work(world.system)[0]] == ["A-1001", "A-1002"]
    text = Widget({"view": "work"}).text
    assert text.index("A-1001") < text.index("A-1002")
    assert "49.99 EUR" in text
    assert "9.99 EUR" in text


def test_a_button_of_the_list_settles_its_trouble(world: World) -> None:
    world.paid()
    world.psp.says(S.FAILED)
    world.call("cancel_order")
    desk = Widget({"view": "work"}).press("It has SUCCEEDED")
    assert "Is this right?" in desk.text
    desk.types(by="ada", reason="their back office shows it").press("Do it")
    desk = Widget({"view": "work"})
    if "End as CANCELLED ..." in desk.labels:
        desk.press("End as CANCELLED").types(by="ada", reason="nothing is left").press("Do it")
    assert world.order().status is OrderStatus.CANCELLED
    assert "Nothing needs you." in Widget({"view": "work"}).text


@pytest.mark.parametrize(("allotted", "kinds"), [(4000, [Kind.GIVE_BACK_REFUSED]), (4999, [])])
def test_a_refusal_is_work_while_there_is_something_to_give_back(
    world: World, allotted: int, kinds: list[Kind]
) -> None:
    """What vendors have comes back by their payments: no call could settle an entry of it."""
    world.created()
    world.started(S.SUCCEEDED)
    refused = of_payment(
        lambda each: replace(
            each, kind="technical", allotted=allotted, status=PaymentStatus.REFUND_FAILED, captured=4999
        )
    )
    assert [each.kind for each in work_of(refused(world.order()))] == kinds
