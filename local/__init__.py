"""The local cloud: the same template as on AWS, deployed into an emulator on this machine."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# In a virtual environment that has neither: what lets time pass reads and writes packed documents, as the layer does,
# and the shop is a merchant's program, which calls with the SDK.
sys.path += [str(ROOT / "layers" / "tillgate"), str(ROOT / "sdk" / "python" / "src")]
