"""Budgets of calls, for merchants and for strangers, at next to no cost (ADR 128).

A process lets a few calls of each pass in ten seconds without asking anybody. Only who calls more often is metered for
all processes together, in leases of several calls: normal traffic costs nothing, and a flood a write for each lease.
"""

from dataclasses import dataclass
from math import ceil

from tillgate.domain.shared.refusals import TooSoon
from tillgate.runtime.bounded import Bounded
from tillgate.runtime.telemetry import logger
from tillgate.store.shared.failures import Contended, Throttled
from tillgate.store.shared.guards import Budget
from tillgate.wiring import System

FREE, LEASE = 20, 20  # calls a process lets pass in a span, and takes at a time
SPAN = 10.0  # seconds


class TooManyCalls(TooSoon):
    """A budget is used up."""


@dataclass(slots=True)
class _Meter:
    began: float
    left: int = FREE
    refused_until: float = 0.0


_meters: Bounded[str, _Meter] = Bounded()


def meter(system: System, name: str, budget: Budget, detail: str) -> None:
    """Counts a call. Raises `TooManyCalls`. If the table does not answer, the call passes: a budget is no lock."""
    now = system.clock()
    found = _meter(name, now)
    if now < found.refused_until:
        raise TooManyCalls(detail, ceil(found.refused_until - now))
    if found.left == 0:
        lease = min(LEASE, budget.burst)
        seconds = _taken(system, name, lease, budget)
        if seconds > 0:
            found.refused_until = now + seconds
            raise TooManyCalls(detail, ceil(seconds))
        found.left = lease
    found.left -= 1


def forget() -> None:
    """As a new process."""
    _meters.clear()


def _taken(system: System, name: str, lease: int, budget: Budget) -> float:
    try:
        return system.guards.take(name, lease, budget, system.now())
    except (Contended, Throttled) as error:
        logger.warning("not metered", extra={"error": str(error)})
        return 0


def _meter(name: str, now: float) -> _Meter:
    found = _meters.get(name)
    if found is None:
        found = _meters[name] = _Meter(now)
    elif now - found.began >= SPAN:
        found.began, found.left = now, max(found.left, FREE)
    return found
