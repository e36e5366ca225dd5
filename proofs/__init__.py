"""Proofs that the domain holds in every reachable state (ONE-2). `python -m proofs.exploration` prints the counts."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "layers" / "tillgate"))
