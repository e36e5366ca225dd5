"""Statements as CSV, as banks export them and spreadsheets save them (EV-13).

The separator is a comma, a semicolon or a tab. The header line names the columns `reference`, `amount`, `currency`, and
`booking_id` and `value_date` if there are any, in any case, with spaces, hyphens or underscores. Amounts are in minor
units, or, in the whole file, written with their decimals.
"""

import csv
import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from io import StringIO
from typing import NamedTuple

from tillgate.domain.psp.written_amounts import Written, read_amount
from tillgate.domain.psp.written_dates import read_date
from tillgate.domain.shared.currencies import DECIMALS
from tillgate.use_cases.psp.statement_lines import NONE_GIVEN, StatementLine, Unreadable

COLUMNS = ("reference", "amount", "currency")
_NAMES = {name.replace("_", ""): name for name in (*COLUMNS, "booking_id", "value_date")}
_NAMES |= {"acctsvcrref": "booking_id", "valutadate": "value_date", "valuta": "value_date"}
_HARMLESS = ("", "date", "bookingdate", "name", "payer", "debtor", "iban", "bic", "type", "text", "details")
_SEPARATORS = (",", ";", "\t")
_SEPARATOR_LINE = re.compile(r"\s*sep=([,;\t])\s*?(?:\r\n|\r|\n)")  # a spreadsheet's own
_REWRITTEN = re.compile(  # 2030010200042 as 2,03E+12 or 2030010200042.0
    r"[+-]?\d+(?:[.,]\d+)?E[+-]\d+|\d+[.,]0+|#+", re.IGNORECASE | re.ASCII
)
_QUOTED = re.compile(r"=\"(.*)\"|'(.*)'|'(.*)")  # how spreadsheets are told that a number is a text


class _Row(NamedTuple):
    number: int
    cells: dict[str, str]

    def refuse(self, why: object) -> Unreadable:
        return Unreadable(f"line {self.number}: {why}")


def read_csv(text: str, *, may_lack_ids: bool) -> list[StatementLine]:
    """Every line. Raises `Unreadable`. `may_lack_ids`: lines have another identity if there is no `booking_id`."""
    rows = _rows(text, may_lack_ids)
    pointed = next((row.number for row in rows if _has_content(row) and _amount(row).has_point), None)
    return [_line(row, pointed) for row in rows]


def _rows(text: str, may_lack_ids: bool) -> list[_Row]:
    above = text[: len(text) - len(text.lstrip())]
    separators: tuple[str, ...] = _SEPARATORS
    if told := _SEPARATOR_LINE.match(text):
        above, separators = told[0], (told[1],)
    body, skipped = text[len(above) :], len(re.findall(r"\r\n|\r|\n", above))
    fitting = [each for each in separators if set(COLUMNS) <= {_name(cell) for cell in _header(body, each)}]
    if len(fitting) != 1:
        raise Unreadable(f"line {skipped + 1}: the header line must name {', '.join(COLUMNS)}")
    header, *rows = ((skipped + number, cells) for number, cells in _records(body, fitting[0], skipped))
    _check_columns(header[1], header[0], may_lack_ids)
    return [_row(number, header[1], cells) for number, cells in rows if cells]


def _header(body: str, separator: str) -> list[str]:
    try:
        return next((cells for _, cells in _records(body, separator, 0)), [])
    except Unreadable:
        return []


def _records(body: str, separator: str, skipped: int) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(StringIO(body, newline=""), delimiter=separator, strict=True)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise Unreadable(f"line {skipped + reader.line_num}: {error}") from None


def _check_columns(header: list[str], number: int, may_lack_ids: bool) -> None:
    names = [name for cell in header if (name := _name(cell))]
    if len(set(names)) < len(names):
        raise Unreadable(f"line {number}: two columns have the same name")
    if "booking_id" in names:
        return
    if not may_lack_ids:
        raise Unreadable(
            "pass the statement, or a booking_id for each line: otherwise a repeated line cannot be recognized"
        )
    if unknown := [cell for cell in header if not _name(cell) and _key(cell) not in _HARMLESS]:
        raise Unreadable(
            f"line {number}: is one of {unknown} the bank's id of a booking? Name it booking_id, or leave them out"
        )


def _row(number: int, header: list[str], cells: list[str]) -> _Row:
    if len(cells) != len(header):
        raise Unreadable(f"line {number}: {len(cells)} cells under {len(header)} columns")
    named = list(zip(header, map(_cell, cells), strict=True))
    if any(cell and not _key(name) for name, cell in named):
        raise Unreadable(f"line {number}: a cell under a column without a name")
    return _Row(number, {_name(name): cell for name, cell in named if _name(name)})


def _line(row: _Row, pointed: int | None) -> StatementLine:
    place, cells = f"line {row.number}", row.cells
    if not _has_content(row):
        return StatementLine(place, "", 0, "", why_not="the line is empty")
    currency, written = _currency(row), _amount(row)
    if pointed and not written.has_point and DECIMALS[currency]:
        raise row.refuse(f"{cells['amount']} is written without decimals, but the amount in line {pointed} has them")
    booking_id = cells.get("booking_id", "")
    if _REWRITTEN.fullmatch(booking_id):
        raise row.refuse(f"a spreadsheet has rewritten the booking_id: {booking_id}")
    given = "" if booking_id in NONE_GIVEN else booking_id
    return StatementLine(place, cells["reference"], written.amount, currency, given, _value_date(row))


def _has_content(row: _Row) -> bool:
    return any(row.cells.values())


def _amount(row: _Row) -> Written:
    currency = _currency(row)
    try:
        return read_amount(row.cells["amount"], currency, DECIMALS[currency])
    except ValueError as error:
        raise row.refuse(error) from None


def _currency(row: _Row) -> str:
    currency = row.cells["currency"].upper()
    if currency not in DECIMALS:
        raise row.refuse(f"{currency!r:.40} is no ISO 4217 code such as EUR")
    return currency


def _value_date(row: _Row) -> date | None:
    try:
        return read_date(row.cells["value_date"]) if row.cells.get("value_date") else None
    except ValueError as error:
        raise row.refuse(error) from None


def _name(cell: str) -> str:
    """The column's name if it is one of ours, in whatever spelling."""
    return _NAMES.get(_key(cell), "")


def _key(cell: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFKC", cell).casefold() if each.isalnum())


def _cell(text: str) -> str:
    """Without marks that nobody sees, such as those of a writing direction: they come along when it is copied."""
    seen = "".join(each for each in unicodedata.normalize("NFC", text) if unicodedata.category(each) != "Cf")
    text = " ".join(seen.split())
    quoted = _QUOTED.fullmatch(text)
    return next(each for each in quoted.groups() if each is not None).strip() if quoted else text
