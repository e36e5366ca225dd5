"""The wire between our functions and everything else: each call over it is a place where a process can die.

DIES_BEFORE    the process dies before the call is sent
DIES_AFTER     the call takes effect, and the process dies before it gets the response
FAILS_BEFORE   the call never arrives, and the caller gets an error
FAILS_AFTER    the call takes effect, its response is lost, and the caller gets an error
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import urllib3
from botocore.exceptions import ReadTimeoutError


class Killed(BaseException):
    """The process has died: none of our code may catch this."""


class Fault(Enum):
    DIES_BEFORE = "dies before"
    DIES_AFTER = "dies after"
    FAILS_BEFORE = "fails before"
    FAILS_AFTER = "fails after"

    @property
    def takes_effect(self) -> bool:
        return self in (Fault.DIES_AFTER, Fault.FAILS_AFTER)

    @property
    def kills(self) -> bool:
        return self in (Fault.DIES_BEFORE, Fault.DIES_AFTER)


@dataclass
class Wire:
    """Counts the calls while it is `watched` and injects the faults of `plan`: call number and fault."""

    plan: dict[int, Fault] = field(default_factory=dict)
    watched: bool = False
    meanwhile: dict[int, Callable[[], None]] = field(default_factory=dict)  # what others do just before a call
    places: list[str] = field(default_factory=list)
    struck: int = 0

    def call(self, place: str, effect: Callable[[], Any]) -> Any:
        if not self.watched:
            return effect()
        number = len(self.places)
        self.places.append(place)
        if number in self.meanwhile:
            self.watched = False
            self.meanwhile[number]()
            self.watched = True
        fault = self.plan.get(number)
        if fault is None:
            return effect()
        self.struck += 1
        if fault.takes_effect:
            effect()
        raise Killed if fault.kills else _failure(place)


def _failure(place: str) -> Exception:
    if place.startswith("http"):
        return urllib3.exceptions.ProtocolError("connection broken")
    return ReadTimeoutError(endpoint_url=place)
