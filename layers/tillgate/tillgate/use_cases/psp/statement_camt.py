"""Statements in camt.053 (ISO 20022), of any version: the credits that the bank has booked (EV-13).

The identity of a booking is `AcctSvcrRef`, the bank's own reference; nothing else takes its place. Only what statements
need is read; a document without it is refused as a whole.
"""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from tillgate.domain.psp.written_amounts import read_amount
from tillgate.domain.psp.written_dates import read_date
from tillgate.domain.shared.currencies import DECIMALS
from tillgate.use_cases.psp.statement_lines import NONE_GIVEN, StatementLine, Unreadable

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001."
_NO_ID = "the bank gives no AcctSvcrRef for it; use report_money with the bank's own id"
_CORRECTION = "the bank corrects an earlier booking with it"


class _Money(NamedTuple):
    amount: int
    currency: str


def is_camt(text: str) -> bool:
    return text.lstrip().startswith("<")


def read_camt(text: str | bytes) -> list[StatementLine]:
    """Every booked credit. Raises `Unreadable` for anything that is no camt.053."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    try:
        root = fromstring(text, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise Unreadable(f"the XML cannot be read: {error!s:.200}") from None
    namespace = root.tag.partition("}")[0].lstrip("{")
    if not namespace.startswith(NAMESPACE):
        raise Unreadable(f"{namespace or root.tag!r:.100} is not read; a statement is camt.053")
    for each in root.iter():
        each.tag = each.tag.removeprefix(f"{{{namespace}}}")
    statements = root.findall("BkToCstmrStmt/Stmt")
    if not statements:
        raise Unreadable("there is no statement in the document (BkToCstmrStmt/Stmt)")
    entries = (entry for statement in statements for entry in statement.findall("Ntry"))
    return [line for number, entry in enumerate(entries, start=1) for line in _lines(f"entry {number}", entry)]


def _lines(place: str, entry: "Element") -> Iterator[StatementLine]:
    """The lines of one entry, which may be a batch of transactions; none for debits and what is not booked yet."""
    whole, direction = _money(place, entry.find("Amt")), _text(entry, "CdtDbtInd")
    booked = _text(entry, "Sts/Cd") or _text(entry, "Sts")
    if direction not in ("CRDT", "DBIT") or booked not in ("BOOK", "PDNG", "INFO", "FUTR"):
        raise Unreadable(f"{place}: CdtDbtInd {direction!r:.20} or Sts {booked!r:.20} is not recognized")
    if direction == "DBIT" or booked != "BOOK":
        return
    parts = entry.findall("NtryDtls/TxDtls")
    value_date = _value_date(place, entry)
    why_not = _CORRECTION if _text(entry, "RvslInd") in ("true", "1") else None
    if len(parts) <= 1:
        booking_id = _id(entry, "AcctSvcrRef") or _id(entry, "NtryDtls/TxDtls/Refs/AcctSvcrRef")
        yield _line(place, _words(entry), whole, booking_id, value_date, why_not)
        return
    moneys = [_money(place, _own_amount(part)) for part in parts]
    if sum(money.amount for money in moneys) != whole.amount or {money.currency for money in moneys} != {
        whole.currency
    }:
        raise Unreadable(f"{place}: its transactions do not add up to its amount")
    for number, (part, money) in enumerate(zip(parts, moneys, strict=True), start=1):
        booking_id = _id(part, "Refs/AcctSvcrRef")
        yield _line(f"{place}.{number}", _words(part), money, booking_id, value_date, why_not)


def _line(
    place: str, words: str, money: _Money, booking_id: str, value_date: date | None, why_not: str | None
) -> StatementLine:
    reason = why_not or (None if booking_id else _NO_ID)
    return StatementLine(place, words, money.amount, money.currency, booking_id, value_date, reason)


def _own_amount(part: "Element") -> "Element | None":
    """The amount of one transaction of a batch, in the account's currency."""
    found = part.find("Amt")
    return part.find("AmtDtls/TxAmt/Amt") if found is None else found


def _money(place: str, amount: "Element | None") -> _Money:
    currency = amount.get("Ccy", "") if amount is not None else ""
    if amount is None or currency not in DECIMALS:
        raise Unreadable(f"{place}: there is no amount with a currency")
    try:
        whole, _, cents = (amount.text or "").strip().partition(".")
        decimals = DECIMALS[currency]
        cents = cents.rstrip("0").ljust(decimals, "0")
        return _Money(
            read_amount(f"{whole}.{cents}" if decimals else whole + cents, currency, decimals).amount, currency
        )
    except ValueError as error:
        raise Unreadable(f"{place}: {error}") from None


def _value_date(place: str, entry: "Element") -> date | None:
    """The day from which the money counts for interest; the booking's if the bank names none."""
    names = ("ValDt/Dt", "ValDt/DtTm", "BookgDt/Dt", "BookgDt/DtTm")
    told = next((found for name in names if (found := _text(entry, name))), "")
    try:
        return read_date(told[:10]) if told else None
    except ValueError as error:
        raise Unreadable(f"{place}: {error}") from None


def _words(where: "Element") -> str:
    """Everything that the payer may have written the reference into."""
    names = ("CdtrRefInf/Ref", "Ustrd", "AddtlRmtInf", "EndToEndId", "AddtlTxInf", "AddtlNtryInf")
    found = (" ".join((each.text or "").split()) for name in names for each in where.iterfind(f".//{name}"))
    return " / ".join(dict.fromkeys(each for each in found if each and each != "NOTPROVIDED"))


def _id(where: "Element", path: str) -> str:
    found = _text(where, path)
    return "" if found in NONE_GIVEN else found


def _text(where: "Element", path: str) -> str:
    return " ".join((where.findtext(path) or "").split())
