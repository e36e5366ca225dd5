"""How things stand now: are orders being paid, is a PSP failing, what is stuck, what it costs (ADR 154).

What is stuck is read where it lies. What happened in an hour, and costs, are CloudWatch's figures: None where it has
none.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tillgate.domain.payments.refusal_groups import RefusalGroup
from tillgate.outbound.operators.figures import Figure, figures
from tillgate.outbound.operators.queues import Oldest, Queue, depth, oldest, queues
from tillgate.store.psp import parked_notifications
from tillgate.store.shared.due_index import WORK, Waiting, shards_to_read
from tillgate.wiring import System

HOUR, WEEK = timedelta(hours=1), timedelta(days=7)
MOST = 500  # of a list that are counted
MOST_A_SHARD = 100
ORDERS = ("OrderCreated", "OrderPaid", "OrderSafe")
OUTCOMES = ("SUCCEEDED", "FAILED", "OPEN", "UNKNOWN")
BILLING = "us-east-1"  # AWS keeps the figures of an account's bill there alone
SERVICES: Mapping[str, str] = {
    "AWSLambda": "Lambda",
    "AmazonDynamoDB": "DynamoDB",
    "AmazonApiGateway": "API Gateway",
    "AWSQueueService": "SQS",
    "AmazonStates": "Step Functions",
    "AmazonCloudWatch": "CloudWatch",
    "AWSXRay": "X-Ray",
    "awskms": "KMS",
    "AmazonS3": "S3",
    "AmazonSES": "SES",
}


@dataclass(frozen=True, slots=True)
class Compared:
    """Of the last hour, and of the same hour a week ago."""

    now: float | None
    then: float | None


@dataclass(frozen=True, slots=True)
class OfPsp:
    """A connector in the last hour. Shares are 0 to 1, milliseconds of calls that succeeded."""

    connector: str
    authorized: Compared
    rate: Compared
    """Of the payments that shoppers did not give up, those that were authorized."""
    calls: float
    unknown: float
    mean: float | None
    slowest: float | None


@dataclass(frozen=True, slots=True)
class Stuck:
    """How many, at most `MOST`, and since when the oldest of them."""

    count: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class DeadLetters:
    """`count`: None if it cannot be read."""

    queue: Queue
    waiting: int | None
    count: int | None
    oldest: Oldest | None


@dataclass(frozen=True, slots=True)
class Costs:
    """In USD since the month began, of the whole account. `paid`: orders that were paid in that time."""

    all: float | None
    by_service: Mapping[str, float]
    paid: float | None


def orders_now(now: datetime) -> dict[str, Compared]:
    wanted = [Figure(name, "Sum", _here()) for name in ORDERS]
    return dict(zip(ORDERS, _compared(wanted, now), strict=True))


def psps_now(connectors: list[str], now: datetime) -> list[OfPsp]:
    """Those of which there is any figure."""
    found = [_psp(connector, now) for connector in connectors]
    return [each for each in found if each.calls or any((each.authorized.now, each.authorized.then))]


def _psp(connector: str, now: datetime) -> OfPsp:
    here = _here() | {"connector": connector}
    groups = [{**here, "group": group} for group in (RefusalGroup.BANK, RefusalGroup.PSP)]
    authorized, *refused = _compared(
        [Figure("PaymentAuthorized", "Sum", here), *(Figure("PaymentRefused", "Sum", each) for each in groups)], now
    )
    outcomes = [Figure("PspCall", "SampleCount", {**here, "outcome": each}) for each in OUTCOMES]
    good = {**here, "outcome": "SUCCEEDED"}
    told = figures([*outcomes, Figure("PspCall", "Sum", good), Figure("PspCall", "Maximum", good)], now - HOUR, now)
    calls = {name: number or 0.0 for name, number in zip(OUTCOMES, told, strict=False)}
    of_all = sum(calls.values())
    milliseconds, slowest = told[-2:]
    return OfPsp(
        connector=connector,
        authorized=authorized,
        rate=Compared(
            _share(authorized.now, [each.now for each in refused]),
            _share(authorized.then, [each.then for each in refused]),
        ),
        calls=of_all,
        unknown=calls["UNKNOWN"] / of_all if of_all else 0.0,
        mean=milliseconds / calls["SUCCEEDED"] if milliseconds is not None and calls["SUCCEEDED"] else None,
        slowest=slowest,
    )


def _share(good: float | None, bad: list[float | None]) -> float | None:
    of_all = (good or 0) + sum(each or 0 for each in bad)
    return (good or 0) / of_all if of_all else None


def _compared(wanted: list[Figure], now: datetime) -> list[Compared]:
    spans = [figures(wanted, now - back - HOUR, now - back) for back in (timedelta(0), WEEK)]
    return [Compared(*each) for each in zip(*spans, strict=True)]


def _here() -> dict[str, str]:
    return {"stage": os.environ["STAGE"]}


def due_now(system: System) -> Stuck:
    now = system.now()
    return _stuck([each for shard in shards_to_read() for each in system.due.find(shard, now, MOST_A_SHARD)])


def parked_now(system: System) -> Stuck:
    """Since when: the instant of the next try, as their arrival is no attribute."""
    found = system.due.lying(parked_notifications.SHARD, MOST)
    return Stuck(len(found), None)


def work_now(system: System) -> Stuck:
    return _stuck(system.due.lying(WORK, MOST))


def _stuck(found: list[Waiting]) -> Stuck:
    since = min((each.due_at for each in found), default=None)
    return Stuck(len(found), datetime.fromisoformat(since) if since else None)


def dead_letters_now() -> list[DeadLetters]:
    found = []
    for queue in queues():
        dead = depth(queue.dead) if queue.dead else 0
        first = oldest(queue.dead) if queue.dead and dead else None
        found.append(DeadLetters(queue, depth(queue.url) if queue.url else None, dead, first))
    return found


def costs_now(now: datetime) -> Costs:
    """CloudWatch has the bill's figures if the account's billing alerts are on, some hours late."""
    month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    begin = max(month, now - timedelta(days=2))
    dollars = {"Currency": "USD"}
    wanted = [dollars, *({**dollars, "ServiceName": name} for name in SERVICES)]
    bill = [Figure("EstimatedCharges", "Maximum", each, "AWS/Billing") for each in wanted]
    of_all, *of_each = figures(bill, begin, now, period=21_600, region=BILLING)
    by_service = {SERVICES[name]: spent for name, spent in zip(SERVICES, of_each, strict=True) if spent is not None}
    (paid,) = figures([Figure("OrderPaid", "Sum", _here())], month, now, period=3_600)
    return Costs(of_all, by_service, paid)
