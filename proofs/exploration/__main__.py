"""`python -m proofs.exploration` explores small orders, with `--deep` larger ones. Fails when something does not hold.

The tests explore those that take seconds.
"""

import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable
from functools import partial

from proofs.exploration import vendor_orders as vendors
from proofs.exploration.explore import Findings, explore
from proofs.exploration.scenarios import DEEP, SMALL
from proofs.summary import note


def main() -> int:
    parser = ArgumentParser(prog="python -m proofs.exploration", description=__doc__)
    parser.add_argument("--deep", action="store_true", help="explore more and larger orders; takes minutes")
    deep = parser.parse_args().deep
    total = Findings()
    searches: list[tuple[str, Callable[[], Findings]]] = [
        *((order.name, partial(explore, order)) for order in (DEEP if deep else SMALL)),
        *((market.name, partial(vendors.explore, market)) for market in (vendors.DEEP if deep else vendors.QUICK)),
    ]
    for name, search in searches:
        began = time.monotonic()
        found = search()
        _say(f"{name:40} {_counts(found)}  {time.monotonic() - began:6.1f} s")
        total.add(found)
    _say(f"{'together':40} {_counts(total)}")
    note("explore", states=total.states, transitions=total.transitions, flaws=len(total.flaws))
    for flaw in total.flaws:
        _say(flaw)
    return 1 if total.flaws else 0


def _counts(found: Findings) -> str:
    return f"{found.states:8,} states {found.transitions:9,} transitions {found.refused_facts:8,} refused facts"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
