"""The bill of each flow: what it used until its windows are over, at the prices of `prices.json`."""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.bill.flows import FLOWS
from benchmarks.bill.metering import PRICES, Call, metered

WINDOWS = timedelta(hours=3)  # until everything that waits has ended
BUDGETS: dict[str, Any] = json.loads((Path(__file__).parent / "budgets.json").read_text())
LINES = {
    "API Gateway": ("api requests", "bytes out"),
    "Lambda": ("lambda requests", "lambda GB-seconds"),
    "DynamoDB writes": ("write units",),
    "DynamoDB reads": ("read units",),
    "Step Functions": ("transitions",),
    "SQS": ("queue requests",),
    "Logs": ("log bytes",),
    "X-Ray": ("traces",),
}


@dataclass(frozen=True)
class Bill:
    """`counts` of one flow; `calls` wrote to DynamoDB; `notes` say what each write took; `series` are its metrics."""

    counts: Counter[str]
    calls: list[Call]
    notes: list[str]
    series: set[str]

    def dollars_of(self, *names: str) -> float:
        """For a million flows."""
        return sum(dollars_of(self.counts, name) for name in names)

    @property
    def dollars(self) -> float:
        return sum(self.dollars_of(*names) for names in LINES.values())


def dollars_of(counts: Counter[str], name: str) -> float:
    """For a million times of what was counted."""
    price, number = PRICES["dollars"][name]
    return float(counts[name] * price / number * 1e6)


def bill(flow: str) -> Bill:
    with metered() as world:
        world.meter.runs = True
        FLOWS[flow](world)
        world.settle(WINDOWS)
        return Bill(world.meter.counts, world.meter.calls, world.meter.notes, world.meter.series)


def report() -> str:
    bills = {name: bill(name) for name in FLOWS}
    lines = [
        f"What a million flows cost, in dollars ({PRICES['region']}, {PRICES['source']}, {PRICES['as_of']})",
        "",
        "| | " + " | ".join(bills) + " |",
        "| --- |" + " ---: |" * len(bills),
    ]
    for line, names in LINES.items():
        lines.append(f"| {line} | " + " | ".join(f"{each.dollars_of(*names):.2f}" for each in bills.values()) + " |")
    lines.append("| **all** | " + " | ".join(f"**{each.dollars:.2f}**" for each in bills.values()) + " |")
    lines += ["", "Of each flow:", "", "| | " + " | ".join(bills) + " |", "| --- |" + " ---: |" * len(bills)]
    for name in sorted({count for each in bills.values() for count in each.counts}):
        lines.append(f"| {name} | " + " | ".join(f"{each.counts[name]:.4g}" for each in bills.values()) + " |")
    return "\n".join(lines)
