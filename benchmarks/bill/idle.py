"""What a production stack costs a month in which nobody calls, with everything on; and with one order an hour."""

import re
from typing import Any

from benchmarks.bill.cost import Bill, bill, dollars_of
from benchmarks.bill.metering import PRICES, metered
from tests.template.reading import resources

DAYS = 30
HOURS = 24 * DAYS
RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
MINUTES = {"minute": 1, "hour": 60, "day": 60 * 24}


def _production(kind: str) -> dict[str, dict[str, Any]]:
    """What production has of a kind: without the sandbox PSP."""
    sandbox = ("SandboxPsp", "SandboxPspOnAws", "IsLocal")
    return {name: each for name, each in resources(kind).items() if each.get("Condition") not in sandbox}


def scheduled() -> dict[str, int]:
    """How often a month each function is invoked by its schedule, by the operation's name."""
    found = {}
    for each in _production("Serverless::Function").values():
        for event in each["Properties"].get("Events", {}).values():
            if event["Type"] == "Schedule" and (rate := RATE.fullmatch(str(event["Properties"]["Schedule"]))):
                operation = each["Properties"]["CodeUri"].rstrip("/").rpartition("/")[2]
                found[operation] = DAYS * 24 * 60 // (int(rate[1]) * MINUTES[rate[2]])
    return found


def _of_schedules() -> float:
    dollars = 0.0
    for operation, times in scheduled().items():
        with metered() as world:
            world.cloud.now = world.cloud.now.replace(hour=12)  # a day's exports are written in the night
            world.function(operation, {})  # a cold one is the exception
            world.meter.runs = True
            world.function(operation, {})
            used = world.meter.counts
        dollars += sum(dollars_of(used, name) for name in PRICES["dollars"]) / 1e6 * times
    return dollars


def _of_queues() -> float:
    """Lambda asks each queue all the time."""
    sources = [
        each
        for each in _production("Lambda::EventSourceMapping").values()
        if "Queue" in str(each["Properties"]["EventSourceArn"])
    ]
    price, number = PRICES["dollars"]["queue requests"]
    asked = len(sources) * PRICES["assumed"]["empty receives a minute and queue"] * 60 * HOURS
    return float(asked * price / number)


def items() -> dict[str, float]:
    """Dollars a month."""
    prices = PRICES["a month"]
    return {
        "alarms": len(_production("CloudWatch::Alarm")) * prices["alarm"],
        "dashboard": len(_production("CloudWatch::Dashboard")) * prices["dashboard"],
        "keys": len(_production("KMS::Key")) * prices["key"],
        "secrets": len(_production("SecretsManager::Secret")) * prices["secret"],
        "queues that are asked": _of_queues(),
        "sweeps": _of_schedules(),
    }


def given_away() -> float:
    """What CloudWatch never bills: ten alarms and three dashboards of an account."""
    prices, given = PRICES["a month"], PRICES["given away"]
    dashboards = min(given["dashboards"], len(_production("CloudWatch::Dashboard")))
    return float(given["alarms"] * prices["alarm"] + dashboards * prices["dashboard"])


def with_an_order_an_hour(order: Bill) -> float:
    """Dollars a month at list prices; each series of metrics is billed for the hours in which it is written."""
    series = len(order.series) * PRICES["a month"]["metric"]
    return float(sum(items().values()) + order.dollars / 1e6 * HOURS + series)


def report() -> str:
    lines = ["A month in which nobody calls, in dollars (production, everything on)", "", "| | |", "| --- | ---: |"]
    lines += [f"| {name} | {dollars:.2f} |" for name, dollars in items().items()]
    lines.append(f"| **all** | **{sum(items().values()):.2f}** |")
    lines.append(f"| less what CloudWatch never bills | {sum(items().values()) - given_away():.2f} |")
    busy = with_an_order_an_hour(bill("3-D order"))
    lines.append(f"| with one 3-D order an hour | {busy:.2f} |")
    lines.append(f"| less what CloudWatch never bills | {busy - given_away():.2f} |")
    return "\n".join(lines)
