"""Fault injection: orders live their whole life in the local cloud while its services fail. `make chaos`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent.parent / "layers" / "tillgate"))
