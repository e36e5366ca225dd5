"""The local cloud: the same template as on AWS, deployed into an emulator on this machine."""

import sys
from pathlib import Path

# What lets time pass reads and writes packed documents, in a virtual environment without our layer.
sys.path.append(str(Path(__file__).resolve().parent.parent / "layers" / "tillgate"))
