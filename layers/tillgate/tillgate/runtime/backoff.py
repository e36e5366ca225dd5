"""Tries again with pauses of random length ("full jitter"), so that those who met once do not meet at every try."""

import random
import time
from collections.abc import Iterator

SHORTEST, LONGEST = 0.02, 0.64  # seconds: the most that the first and the last pauses take

sleep = time.sleep  # tests put their own in its place


def tries(most: int) -> Iterator[int]:
    """The numbers of `most` tries, with a pause before each but the first: up to twice as long as the one before."""
    for number in range(most):
        if number:
            sleep(random.uniform(0, min(LONGEST, SHORTEST * 2 ** (number - 1))))
        yield number
