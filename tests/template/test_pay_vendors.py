"""The vendors' daily run: every shard, on the hold time of the ledger, and somebody learns when it fails."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import yaml

from tests.template.reading import ROOT, functions, resources, template
from tillgate.domain.ledger.entries import HOLD
from tillgate.store.ledger.entries import OPEN_SHARDS

STATES: dict[str, Any] = yaml.safe_load((ROOT / "statemachines" / "pay_vendors.asl.yaml").read_text())["States"]


def test_it_runs_over_every_shard_with_bounded_concurrency() -> None:
    assert STATES["PayShards"]["Items"] == f"{{% [0..{OPEN_SHARDS - 1}] %}}"
    assert 1 < STATES["PayShards"]["MaxConcurrency"] <= 8


def test_a_shard_without_more_costs_three_transitions() -> None:
    assert set(STATES["PayShards"]["ItemProcessor"]["States"]) == {"PayShard", "IsThereMore", "ShardPaid"}


def test_what_fails_is_a_task_so_that_it_can_be_redriven() -> None:
    left = STATES["PayThoseLeft"]
    assert left["Type"] == "Task"
    assert {"ErrorEquals": ["NotAllPaid"], "MaxAttempts": 0} in left["Retry"]
    assert "Catch" not in left
    assert not [name for name, state in STATES.items() if state["Type"] == "Fail"]


def test_it_runs_daily_and_an_alarm_rings_when_it_fails() -> None:
    machine = resources("Serverless::StateMachine")["PayVendors"]["Properties"]
    assert machine["Events"]["EveryDay"]["Properties"]["Schedule"].startswith("cron(0 5 ")
    alarm = resources("CloudWatch::Alarm")["PayVendorsFailedAlarm"]["Properties"]
    assert alarm["MetricName"] == "ExecutionsFailed"
    assert alarm["Dimensions"] == [{"Name": "StateMachineArn", "Value": {"Ref": "PayVendors"}}]


def test_the_hold_time_is_a_parameter() -> None:
    assert timedelta(days=int(template()["Parameters"]["PayoutHoldDays"]["Default"])) == HOLD
    variables = functions()["PayVendorsFunction"]["Environment"]["Variables"]
    assert variables == {"PAYOUT_HOLD_DAYS": {"Ref": "PayoutHoldDays"}}
