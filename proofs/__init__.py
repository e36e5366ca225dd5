"""The domain shown to hold in every state it can get into (ONE-2). `python -m proofs.exploration` prints the counts."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "layers" / "tillgate"))
