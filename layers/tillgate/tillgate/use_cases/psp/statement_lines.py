"""What is read from a bank's statement, whatever its format: lines, or the reason why none of it is read (EV-13).

A file that is recognized in part would be read in part: a booking under a weaker identity counts twice. So what is not
recognized refuses the whole file, with the line and the reason.
"""

from dataclasses import dataclass
from datetime import date

from tillgate.domain.shared.refusals import Refusal

NONE_GIVEN = ("", "NOTPROVIDED", "NONREF")  # SEPA's and SWIFT's values for a missing id
_BYTE_ORDER_MARK = "\ufeff"
_UTF_8_MARK_AS_CP1252 = "\u00ef\u00bb\u00bf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class Unreadable(Refusal):
    """The statement is not recognized; none of it was read."""


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A booking. `amount` in minor units, negative for a debit; `booking_id` is the bank's, empty if it gives none.

    `place` is where it stands in the file. `why_not`: the reason why it cannot be matched.
    """

    place: str
    reference: str
    amount: int
    currency: str
    booking_id: str = ""
    value_date: date | None = None
    why_not: str | None = None


def decoded(content: str | bytes) -> str:
    """The text of a file: UTF-8, UTF-16 with its mark, or what Windows writes (cp1252). Raises `Unreadable`."""
    text = content if isinstance(content, str) else _text(content)
    if text.startswith(_UTF_8_MARK_AS_CP1252):  # UTF-8 that was decoded as something else on its way
        text = _again(text)
    text = text.removeprefix(_BYTE_ORDER_MARK)
    if "\x00" in text or "\ufffd" in text or _BYTE_ORDER_MARK in text:
        raise Unreadable("the statement's encoding is not recognized; pass the file itself, in base64, as `file`")
    return text


def _text(content: bytes) -> str:
    encodings = ("utf-16",) if content.startswith(_UTF_16) else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable("the statement's encoding is not recognized: UTF-8, UTF-16 with its mark and cp1252 are")


def _again(text: str) -> str:
    try:
        return text.encode("cp1252").decode("utf-8-sig")
    except UnicodeError:
        raise Unreadable("the statement was decoded wrongly; pass the file itself, in base64, as `file`") from None
