"""Calls at the very same moment, from real threads."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

ROUNDS = int(os.environ.get("TILLGATE_RACE_ROUNDS", "20"))
POOL = ThreadPoolExecutor(max_workers=8)


def together[Result](*calls: Callable[[], Result]) -> list[Result]:
    """Lets all calls begin at once; their results in the calls' order."""
    barrier = Barrier(len(calls))

    def begin(call: Callable[[], Result]) -> Result:
        barrier.wait(timeout=30)
        return call()

    return list(POOL.map(begin, calls))


def at_once[**Given, Result](
    times: int, call: Callable[Given, Result], *given: Given.args, **named: Given.kwargs
) -> list[Result]:
    """The same call so many times at once."""
    return together(*[partial(call, *given, **named)] * times)


def prepared[Thing](make: Callable[[int], Thing], rounds: int = ROUNDS) -> Iterator[Thing]:
    """What each round needs, a few made ahead at a time: the races themselves are what should take the time."""
    for first in range(0, rounds, 4):
        yield from list(POOL.map(make, range(first, min(first + 4, rounds))))
