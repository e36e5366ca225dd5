"""CPU of a warm call, as a ratio to a bare botocore handler that makes the same DynamoDB calls.

Product and floor are a process each; they take turns in small blocks, so that what else the machine does meets both
alike. CPU time, not the clock's.
"""

import json
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from benchmarks.subjects import ROOT, SUBJECTS, environment

BLOCKS = 40
CALLS = 5  # of a block; the first is not counted


class Warm(NamedTuple):
    """CPU milliseconds of a call; `ratio` is the median over pairs of blocks that were run one after the other."""

    product: float
    floor: float
    ratio: float


class Worker:
    """A process that does what it is told (see `worker`)."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def __call__(self, *command: Any) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps(command), file=self._process.stdin, flush=True)
        return json.loads(self._process.stdout.readline())


@contextmanager
def running(*arguments: str, env: dict[str, str]) -> Iterator["subprocess.Popen[str]"]:
    """A Python process of this repository, until the end of its input."""
    path = {"PYTHONPATH": f"{ROOT}:{ROOT / 'layers/tillgate'}"}
    with subprocess.Popen(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        env=env | path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def stand_in() -> Iterator[str]:
    """The URL of AWS and the PSP as they stand here."""
    with running("benchmarks.stand_in", env={}) as process:
        assert process.stdout
        yield process.stdout.readline().strip()


@contextmanager
def worker(kind: str, url: str) -> Iterator[Worker]:
    with running("benchmarks.worker", kind, env=environment(url)) as process:
        yield Worker(process)


def measured(product: Worker, floor: Worker, operation: str) -> Warm:
    told = product("script", operation)
    floor("repeat", told["script"], told["event"])
    product("make_ready", operation, CALLS * (BLOCKS + 1))
    pairs = [(sum(product("measure", CALLS)), sum(floor("measure", CALLS))) for _ in range(BLOCKS + 1)][1:]
    ours, bare = (statistics.median(values) / (CALLS - 1) * 1e3 for values in zip(*pairs, strict=True))
    return Warm(ours, bare, statistics.median(one / other for one, other in pairs))


def ratios(url: str, product: Worker) -> dict[str, Warm]:
    """Each handler's warm call beside its floor."""
    with worker("floor", url) as floor:
        return {operation: measured(product, floor, operation) for operation in SUBJECTS}
