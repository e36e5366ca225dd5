"""What is stuck, as metrics: written by the sweep once a minute, and only where there is something (ADR 152).

A series costs by the hours in which it is written, so a system in which nothing is stuck has none of these.
"""

from collections.abc import Sequence
from datetime import datetime

from tillgate.runtime.telemetry import logger, measure
from tillgate.store.psp import parked_notifications
from tillgate.store.shared.due_index import WORK, Waiting
from tillgate.store.shared.work_items import key_of
from tillgate.use_cases.operators.work_list import is_over
from tillgate.wiring import System

MOST = 500  # counted of parked notifications and of the work list; more are as bad


def gauge(system: System, overdue: Sequence[Waiting]) -> None:
    """`overdue`: what the sweep has found, longest overdue first. Ages are in seconds."""
    now = system.now()
    if overdue:
        measure("DueBacklog", len(overdue), "Count")
        measure("OldestDue", _seconds(overdue[0].due_at, now), "Seconds")
    try:
        parked = system.due.lying(parked_notifications.SHARD, MOST)
        work = _tidied(system, system.due.lying(WORK, MOST))
    except Exception:  # the sweep's own work is worth more than its figures
        logger.exception("not gauged")
        return
    if parked:
        measure("Parked", len(parked), "Count")
    if work:
        measure("WorkWaiting", len(work), "Count")
        measure("OldestWork", _seconds(work[0].due_at, now), "Seconds")


def _tidied(system: System, work: list[Waiting]) -> list[Waiting]:
    """Without what has settled by itself, which goes from the list here."""
    over = [each for each in work if is_over(system, key_of(each))]
    for each in over:
        system.work.tidy(key_of(each), system.now())
    return [each for each in work if each not in over]


def _seconds(since: str, now: datetime) -> float:
    return max(0.0, round((now - datetime.fromisoformat(since)).total_seconds()))
