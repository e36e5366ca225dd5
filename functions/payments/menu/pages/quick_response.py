"""The QR code of a bank transfer, which banking apps read instead of typing: EPC069-12, for transfers in euro.

It is encoded by a library that is loaded where a transfer is shown and nowhere else.
"""

from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from tillgate.domain.payments.payment import Instructions

_MOST = 99_999_999_999  # cents, of the standard
_BORDER = 4  # modules around the code, of ISO 18004


class Code(NamedTuple):
    """A drawing for SVG: the path of the dark modules, and the width of the whole, both with one unit a module."""

    path: str
    width: int


def code_of(instructions: Instructions, currency: str, amount: int) -> Code | None:
    """`amount` in minor units. None for what the standard has no code for: it is shown in words alone."""
    if currency != "EUR" or not 0 < amount <= _MOST:
        return None
    from segno.helpers import make_epc_qr

    holder, account = instructions.holder[:70], instructions.iban
    try:
        code = make_epc_qr(holder, account, Decimal(amount) / 100, reference=instructions.reference)
    except ValueError:  # an account that is not written as the standard wants it
        return None
    path = "".join(_runs(row, y) for y, row in enumerate(code.matrix, _BORDER))
    return Code(path, len(code.matrix) + 2 * _BORDER)


def _runs(row: bytearray, y: int) -> str:
    """A row's dark modules, neighbours in one piece: pieces that only touch would show seams."""
    drawn, x = "", _BORDER
    for dark, modules in groupby(row):
        length = len(list(modules))
        drawn += f"M{x} {y}h{length}v1h-{length}z" if dark else ""
        x += length
    return drawn
