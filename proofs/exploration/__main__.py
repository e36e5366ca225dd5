"""`python -m proofs.exploration` explores small orders, with `--deep` larger ones. Fails when something does not hold.

It also fails if the counts are not those that are published; `--write` publishes them. The tests explore what takes
seconds.
"""

import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable
from functools import partial

from proofs.exploration import vendor_orders as vendors
from proofs.exploration.explore import Findings, explore
from proofs.exploration.published import Counts, counts_of, publish, published
from proofs.exploration.scenarios import DEEP, SMALL
from proofs.summary import note


def main() -> int:
    parser = ArgumentParser(prog="python -m proofs.exploration", description=__doc__)
    parser.add_argument("--deep", action="store_true", help="explore more and larger orders; takes minutes")
    parser.add_argument("--write", action="store_true", help="publish the counts")
    options = parser.parse_args()
    total, counts = Findings(), dict[str, Counts]()
    for name, search in _searches(deep=options.deep):
        began = time.monotonic()
        found = search()
        _say(f"{name:40} {_told(found)}  {time.monotonic() - began:6.1f} s")
        counts[name] = counts_of(found)
        total.add(found)
    _say(f"{'together':40} {_told(total)}")
    note("explore", states=total.states, transitions=total.transitions, flaws=len(total.flaws))
    for flaw in total.flaws:
        _say(flaw)
    if options.write and not (options.deep or total.flaws):
        publish(counts)
    changed = [name for name, known in published().items() if counts.get(name) != known]
    for name in changed:
        _say(f"{name}: other counts are published. Run: make explore ARGS=--write && make docs")
    return 1 if total.flaws or changed else 0


def _searches(*, deep: bool) -> list[tuple[str, Callable[[], Findings]]]:
    orders, markets = (DEEP, vendors.DEEP) if deep else (SMALL, vendors.QUICK)
    return [
        *((order.name, partial(explore, order)) for order in orders),
        *((market.name, partial(vendors.explore, market)) for market in markets),
    ]


def _told(found: Findings) -> str:
    return f"{found.states:8,} states {found.transitions:9,} transitions {found.refused_facts:8,} refused facts"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
