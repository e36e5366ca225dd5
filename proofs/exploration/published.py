"""The size of each exploration, as docs/lifecycle.md publishes it (ONE-2): states, transitions, refused facts.

`make explore` compares them with what it finds, the tests those of the smallest orders. `make explore ARGS=--write`
writes them, and `make docs` the page.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from proofs.exploration.explore import Findings

FILE = Path(__file__).with_name("published.json")

Counts = tuple[int, int, int]


def published() -> dict[str, Counts]:
    """The counts by the name of the order."""
    return {name: (states, transitions, refused) for name, (states, transitions, refused) in _read().items()}


def publish(counts: Mapping[str, Counts]) -> None:
    lines = [f"  {json.dumps(name)}: {list(numbers)}" for name, numbers in counts.items()]
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n")


def counts_of(found: Findings) -> Counts:
    return found.states, found.transitions, found.refused_facts


def _read() -> dict[str, list[int]]:
    found: dict[str, list[int]] = json.loads(FILE.read_text())
    return found
