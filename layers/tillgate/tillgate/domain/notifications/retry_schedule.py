"""When a notification that was not taken is tried again: for 72 hours, in growing gaps with jitter (GO-2).

5 s, 15 s, 45 s, 2 min, 7 min, 20 min, 1 h, 3 h, then every 8 hours
"""

import random
from datetime import datetime, timedelta

TRIED_FOR = timedelta(hours=72)
FIRST_GAP = timedelta(seconds=5)
LONGEST_GAP = timedelta(hours=8)
FACTOR = 3
JITTER = 0.2  # either way, so that what failed together does not come back together

RESTS_AFTER = 3  # failures in a row after which an endpoint is no longer tried with everything that is new
SHORTEST_REST = timedelta(seconds=30)
LONGEST_REST = timedelta(minutes=15)


def gap(attempts: int) -> timedelta:
    """How long to wait after so many attempts, before jitter."""
    return min(FIRST_GAP * float(FACTOR ** min(attempts - 1, 20)), LONGEST_GAP)


def next_attempt(attempts: int, since: datetime, now: datetime) -> datetime | None:
    """None once the 72 hours are over. The last attempt is made right at their end, when no rest can be in its way."""
    end = since + TRIED_FOR
    if now >= end:
        return None
    at = now + gap(attempts) * random.uniform(1 - JITTER, 1 + JITTER)
    return at if at < end - LONGEST_REST else end


def rest(failures: int) -> timedelta:
    """At least so long between two tries of an endpoint that failed so often in a row, whatever waits for it."""
    if failures < RESTS_AFTER:
        return timedelta(0)
    return min(SHORTEST_REST * float(2 ** min(failures - RESTS_AFTER, 20)), LONGEST_REST)
