"""Writes down which packages bring a connector along, by their entry points of the group `tillgate.connectors` (IS-1).

    python index.py FOLDER     FOLDER has the packages, as pip installed them

The core reads this file instead of the metadata of every package, which would cost each cold start milliseconds.
"""

import json
import re
import sys
from importlib.metadata import distributions
from pathlib import Path

GROUP = "tillgate.connectors"
NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")


def write_index(folder: Path) -> dict[str, str]:
    """The places of manifests by their connectors' names. Raises SystemExit for a name that is none, or is taken."""
    found: dict[str, str] = {}
    for distribution in distributions(path=[str(folder)]):
        for point in distribution.entry_points.select(group=GROUP):
            if not NAME.fullmatch(point.name) or point.name in found:
                raise SystemExit(f"{distribution.name}: a connector cannot be called {point.name}")
            found[point.name] = point.value
    (folder / "connectors.json").write_text(json.dumps(found, sort_keys=True))
    return found


if __name__ == "__main__":
    write_index(Path(sys.argv[1]))
