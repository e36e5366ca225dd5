"""How many failed attempts are free, and the pause that grows after them: against the testing of stolen cards (US-3).

Counted within an hour, for what an attempt was made with, from or for:

| kind | what is counted | free | longest pause |
| --- | --- | --- | --- |
| order | its failed payments | 10 | 15 minutes |
| instrument | failed attempts, and those under way | 10 | 15 minutes |
| address | failed attempts, and those under way | 30 | 15 minutes |
| merchant | failed attempts | 1000 | 1 minute: others' cards must not close a shop |

A merchant's account may set other numbers (`attempt_limits`). Successes are not counted against anybody.
"""

import ipaddress
from collections.abc import Mapping
from datetime import datetime, timedelta
from math import ceil
from typing import NamedTuple

from tillgate.domain.payments.fingerprints import fingerprint
from tillgate.domain.payments.lifecycle import PaymentStatus

WINDOW = timedelta(hours=1)
FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(minutes=15)
LONGEST_OF_MERCHANT = timedelta(minutes=1)
FREE: Mapping[str, int] = {"order": 10, "instrument": 10, "address": 30, "merchant": 1000}
MOST_DOUBLED = 12
NOBODYS_FAULT = ("PSP_ERROR",)  # reason codes that say nothing about the instrument


def is_failure(status: PaymentStatus, reason_code: str | None) -> bool:
    """Whether an attempt that ended so counts as failed."""
    return status is PaymentStatus.FAILED and reason_code not in NOBODYS_FAULT


class Tally(NamedTuple):
    """Attempts in the window and the last one's instant."""

    attempts: int
    last_at: datetime


class Subject(NamedTuple):
    """What attempts are counted for: one instrument, address or merchant. `key` is a hash or an id."""

    merchant_id: str
    kind: str
    key: str
    free: int

    def wait(self, tally: Tally | None, now: datetime) -> int:
        """Seconds until the next attempt is allowed; 0 if it is."""
        if tally is None:
            return 0
        left = tally.last_at + pause(self.kind, tally.attempts, self.free) - now
        return max(0, ceil(left.total_seconds()))


def pause(kind: str, attempts: int, free: int) -> timedelta:
    """The pause after so many attempts: none while they are free, then twice as long after each."""
    if attempts < free:
        return timedelta(0)
    longest = LONGEST_OF_MERCHANT if kind == "merchant" else LONGEST_PAUSE
    return min(longest, FIRST_PAUSE * float(2 ** min(attempts - free, MOST_DOUBLED)))


def address_key(merchant_id: str, address: str) -> str:
    """A hash of an IP address; for IPv6 of its /64 network, which is what one subscriber has."""
    try:
        ip = ipaddress.ip_address(address)
        network = ipaddress.ip_network((ip, 64 if ip.version == 6 else 32), strict=False)
    except ValueError:
        return fingerprint(merchant_id, address)
    return fingerprint(merchant_id, str(network))
