"""A merchant's colour on the menu, always legible: text on it is black or white, whichever contrasts more (WCAG).

It is a small style sheet named after the colour, since the page's policy allows no inline styles.
"""

import re

_COLOUR = re.compile(r"#?([0-9a-fA-F]{6})")


def colour_name(colour: str | None) -> str | None:
    """`#0B5C47` becomes `0b5c47`; None for anything that is not a colour."""
    match = _COLOUR.fullmatch(colour or "")
    return match[1].lower() if match else None


def style_sheet(name: str) -> str:
    """Raises ValueError for a name that is not a colour."""
    found = colour_name(name)
    if found is None:
        raise ValueError("not a colour")
    text = "#ffffff" if luminance(found) < 0.179 else "#000000"  # 0.179 is where both contrasts are equal
    return f":root{{--accent:#{found};--on-accent:{text}}}\n"


def luminance(name: str) -> float:
    """Relative luminance as WCAG 2 defines it, 0 to 1."""
    red, green, blue = (_linear(int(name[at : at + 2], 16) / 255) for at in (0, 2, 4))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.03928 else float(((channel + 0.055) / 1.055) ** 2.4)
