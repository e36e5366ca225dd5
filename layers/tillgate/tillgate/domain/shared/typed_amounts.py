"""Amounts as people type them. What could mean two amounts is no amount."""

import re

_TYPED = re.compile(r"(\d{1,13})(?:([.,])(\d{1,4}))?", re.ASCII)
_GROUP = 3  # digits between the marks that make large numbers readable


def minor_units(text: str, decimals: int, point: str) -> int | None:
    """Minor units of `20`, `20.5` or `20,50`; None for anything else. `point`: the language's decimal mark.

    Marks between groups of digits are not taken: `1.234` is one thousand to one reader and a fraction to another. So a
    fraction as long as a group is read only with the language's own mark.
    """
    typed = _TYPED.fullmatch(text.strip())
    if typed is None:
        return None
    whole, mark, fraction = typed[1], typed[2], typed[3] or ""
    if len(fraction) > decimals or (len(fraction) >= _GROUP and mark != point):
        return None
    return int(whole + fraction.ljust(decimals, "0"))
