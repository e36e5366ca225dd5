"""An ending that gets stuck fails its execution, for an operator to redrive (IS-9); the local cloud cannot redrive."""

from __future__ import annotations

import pytest

from tests.flows.client import JSON, Merchant, authorized_order, eventually
from tests.flows.inside import Client
from tests.flows.marketplace.test_split import ended, parts_of, try_split
from tests.flows.operators import Operators

pytestmark = pytest.mark.flow


def failed(aws: Client, machine: str, name: str) -> str | None:
    """Why the execution of that name failed; None where it has not."""
    states = aws("stepfunctions")
    for each in states.list_executions(stateMachineArn=machine, statusFilter="FAILED")["executions"]:
        if each["name"].startswith(name):
            return str(states.describe_execution(executionArn=each["executionArn"])["cause"])
    return None


def cancels(merchant: Merchant, payment: JSON) -> list[str]:
    return [each["status"] for each in merchant.payment(payment)["operations"] if each["type"] == "cancel"]


def test_what_cannot_be_given_back_fails_the_orders_execution_and_is_tried_again_by_word(
    merchant: Merchant, aws: Client, resources: dict[str, str], operators: Operators
) -> None:
    order = merchant.order()
    payment = merchant.start(order, "tok_cancel_fails")
    merchant.cancelled(order, "MANUAL_INTERVENTION_NEEDED")
    name = f"{order['order_key']}-unwind-"
    cause = eventually(lambda: failed(aws, resources["UnwindOrder"], name), within=40)
    assert cause is not None
    assert "ManualInterventionNeeded" in cause
    assert f"{payment['payment_id']} is CANCEL_FAILED" in cause
    told = operators.call("resolve", order_key=order["order_key"], by="Ada", reason="they lifted a block", retry=True)
    assert told["status"] == "MANUAL_INTERVENTION_NEEDED", "this card refuses each time"
    assert cancels(merchant, payment) == ["FAILED", "FAILED"]
    asked = [entry for entry in merchant.history(order) if entry["type"] == "ending_retried"]
    assert [(entry["actor"], entry["cause"]) for entry in asked] == [("operator", "Ada: they lifted a block")]


def test_a_split_that_cannot_be_undone_fails_its_execution_and_is_tried_again_by_word(
    merchant: Merchant, aws: Client, resources: dict[str, str], operators: Operators
) -> None:
    """TH-5."""
    order = merchant.order(amount=100, multi_vendor=True)
    technical = merchant.start(order, "tok_cancel_fails")
    split = try_split(merchant, technical, parts_of(merchant, 3, refusing=(2,)), "cancel_all").expect(202)
    assert ended(merchant, split)["status"] == "MANUAL_INTERVENTION_NEEDED"
    assert "ManualInterventionNeeded" in str(
        eventually(lambda: failed(aws, resources["Split"], f"{split['split_id']}-1"), within=40)
    )
    where = {"order_key": order["order_key"], "split_id": split["split_id"]}
    assert operators.call("resolve", **where, by="Ada", reason="once more", retry=True)["status"] == "RUNNING"
    assert eventually(lambda: failed(aws, resources["Split"], f"{split['split_id']}-2"), within=40)
    assert ended(merchant, split)["counts"] == {"MANUAL_INTERVENTION_NEEDED": 2, "FAILED": 1}


def test_an_order_that_goes_on_has_nothing_to_try_again(merchant: Merchant, operators: Operators) -> None:
    order, payment = authorized_order(merchant)
    told = operators.refused("resolve", order_key=order["order_key"], by="Ada", reason="x", retry=True)
    assert "refused" in told
    assert cancels(merchant, payment) == []
