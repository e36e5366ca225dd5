"""Cells of CSV files that people open in spreadsheets."""

_FORMULAS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")  # the last four: full width


def safe(text: str) -> str:
    """Escapes a text that a spreadsheet would read as a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(_FORMULAS) else text
