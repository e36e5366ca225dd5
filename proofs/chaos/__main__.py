"""`python -m proofs.chaos`: a local system whose functions reach the cloud through the proxy; a report at the end."""

import argparse
import json
import os
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from proofs.chaos.faults import ROOT, RULES, SERVICES, Proxy
from proofs.chaos.lives import Moved
from proofs.chaos.market import LIVES
from proofs.chaos.merchant import GaveUp, Merchant
from proofs.chaos.verify import Books
from proofs.summary import note

FOLDER = ROOT / ".local" / "chaos"
AT_ONCE = 4  # each worker of the local cloud has a copy of the layers: more at once are not faster on a small machine
REST = 900.0  # seconds in which everything has to come to rest


def main() -> int:
    options = _options()
    proxy = Proxy(options.port + 9, f"http://127.0.0.1:{options.port}", FOLDER / "logs" / "proxy.log")
    try:
        proxy.wait()
        stack, resources = _up(options.port, proxy.url)
        return _run(options.orders, proxy, Merchant(stack), Books(stack, resources))
    finally:
        proxy.end()
        _local("down", options.port)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m proofs.chaos", description=__doc__)
    parser.add_argument("--orders", type=int, default=500)
    parser.add_argument("--port", type=int, default=5100, help="of the local cloud; the proxy takes 9 more")
    return parser.parse_args()


def _up(port: int, proxy: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Functions inherit the emulator's environment: botocore prefers these endpoints to the general one."""
    settings = [f"AWS_ENDPOINT_URL_{service}={proxy}" for service in SERVICES]
    _local("down", port)
    _local("up", port, "--detach", *(word for each in settings for word in ("--set", each)))
    return json.loads((FOLDER / "stack.json").read_text()), json.loads((FOLDER / "resources.json").read_text())


def _local(command: str, port: int, *arguments: str) -> None:
    python = str(ROOT / ".local" / "venvs" / "local" / "bin" / "python")
    words = [python, "-m", "local", command, "--dir", str(FOLDER), "--port", str(port), *arguments]
    subprocess.run(words, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(ROOT)})


def _run(orders: int, proxy: Proxy, merchant: Merchant, books: Books) -> int:
    for life in LIVES:  # warm up: cold starts would hide the faults behind time-outs
        life(merchant, f"warm-{life.__name__}")
    began = time.monotonic()
    proxy.fail(RULES)
    done, lost = _live(orders, merchant)
    struck = proxy.fired()
    proxy.fail([])
    took = time.monotonic() - began
    flaws = _come_to_rest(books, done)
    _report(orders, done, lost, struck, flaws, merchant, books, took)
    return 1 if lost or flaws or sum(struck.values()) == 0 else 0


def _live(orders: int, merchant: Merchant) -> tuple[dict[str, Moved], list[str]]:
    done: dict[str, Moved] = {}
    lost: list[str] = []

    def live(number: int) -> None:
        try:
            key, moved = LIVES[number % len(LIVES)](merchant, f"chaos-{number}")
            done[key] = moved
        except GaveUp as reason:
            lost.append(f"chaos-{number}: {reason}")
        if number % 50 == 49:
            print(f"  {number + 1} orders", flush=True)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(live, range(orders)))
    return done, lost


def _come_to_rest(books: Books, done: dict[str, Moved]) -> list[str]:
    """The flaws that remain after the time for repair."""
    left, flaws = dict(done), [""]
    began = time.monotonic()
    while flaws and time.monotonic() - began < REST:
        books.sweep()
        told = books.told()
        found = {key: books.flaws(key, moved, told) for key, moved in left.items()}
        left = {key: moved for key, moved in left.items() if found[key]}
        flaws = [flaw for each in found.values() for flaw in each]
        if flaws:
            time.sleep(10)
    return flaws


def _report(
    orders: int,
    done: dict[str, Moved],
    lost: list[str],
    struck: Counter[str],
    flaws: list[str],
    merchant: Merchant,
    books: Books,
    took: float,
) -> None:
    counts = {"orders": orders, "faults": sum(struck.values()), "lost": len(lost), "doubled or different": len(flaws)}
    note("chaos", **counts)
    print(f"\nChaos: {orders} orders, {AT_ONCE} at once, {took:.0f} s")
    print(f"  {sum(struck.values()):6} faults")
    for rule, times in struck.most_common():
        print(f"  {times:6}   {rule}")
    print(f"  {merchant.repeated:6} calls that the merchant's server repeated")
    print(f"  {len(done):6} orders lived to their end, both sides and history agree on {len(done) - len(flaws)}")
    print(f"  {len(lost):6} lost")
    print(f"  {len(flaws):6} doubled or different")
    print(f"  {sum(books.dead().values()):6} messages in dead-letter queues")
    for line in [*lost, *flaws][:20]:
        print(f"         {line}")


if __name__ == "__main__":
    sys.exit(main())
