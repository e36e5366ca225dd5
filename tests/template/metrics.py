"""Which metrics code and AWS write, and which alarms and dashboard look at: they meet by name and exact dimensions."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from tests.template.reading import ROOT, resources
from tillgate.runtime.telemetry import NAMESPACE, count

# Of the metrics of AWS itself, the sets of dimensions that they are written with, from the services' user guides.
_Sets = tuple[set[str], ...]
_LAMBDA: _Sets = ({"FunctionName"}, set())
_API: _Sets = ({"ApiName"},)
_STATES: _Sets = ({"StateMachineArn"},)
_SQS: _Sets = ({"QueueName"},)
WRITTEN_BY_AWS: dict[tuple[str, str], _Sets] = {
    **{("AWS/Lambda", name): _LAMBDA for name in ("Errors", "Invocations", "Throttles", "IteratorAge")},
    **{("AWS/ApiGateway", name): _API for name in ("Count", "4XXError", "5XXError", "Latency")},
    **{
        ("AWS/States", f"Execution{name}"): _STATES
        for name in ("sStarted", "sSucceeded", "sFailed", "sTimedOut", "Throttled")
    },
    **{("AWS/SQS", f"Approximate{name}"): _SQS for name in ("NumberOfMessagesVisible", "AgeOfOldestMessage")},
    **{
        ("AWS/DynamoDB", name): ({"TableName"},)
        for name in (
            "ConsumedReadCapacityUnits",
            "ConsumedWriteCapacityUnits",
            "WriteThrottleEvents",
            "TransactionConflict",
        )
    },
}


class Series(NamedTuple):
    """Metrics of one name that are alike in the names of their dimensions; without a name, any of them."""

    namespace: str
    name: str | None
    dimensions: frozenset[str]

    def hears(self, written: Series) -> bool:
        """CloudWatch adds nothing up: a series with one dimension more is another series."""
        return self._replace(name=written.name) == written and self.name in (None, written.name)


def of_line(line: dict[str, Any]) -> Iterator[Series]:
    """The series of a log line in the embedded metric format."""
    for each in line.get("_aws", {}).get("CloudWatchMetrics", []):
        for dimensions in each["Dimensions"]:
            assert set(dimensions) <= set(line)
            for metric in each["Metrics"]:
                yield Series(each["Namespace"], metric["Name"], frozenset(dimensions))


def of_alarm(alarm: dict[str, Any]) -> Series:
    dimensions = frozenset(each["Name"] for each in alarm.get("Dimensions", []))
    return Series(alarm["Namespace"], alarm["MetricName"], dimensions)


def alarms() -> dict[str, dict[str, Any]]:
    """The properties of each alarm, by logical id."""
    return {name: each["Properties"] for name, each in resources("CloudWatch::Alarm").items()}


def dashboard() -> list[dict[str, Any]]:
    """The widgets; what CloudFormation puts in is called `x`."""
    (found,) = resources("CloudWatch::Dashboard").values()
    body = re.sub(r"\$\{[^}]+}", "x", found["Properties"]["DashboardBody"]["Fn::Sub"][0])
    widgets: list[dict[str, Any]] = json.loads(body)["widgets"]
    return widgets


def of_widget(widget: dict[str, Any]) -> Iterator[Series]:
    """`.` repeats what stood there in the line above, `...` all that is left out."""
    before: list[str] = []
    for metric in widget["properties"].get("metrics", []):
        options = metric[-1] if isinstance(metric[-1], dict) else {}
        if "expression" in options:
            yield of_search(options["expression"])
            continue
        told = [each for each in metric if isinstance(each, str)]
        if told[0] == "...":
            told = before[: len(before) - len(told) + 1] + told[1:]
        before = [before[place] if each == "." else each for place, each in enumerate(told)]
        yield Series(before[0], before[1], frozenset(before[2::2]))


def of_search(expression: str) -> Series:
    """Only those of this stage: `SEARCH('{Namespace,dimension,...} [MetricName="..."] stage="..."', 'Sum', 60)`."""
    statistics = "Sum|SampleCount|p99"
    name = r'(?: MetricName="(\w+)")?'
    found = re.fullmatch(rf"SEARCH\('\{{([^}}]+)}}{name} stage=\"x\"', '(?:{statistics})', (?:60|300)\)", expression)
    assert found, expression
    namespace, *dimensions = found[1].split(",")
    return Series(namespace, found[2], frozenset(dimensions))


@cache
def calls() -> dict[tuple[str, frozenset[str]], list[str]]:
    """Every call of `count` and `measure` in the code, by the metric's name and its dimensions; where they stand."""
    found: dict[tuple[str, frozenset[str]], list[str]] = {}
    for folder in ("layers/tillgate/tillgate", "functions"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "sandbox_psp" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                    continue
                if node.func.id in ("count", "measure"):
                    name = node.args[0]
                    assert isinstance(name, ast.Constant), f"{path}: a metric's name is written down"
                    dimensions = frozenset(str(each.arg) for each in node.keywords)
                    found.setdefault((str(name.value), dimensions), []).append(str(path.relative_to(ROOT)))
    return found


def written(read_out: Any) -> list[Series]:
    """Every series that the code writes: each call is made, and `read_out` gives the lines that came of it."""
    for name, dimensions in calls():
        count(name, **dict.fromkeys(dimensions, "x"))
    return [series for line in read_out().splitlines() for series in of_line(json.loads(line))]


def all_ours() -> list[Series]:
    """What alarms and widgets look for among our metrics."""
    looked_for = [*map(of_alarm, alarms().values()), *(each for widget in dashboard() for each in of_widget(widget))]
    return [each for each in looked_for if each.namespace == NAMESPACE]
