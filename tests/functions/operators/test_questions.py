"""What operators ask every day is counted once, where it becomes durable (ONE-13, GO-10)."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.functions.psp.test_whose_news import says
from tests.functions.world import PAYMENT_ID, World, invoke
from tillgate.domain.payments.operations import OperationStatus

S = OperationStatus
AUTHORIZATION = (PAYMENT_ID, f"{PAYMENT_ID}_1")
Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Lines:
    def read() -> list[dict[str, Any]]:
        found = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
        return [line for line in found if "_aws" in line]

    return read


def told(lines: list[dict[str, Any]], *names: str) -> Counter[str]:
    counted: Counter[str] = Counter()
    for line in lines:
        for each in line["_aws"]["CloudWatchMetrics"]:
            for metric in each["Metrics"]:
                if metric["Name"] in names:
                    of = [line[name] for name in each["Dimensions"][0] if name != "stage"]
                    counted[" ".join([metric["Name"], *of])] += len(line[metric["Name"]])
    return counted


MILESTONES = ("OrderCreated", "OrderPaid", "OrderSafe", "PaymentAuthorized", "PaymentRefused")


def test_an_order_is_created_authorized_safe_and_paid_once(world: World, lines: Lines) -> None:
    world.paid()
    world.call("capture_payment", {})
    counted = told(lines(), *MILESTONES)
    assert counted == {"OrderCreated": 1, "PaymentAuthorized sandbox": 1, "OrderSafe": 1, "OrderPaid": 1}


def test_what_is_told_again_or_called_again_is_not_counted_again(world: World, lines: Lines) -> None:
    body = {"order_reference": "A-1001", "amount": 4999, "currency": "EUR"}
    assert [world.call("create_order", body, key="k1").status for _ in range(2)] == [201, 201]
    world.started(S.PENDING)
    for _ in range(3):
        says("sandbox", None, AUTHORIZATION)
    world.call("capture_payment", {}, key="k2")
    world.call("capture_payment", {}, key="k2")
    assert told(lines(), *MILESTONES) == {
        "OrderCreated": 1,
        "PaymentAuthorized sandbox": 1,
        "OrderSafe": 1,
        "OrderPaid": 1,
    }


@pytest.mark.parametrize(
    ("code", "group"), [("REFUSED", "BANK"), ("CANCELLED_BY_PAYER", "SHOPPER"), ("PSP_ERROR", "PSP"), (None, "PSP")]
)
def test_a_refused_payment_is_counted_by_whose_matter_it_is(
    world: World, lines: Lines, code: str | None, group: str
) -> None:
    world.created()
    world.psp.says(S.FAILED, reason=code)
    world.call("start_payment")
    assert told(lines(), *MILESTONES) == {"OrderCreated": 1, f"PaymentRefused sandbox {group}": 1}


@pytest.mark.parametrize(
    ("outcome", "counted"),
    [
        (S.SUCCEEDED, "SUCCEEDED"),
        (S.FAILED, "FAILED"),
        (S.PENDING, "OPEN"),
        (S.AWAITING_SHOPPER, "OPEN"),
        (S.UNKNOWN, "UNKNOWN"),
    ],
)
def test_a_call_of_a_psp_tells_its_outcome_and_how_long_it_took(
    world: World, lines: Lines, outcome: OperationStatus, counted: str
) -> None:
    world.created()
    lines()
    world.started(outcome)
    found = lines()
    assert told(found, "PspCall") == {f"PspCall sandbox {counted}": 1}
    (line,) = [each for each in found if "PspCall" in each]
    assert line["_aws"]["CloudWatchMetrics"][0]["Metrics"] == [{"Name": "PspCall", "Unit": "Milliseconds"}]
    assert line["PspCall"][0] >= 0


def test_a_sweep_with_nothing_to_do_writes_no_metric(world: World, lines: Lines) -> None:
    """A series is billed for the hours in which it is written: idling has none."""
    world.created()
    lines()
    invoke("sweep_due", {})
    assert lines() == []


def test_what_is_stuck_is_told_with_its_age(world: World, lines: Lines) -> None:
    world.paid()
    world.psp.says(S.FAILED)
    world.call("cancel_order")  # refused: an operator is needed
    says("sandbox", None, ("pay_00000000000000000000000009_1", "pay_00000000000000000000000009_1_1"))  # parked
    world.created(order_reference="A-1002")
    world.passes(timedelta(minutes=130))
    lines()
    invoke("sweep_due", {})
    values = {
        metric["Name"]: line[metric["Name"]]
        for line in lines()
        for metric in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]
    }
    assert values["WorkWaiting"] == [1]
    assert values["OldestWork"] == [130 * 60]
    assert values["Parked"] == [1]
    assert values["DueBacklog"][0] >= 1
    assert 0 < values["OldestDue"][0] <= 130 * 60
