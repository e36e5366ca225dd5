"""Figures of CloudWatch. What it does not know, or what cannot be read, is no figure: never zero by guess."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import batched
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from tillgate.runtime.aws import client
from tillgate.runtime.telemetry import logger

PERIOD = 300  # seconds: CloudWatch keeps finer figures for days only
MOST_AT_ONCE = 500  # queries in a call, says CloudWatch
_TOGETHER: Mapping[str, Callable[[list[float]], float]] = {"Sum": sum, "SampleCount": sum, "Maximum": max}


@dataclass(frozen=True, slots=True)
class Figure:
    """One series and its statistic: `Sum`, `SampleCount` (both added up) or `Maximum`."""

    name: str
    statistic: str
    dimensions: Mapping[str, str] = field(default_factory=dict)
    namespace: str = "Tillgate"


def figures(
    wanted: Sequence[Figure], begin: datetime, end: datetime, *, period: int = PERIOD, region: str | None = None
) -> list[float | None]:
    """One for each that is wanted; None where there is no data, or nothing could be read."""
    found: list[float | None] = []
    for some in batched(wanted, MOST_AT_ONCE, strict=False):
        try:
            found += _read(some, begin, end, period, region)
        except (ClientError, BotoCoreError) as error:
            logger.warning("no figures", extra={"error": str(error)})
            found += [None] * len(some)
    return found


def _read(
    wanted: Sequence[Figure], begin: datetime, end: datetime, period: int, region: str | None
) -> list[float | None]:
    cloudwatch = client("cloudwatch", region) if region else client("cloudwatch")
    queries = [_query(f"m{number}", each, period) for number, each in enumerate(wanted)]
    values: dict[str, list[float]] = {}
    asked: dict[str, Any] = {"MetricDataQueries": queries, "StartTime": begin, "EndTime": end}
    while True:
        answer = cloudwatch.get_metric_data(**asked)
        for each in answer["MetricDataResults"]:
            values.setdefault(each["Id"], []).extend(each["Values"])
        if not answer.get("NextToken"):
            break
        asked["NextToken"] = answer["NextToken"]
    told = [values.get(f"m{number}", []) for number in range(len(wanted))]
    return [float(_TOGETHER[each.statistic](of)) if of else None for each, of in zip(wanted, told, strict=True)]


def _query(name: str, wanted: Figure, period: int) -> dict[str, Any]:
    dimensions = [{"Name": key, "Value": value} for key, value in wanted.dimensions.items()]
    metric = {"Namespace": wanted.namespace, "MetricName": wanted.name, "Dimensions": dimensions}
    return {"Id": name, "MetricStat": {"Metric": metric, "Period": period, "Stat": wanted.statistic}}
