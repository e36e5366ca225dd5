"""What a payment costs is held by a budget (ONE-5): whoever needs more has to say so here."""

import pytest

from benchmarks.cost import FLOWS, Bill, bills

# Reads, transactions and write units of each flow, and the state machines' transitions.
BUDGET = {
    "a status": (1, 0, 0, 0),
    "create, debit, status": (2, 3, 28, 3),
    "create, authorize, status, capture": (3, 5, 45, 3),
    "create, redirect, return, status, capture": (4, 6, 56, 6),
    "create, authorize, status, capture, refund": (4, 7, 62, 3),
}


@pytest.fixture(scope="module")
def used() -> dict[str, Bill]:
    return bills()


@pytest.mark.parametrize("flow", FLOWS)
def test_a_flow_keeps_to_its_budget(flow: str, used: dict[str, Bill]) -> None:
    counts = used[flow].counts
    assert counts["other calls"] == 0
    found = tuple(counts[name] for name in ("reads", "transactions", "write units", "transitions"))
    assert all(cost <= most for cost, most in zip(found, BUDGET[flow], strict=True)), found
