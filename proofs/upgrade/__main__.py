"""`python -m proofs.upgrade`: an earlier commit in a local cloud, then this one, then the earlier again, under load.

The earlier one is brought up by its own tools. Merchants create, pay, capture, refund and read orders the whole time;
no call is repeated, so that one which meets half a deploy is seen, and none may fail. Orders that the one release has
begun are finished by the other, both ways.
"""

import argparse
import io
import os
import shutil
import subprocess
import sys
import tarfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from proofs.summary import note
from proofs.upgrade.calls import Caller, FailedCall

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / ".local" / "upgrade"
BEFORE = FOLDER / "before"
SYSTEM = FOLDER / "system"
AT_ONCE = 3
LEFT_OPEN = 5  # orders that each release leaves to the other
SETTLED = 10.0  # seconds of load before the deploy, and after it


def main() -> int:
    options = _options()
    _check_out(options.since)
    try:
        _local(BEFORE, "up", options.port, "--detach")
        caller = Caller(SYSTEM / "stack.json")
        good = True
        for release, root in ((f"{options.since} to this", ROOT), (f"this back to {options.since}", BEFORE)):
            left_open = [caller.begin() for _ in range(LEFT_OPEN)]
            done, failed, took = _under_load(caller, partial(_local, root, "deploy", options.port))
            for order in left_open:
                caller.finish(order)
            good &= _report(release, caller.answers, done, failed, took)
    finally:
        _local(ROOT, "down", options.port)
    return 0 if good else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m proofs.upgrade", description=__doc__)
    parser.add_argument("--since", default="HEAD~1", help="the commit that is deployed first")
    parser.add_argument("--port", type=int, default=5200)
    return parser.parse_args()


def _check_out(commit: str) -> None:
    """The earlier commit's files, beside the virtual environments of this one."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    packed = subprocess.run(["git", "archive", commit], cwd=ROOT, check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(BEFORE, filter="data")
    (BEFORE / ".local").mkdir()
    (BEFORE / ".local" / "venvs").symlink_to(ROOT / ".local" / "venvs")


def _local(root: Path, command: str, port: int, *arguments: str) -> None:
    python = str(ROOT / ".local" / "venvs" / "local" / "bin" / "python")
    words = [python, "-m", "local", command, "--dir", str(SYSTEM), "--port", str(port), *arguments]
    subprocess.run(words, cwd=root, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(root)})


def _under_load(caller: Caller, deploy: Callable[[], None]) -> tuple[int, list[str], float]:
    """Orders paid while `deploy` ran, what failed, and the seconds that it took."""
    over = threading.Event()
    failed: list[str] = []

    def live(number: int) -> int:
        paid = 0
        while not over.is_set():
            try:
                caller.finish(caller.begin())
                paid += 1
            except FailedCall as call:
                failed.append(f"worker {number}: {call}")
        return paid

    with ThreadPoolExecutor(AT_ONCE) as pool:
        workers = [pool.submit(live, number) for number in range(AT_ONCE)]
        try:
            time.sleep(SETTLED)
            began = time.monotonic()
            deploy()
            took = time.monotonic() - began
            time.sleep(SETTLED)
        finally:
            over.set()
        return sum(worker.result() for worker in workers), failed, took


def _report(release: str, answers: Counter[str], done: int, failed: list[str], took: float) -> bool:
    note("upgrade", **{"calls": answers.total(), "orders": done, "failed calls": len(failed)})
    print(f"\nFrom {release}: deployed in {took:.0f} s, {done} orders paid meanwhile")
    for call, times in sorted(answers.items()):
        print(f"  {times:6}   {call}")
    for each in failed[:20]:
        print(f"  FAILED   {each}")
    return done > 0 and not failed


if __name__ == "__main__":
    sys.exit(main())
