"""What a flow costs, and an idle month, is held by a budget (ONE-5, ONE-8, ONE-11).

Whoever needs more has to say so in `benchmarks/bill/budgets.json`.
"""

from typing import Any

import pytest

from benchmarks.bill import idle, units
from benchmarks.bill.cost import BUDGETS, LINES, Bill, bill, report
from benchmarks.bill.flows import FLOWS
from benchmarks.bill.metering import PRICES

LOOSE = 0.9  # a budget that is used by less than this is lowered


@pytest.fixture(scope="module")
def bills() -> dict[str, Bill]:
    return {flow: bill(flow) for flow in FLOWS}


@pytest.mark.parametrize(
    ("flow", "what"), [(flow, what) for flow, budget in BUDGETS["flows"].items() for what in budget]
)
def test_a_flow_keeps_to_its_budget(flow: str, what: str, bills: dict[str, Bill]) -> None:
    budget = BUDGETS["flows"][flow][what]
    used = bills[flow].dollars if what == "dollars" else bills[flow].counts[what]
    assert LOOSE * budget <= used <= budget


def test_every_flow_has_a_budget() -> None:
    assert set(BUDGETS["flows"]) == set(FLOWS)


def test_idling_keeps_to_its_budget(bills: dict[str, Bill]) -> None:
    assert sum(idle.items().values()) <= BUDGETS["a month"]["idle at list prices"]
    assert sum(idle.items().values()) - idle.given_away() <= BUDGETS["a month"]["idle"]
    busy = idle.with_an_order_an_hour(bills["3-D order"])
    assert busy <= BUDGETS["a month"]["one order an hour at list prices"]
    assert busy - idle.given_away() <= BUDGETS["a month"]["one order an hour"]


def test_everything_that_has_a_price_is_on_the_bill_once(bills: dict[str, Bill]) -> None:
    assert sorted(name for names in LINES.values() for name in names) == sorted(PRICES["dollars"])
    used = {name for each in bills.values() for name, number in each.counts.items() if number}
    assert set(PRICES["dollars"]) <= used


def test_the_report_names_every_line(bills: dict[str, Bill]) -> None:
    told = report()
    assert all(f"| {line} |" in told for line in LINES)
    assert f"{bills['3-D order'].dollars:.2f}" in told


def test_the_same_flow_costs_the_same_each_time(bills: dict[str, Bill]) -> None:
    again = bill("direct order")
    counted = ("write units", "read units", "lambda requests", "queue requests", "transitions")
    assert [again.counts[each] for each in counted] == [bills["direct order"].counts[each] for each in counted]


ENTRY = {"due_shard": {"S": "DUE#1"}, "due_at": {"S": "2030-01-01"}}
MOVED = {"due_shard": {"S": "DUE#1"}, "due_at": {"S": "2030-01-02"}}


@pytest.mark.parametrize(
    ("before", "after", "taken"),
    [
        ({}, ENTRY, 1),
        (ENTRY, ENTRY, 0),
        (ENTRY, MOVED, 2),
        (ENTRY, {}, 1),
        ({}, {}, 0),
        ({}, {"due_at": {"S": "2030-01-01"}}, 0),  # half a key is none
    ],
)
def test_an_index_costs_what_changes_in_it(before: dict[str, Any], after: dict[str, Any], taken: int) -> None:
    assert units.of_indexes(before, after) == taken


@pytest.mark.parametrize(("length", "alone"), [(1, 1), (1023, 1), (1024, 2), (2047, 2), (2048, 3)])
def test_a_write_costs_each_started_kilobyte_of_the_larger_item(length: int, alone: int) -> None:
    item = {"a": {"S": "x" * length}}
    assert units.of_write(item, None, in_transaction=False) == alone
    assert units.of_write({"a": {"S": ""}}, item, in_transaction=True) == 2 * alone


def test_a_read_costs_each_started_four_kilobytes() -> None:
    small, large = {"a": {"S": "x"}}, {"a": {"S": "x" * 5000}}
    assert units.of_read([small], consistent=True) == 1
    assert units.of_read([large], consistent=False) == 1
    assert units.of_read([small] * 10, consistent=False, together=True) == 0.5
    assert units.of_read([], consistent=False) == 0.5
