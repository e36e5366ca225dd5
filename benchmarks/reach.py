"""`make reach`: how far the keys carry that the code really writes, at 1,000 and 10,000 orders a second.

Real 3-D orders of merchants of whom three make 80 percent are run, and each write is noted by its table or index and
its partition key. What a key takes of all is what its partition gets at any rate: DynamoDB gives a partition 1,000
write units a second. Keys that belong to one order alone grow in number, not in load, and are left out.

A key that is chosen by a hash (a shard) is filled evenly; what few orders put into it by chance is averaged over the
shards that there are. How many there are is configuration: `SETTINGS`, which docs/deploy.md tells operators.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast
from unittest.mock import patch

from benchmarks.bill import units
from benchmarks.bill.flows import three_d
from benchmarks.bill.metering import OURS, MeteredTables, metered
from tillgate import wiring
from tillgate.domain.merchants.account import Merchant
from tillgate.store.shared import shards

MOST = 1000  # write units a second and partition
SETTINGS = {
    1000: {"DUE_SHARDS": "16", "ANNOUNCE_SHARDS": "8", "LIST_SHARDS": "2"},
    10_000: {"DUE_SHARDS": "128", "ANNOUNCE_SHARDS": "96", "LIST_SHARDS": "32"},
}
SHARES = {"mer_a": 8, "mer_b": 5, "mer_c": 3, "mer_d": 1, "mer_e": 1, "mer_f": 1, "mer_g": 1}  # of twenty orders
OWN = re.compile(r"(ord|pay)_|REFERENCE#|IDEMPOTENCY#")  # in a key: it is one order's
SHARD = re.compile(r"^(?P<kind>[A-Z_]+)#\d+$|^(?P<list>.*)#~\d+$")


@dataclass(frozen=True)
class Heat:
    """Write units of a key for each order of all that are made; `shards`: over how many keys it is spread."""

    place: str
    key: str
    units: float
    shards: int = 1

    def at(self, rate: int) -> float:
        return self.units * rate / self.shards


class Notes:
    """The units that each partition key of each table and index was charged."""

    def __init__(self, tables: MeteredTables) -> None:
        self.charged: dict[str, Counter[str]] = defaultdict(Counter)
        self._record = tables._record
        self._tables = tables
        tables._record = self._noted  # type: ignore[method-assign]

    def _noted(self, table: str, key: Any, before: Any, after: Any) -> None:
        if table in OURS and self._tables._meter.runs:
            base = units.of_write(before, after, in_transaction=self._tables._transaction)
            self.charged[table][key[0]] += base
            for index, (name, sort) in units.INDEXES.items():
                for entry in _changed(before, after, name, sort):
                    self.charged[f"{table}, index {index}"][entry] += 1
        self._record(table, key, before, after)


def _changed(before: Any, after: Any, name: str, sort: str) -> Iterable[str]:
    """The partition keys of the entries that are written or taken away."""
    places = [
        (each[name]["S"], each[sort]["S"]) if each and name in each and sort in each else None
        for each in (before, after)
    ]
    if places[0] == places[1]:
        return []
    return [each[0] for each in places if each]


def heats(rate: int) -> list[Heat]:
    """With the settings for a rate of orders a second; the hottest first."""
    with metered() as world, patch.dict("os.environ", SETTINGS[rate]):
        notes = Notes(cast(MeteredTables, world.cloud.tables))
        merchants = _merchants()
        for number, merchant in enumerate(merchants):
            world.meter.runs = True
            world.merchant, world.reference = merchant, f"shop-2026-{number:06d}"
            world.with_keys(f"{number:06d}-", lambda: three_d(world))
        return sorted(_heats(notes.charged, len(merchants)), key=lambda each: -each.at(1))


def _heats(charged: dict[str, Counter[str]], orders: int) -> Iterable[Heat]:
    for place, keys in charged.items():
        sums: Counter[str] = Counter()
        for key, taken in keys.items():
            if not OWN.search(key):
                sums[_class_of(key)] += taken
        for name, taken in sums.items():
            yield Heat(place, name, taken / orders, _shards_of(place, name))


def _class_of(key: str) -> str:
    """What a key is a shard of."""
    found = SHARD.match(key)
    return (found["kind"] or found["list"]) if found else key


def _shards_of(place: str, name: str) -> int:
    """A shard that none of these orders has hit is there all the same."""
    kinds = {"DUE": shards.DUE, "KEPT": shards.DUE, "ANNOUNCE": shards.ANNOUNCE}
    listed = place.endswith("by_merchant") or name.startswith("BOOKS#")
    kind = shards.LIST if listed else kinds.get(name)
    return shards.written(kind) if kind else 1


def _merchants() -> list[str]:
    """Whose each of twenty orders is."""
    for name in SHARES:
        store = wiring.system().merchants
        url = "http://shop.test/update"
        store.create_merchant(Merchant(name, "Shop", update_url=url, methods={"card": "sandbox"}))
    return [name for name, share in SHARES.items() for _ in range(share)]


def report() -> str:
    lines = [f"Write units a second of the hottest partitions, of {MOST:,} (three merchants make 80 percent)"]
    for rate, settings in SETTINGS.items():
        told = ", ".join(f"{name} {count}" for name, count in settings.items())
        lines += ["", f"At {rate:,} orders a second, with {told}:", ""]
        lines += ["| table or index | key | shards | units an order | a second | full at |"]
        lines += ["| --- | --- | ---: | ---: | ---: | ---: |"]
        for each in heats(rate)[:8]:
            full = f"{MOST / each.at(1):,.0f}/s"
            lines.append(
                f"| {each.place} | {each.key} | {each.shards} | {each.units:.2f} | {each.at(rate):,.0f} | {full} |"
            )
    return "\n".join(lines)


if __name__ == "__main__":
    print(report())
