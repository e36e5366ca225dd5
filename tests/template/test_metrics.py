"""What code counts and what alarms and the dashboard look at are the same series (EV-7, GO-10, ONE-13)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from copy import deepcopy
from typing import Any

import pytest

from tests.template import metrics
from tests.template.metrics import WRITTEN_BY_AWS, Series, of_alarm, of_line, of_widget
from tests.template.reading import resources, template
from tillgate.connectors.host import observed
from tillgate.connectors.host.facts import REASON_CODES
from tillgate.connectors.host.registry import manifests
from tillgate.domain.marketplace.splits import SplitStatus
from tillgate.domain.notifications.delivery import DeliveryStatus, Kind
from tillgate.domain.payments.refusal_groups import RefusalGroup, refusal_group
from tillgate.domain.payouts.payout import PayoutStatus
from tillgate.runtime import telemetry
from tillgate.runtime.telemetry import NAMESPACE

ALARMS = metrics.alarms()
OURS = [name for name, alarm in ALARMS.items() if alarm["Namespace"] == NAMESPACE]
OF_AWS = [name for name in ALARMS if name not in OURS]
CONNECTORS = sum(not each.local for each in manifests())  # those that a production deployment has
USD_A_SERIES = 0.30  # a month, where it is written in every hour of it: us-east-1, November 2026
MOST_USD = 21.0  # if everything that can happen happens in every hour of a month

# How many values each dimension of a metric can have.
VALUES: dict[tuple[str, str], int] = {
    ("PspCall", "outcome"): len(set(observed.OUTCOMES.values())),
    ("PaymentRefused", "group"): len(RefusalGroup),
    ("MoneyReported", "outcome"): 3,
    ("PersonalDataErased", "of"): 2,
    ("SplitEnded", "status"): len(SplitStatus),
    ("OutcomeAskedFor", "cause"): 3,
    ("MerchantNotified", "kind"): len(Kind),
    ("MerchantNotified", "outcome"): len(DeliveryStatus),
    ("PayoutChanged", "status"): len(PayoutStatus),
}


@pytest.fixture
def written(capsys: pytest.CaptureFixture[str]) -> list[Series]:
    found = metrics.written(lambda: capsys.readouterr().out)
    assert len(found) > 15
    return found


def unheard(written: Iterable[Series], looked_for: Iterable[Series]) -> set[str | None]:
    looked_for = list(looked_for)
    return {each.name for each in written if not any(one.hears(each) for one in looked_for)}


def deaf(looked_for: Iterable[Series], written: Iterable[Series]) -> list[Series]:
    written = list(written)
    return [each for each in looked_for if not any(each.hears(one) for one in written)]


def test_every_alarm_and_widget_hears_what_code_writes(written: list[Series]) -> None:
    assert deaf(metrics.all_ours(), written) == []


def test_whatever_code_writes_is_heard(written: list[Series]) -> None:
    assert unheard(written, metrics.all_ours()) == set()


@pytest.mark.parametrize("name", OURS)
def test_an_alarm_without_its_dimension_would_be_deaf(name: str, written: list[Series]) -> None:
    """The test above fails when a dimension is removed on purpose."""
    alarm = deepcopy(ALARMS[name])
    assert deaf([of_alarm(alarm)], written) == []
    alarm["Dimensions"].pop()
    assert deaf([of_alarm(alarm)], written) != []


@pytest.mark.parametrize("extra", ["service", "connector"])
def test_a_metric_with_another_dimension_would_not_ring(extra: str, written: list[Series]) -> None:
    other = [each._replace(dimensions=each.dimensions | {extra}) for each in written]
    assert {of_alarm(ALARMS[name]) for name in OURS} <= set(deaf(metrics.all_ours(), other))


def test_stages_do_not_ring_each_others_alarms(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAGE", "staging")
    telemetry._stage.cache_clear()
    telemetry.count("OperatorNeeded")
    telemetry._stage.cache_clear()
    assert json.loads(capsys.readouterr().out)["stage"] == "staging"
    assert template()["Globals"]["Function"]["Environment"]["Variables"]["STAGE"] == {"Ref": "Stage"}
    for name in OURS:
        assert ALARMS[name]["Dimensions"] == [{"Name": "stage", "Value": {"Ref": "Stage"}}]


def test_what_alarms_and_widgets_look_at_of_aws_is_written_like_that() -> None:
    looked_for = [*map(of_alarm, ALARMS.values())]
    looked_for += [each for widget in metrics.dashboard() for each in of_widget(widget)]
    theirs = [each for each in looked_for if each.namespace != NAMESPACE]
    assert len(theirs) > 30
    for series in theirs:
        assert set(series.dimensions) in WRITTEN_BY_AWS[series.namespace, str(series.name)], series


@pytest.mark.parametrize("name", OF_AWS)
def test_what_an_alarm_watches_is_there_where_the_alarm_is(name: str) -> None:
    everything, condition = template()["Resources"], resources("CloudWatch::Alarm")[name]["Condition"]
    of_condition: dict[str, set[str | None]] = {"IsAws": {None}}
    for dimension in ALARMS[name].get("Dimensions", []):
        value = dimension["Value"]
        if "Fn::Sub" in value:
            continue  # the API's name
        watched = value["Ref"] if "Ref" in value else value["Fn::GetAtt"][0]
        assert everything[watched].get("Condition") in of_condition[condition]


def test_what_the_metrics_cost_is_bounded(written: list[Series]) -> None:
    """Each combination of values is a series that CloudWatch bills."""
    series = sum(_most(each) for each in set(written))
    assert series * USD_A_SERIES <= MOST_USD, series


def _most(series: Series) -> int:
    most = 1
    for dimension in series.dimensions - {"stage"}:
        most *= CONNECTORS if dimension == "connector" else VALUES[str(series.name), dimension]
    return most


def test_the_questions_of_every_day_have_their_series(written: list[Series]) -> None:
    """Each is on the dashboard by its own name, not only by a search for whatever there is."""
    asked = {
        *("OrderCreated", "OrderPaid", "OrderSafe", "PaymentAuthorized", "PaymentRefused", "PspCall"),
        *("DueBacklog", "OldestDue", "Parked", "WorkWaiting", "OldestWork"),
    }
    assert asked <= {each.name for each in written}
    assert asked <= {each.name for each in metrics.all_ours()}


def test_each_reason_of_a_refusal_is_somebodys_matter() -> None:
    grouped = {code: refusal_group(code) for code in REASON_CODES}
    assert set(grouped.values()) == set(RefusalGroup)
    assert [code for code, group in grouped.items() if group is RefusalGroup.PSP] == [
        *("PSP_ERROR", "TRY_AGAIN_LATER", "OTHER")
    ]


def test_a_metric_in_two_lines_of_dimensions_is_two_series() -> None:
    line: dict[str, Any] = {"_aws": {"CloudWatchMetrics": []}, "stage": "x", "a": "x", "N": [1.0]}
    line["_aws"]["CloudWatchMetrics"] = [
        {"Namespace": "T", "Dimensions": [["stage"], ["stage", "a"]], "Metrics": [{"Name": "N"}]}
    ]
    assert len(set(of_line(line))) == 2
