"""When a notification that was not accepted is retried: for 72 hours, in growing gaps with jitter (GO-2).

5 s, 15 s, 45 s, 2 min, 7 min, 20 min, 1 h, 3 h, then every 8 hours
"""

import random
from datetime import datetime, timedelta

TRIED_FOR = timedelta(hours=72)
FIRST_GAP = timedelta(seconds=5)
LONGEST_GAP = timedelta(hours=8)
FACTOR = 3
JITTER = 0.2  # either way, so that deliveries that failed together are not retried together

RESTS_AFTER = 3  # consecutive failures after which an endpoint is not tried for each new notification
SHORTEST_REST = timedelta(seconds=30)
LONGEST_REST = timedelta(minutes=15)


def gap(attempts: int) -> timedelta:
    """The wait after that many attempts, before jitter."""
    return min(FIRST_GAP * float(FACTOR ** min(attempts - 1, 20)), LONGEST_GAP)


def next_attempt(attempts: int, since: datetime, now: datetime) -> datetime | None:
    """None once the 72 hours are over. The last attempt is made exactly at their end, where no rest can delay it."""
    end = since + TRIED_FOR
    if now >= end:
        return None
    at = now + gap(attempts) * random.uniform(1 - JITTER, 1 + JITTER)
    return at if at < end - LONGEST_REST else end


def rest(failures: int) -> timedelta:
    """The minimum wait between two attempts at an endpoint after that many consecutive failures."""
    if failures < RESTS_AFTER:
        return timedelta(0)
    return min(SHORTEST_REST * float(2 ** min(failures - RESTS_AFTER, 20)), LONGEST_REST)
