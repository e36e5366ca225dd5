"""How many partition keys of an index share what belongs together, such as all that falls due (ADR 132).

The counts are configuration: `DUE_SHARDS` and so on say among how many is written, `DUE_SHARDS_READ` how many are read
at least. To raise one without downtime, raise what is read, then what is written: whoever reads looks where the first
writer writes. Writers of two releases may have different counts; readers go by the greater.
"""

import os
from typing import NamedTuple
from zlib import crc32


class Shards(NamedTuple):
    """What is spread, and over how many keys if nothing else is said."""

    variable: str
    usual: int


DUE = Shards("DUE_SHARDS", 16)
ANNOUNCE = Shards("ANNOUNCE_SHARDS", 8)
LIST = Shards("LIST_SHARDS", 1)


def written(shards: Shards) -> int:
    return int(os.environ.get(shards.variable) or shards.usual)


def read(shards: Shards) -> int:
    return max(written(shards), int(os.environ.get(f"{shards.variable}_READ") or 0))


def number(key: str, shards: Shards) -> int:
    """The shard that a key is written to."""
    return crc32(key.encode()) % written(shards)


def list_key(name: str, entry: str) -> str:
    """The list that an entry is written to: the first shard bears the list's own name, as before there were more."""
    return _list(name, number(entry, LIST))


def list_keys(name: str) -> list[str]:
    """All the lists that together are the one of that name."""
    return [_list(name, shard) for shard in range(read(LIST))]


def _list(name: str, shard: int) -> str:
    return f"{name}#~{shard}" if shard else name
