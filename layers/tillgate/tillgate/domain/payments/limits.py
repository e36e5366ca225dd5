"""What a connector can do with a payment, as recorded at START: what it cannot is refused before it is recorded.

A payment without a record is from before there were any: its connector could do everything.
"""

from dataclasses import dataclass
from typing import Literal

Captures = Literal["none", "whole", "one", "many"]
Cancels = Literal["none", "whole", "part", "by_capture"]
Refunds = Literal["none", "whole", "many"]


@dataclass(frozen=True, slots=True)
class Limits:
    """`captures` one: it may be of a part, and releases the rest. `cancels` by capture: it captures less instead."""

    captures: Captures = "many"
    cancels: Cancels = "part"
    refunds: Refunds = "many"
