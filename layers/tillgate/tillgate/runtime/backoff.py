"""Retries with random pauses ("full jitter"), so that callers that collided once do not collide at every retry."""

import random
import time
from collections.abc import Iterator

SHORTEST, LONGEST = 0.02, 0.64  # seconds: upper bounds of the first and the last pause

sleep = time.sleep  # tests replace it


def tries(most: int) -> Iterator[int]:
    """Yields the numbers of up to `most` attempts. Pauses before each but the first, up to twice as long as before."""
    for number in range(most):
        if number:
            sleep(random.uniform(0, min(LONGEST, SHORTEST * 2 ** (number - 1))))
        yield number
