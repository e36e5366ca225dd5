"""Reads the statement of a collection account: every booking with its result (EV-13, IS-18)."""

import base64
import binascii
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from tillgate.domain.psp.creditor_reference import plain
from tillgate.domain.shared.refusals import Refusal
from tillgate.runtime.telemetry import count
from tillgate.use_cases.psp.report_money import AmbiguousReference, check_id, found_in, report_money
from tillgate.use_cases.psp.statement_camt import is_camt, read_camt
from tillgate.use_cases.psp.statement_csv import read_csv
from tillgate.use_cases.psp.statement_lines import StatementLine, Unreadable, decoded
from tillgate.wiring import System

LONGEST_STATEMENT = 40  # it has to fit into the ids of its lines


def read_statement(
    system: System, content: str | bytes, statement: str | None = None, *, by: str
) -> list[dict[str, object]]:
    """Every line with its result; UNMATCHED and AMBIGUOUS lines are left to an operator.

    `content`: CSV or camt.053. A line of CSV without `booking_id` is identified by its `statement`, and by its ordinal
    among the lines with the same reference and amount there, regardless of position. So a statement that has grown can
    be read again. Raises `Unreadable` before anything is recorded.
    """
    if statement is not None:
        check_id("statement", statement, LONGEST_STATEMENT)
    text = decoded(content)
    if is_camt(text):
        lines = read_camt(content if isinstance(content, bytes) else text)
    else:
        lines = list(_identified(system, read_csv(text, may_lack_ids=statement is not None), statement))
    return [_told(system, line, by) for line in lines]


def from_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Unreadable("file must be the statement in base64") from None


def _identified(system: System, lines: list[StatementLine], statement: str | None) -> Iterator[StatementLine]:
    """The lines, with an identity where the bank gives none and the caller has named the statement."""
    seen = Counter[str]()
    for line in lines:
        if line.booking_id or line.why_not or statement is None:
            yield line
            continue
        known = list(found_in(system, line.reference))
        whose = known[0] if len(known) == 1 else plain(line.reference)
        same = f"{statement} {whose} {line.amount} {line.currency}"
        seen[same] += 1
        yield replace(line, booking_id=f"{same} {seen[same]}")


def _told(system: System, line: StatementLine, by: str) -> dict[str, object]:
    told: dict[str, object] = {
        "line": line.place,
        "reference": line.reference,
        "amount": line.amount,
        "currency": line.currency,
        "booking_id": line.booking_id,
        "value_date": line.value_date.isoformat() if line.value_date else None,
    }
    try:
        if line.why_not:
            raise Refusal(line.why_not)
        what = (line.reference, line.amount, line.currency, line.booking_id)
        return told | report_money(system, *what, value_date=line.value_date, by=by)
    except AmbiguousReference as refusal:
        count("MoneyReported", outcome="AMBIGUOUS")
        return told | {"outcome": "AMBIGUOUS", "why": str(refusal), "candidates": refusal.candidates}
    except Refusal as refusal:
        count("MoneyReported", outcome="UNMATCHED")
        return told | {"outcome": "UNMATCHED", "why": str(refusal)}
