"""What callers may send, field by field. Unknown fields are refused by name (422), so misspelt ones are noticed."""

import json
import re
import unicodedata
from contextlib import suppress
from datetime import UTC, date
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
)

from tillgate.domain.merchants.urls import check_notification_url, check_return_url
from tillgate.domain.payments.methods import METHODS
from tillgate.domain.shared.currencies import DECIMALS

MOST = 1_000_000_000_000  # minor units
DEEPEST = 10  # nesting levels of a merchant's own data, so that every JSON parser can read it
_URL: dict[str, Any] = {"format": "uri", "maxLength": 2048}
_LINE: dict[str, Any] = {"pattern": r"^[^\x00-\x1f\x7f-\x9f]*$"}
_DIGITS = re.compile(r"-?[0-9]+")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def _currency(code: str) -> str:
    if code not in DECIMALS:
        raise ValueError("must be an ISO 4217 code such as EUR")
    return code


def _method(name: str) -> str:
    if name not in METHODS:
        raise ValueError(f"must be one of {', '.join(METHODS)}")
    return name


def _return_url(url: str, info: ValidationInfo) -> str:
    return check_return_url(url, bool((info.context or {}).get("allow_local")))


def _notification_url(url: str, info: ValidationInfo) -> str:
    """In the local system, the demo shop and a developer's own server may be notified too."""
    return check_notification_url(url, (info.context or {}).get("local_origins", ()))


def _whole(value: object) -> object:
    """A form's `49.00` is not 49 minor units, although pydantic would accept it."""
    if isinstance(value, str) and not _DIGITS.fullmatch(value):
        raise ValueError("must be an integer, written in digits only")
    return value


def _flag(value: object) -> object:
    """In a form, `true` and `false` are booleans; `0` is not."""
    if isinstance(value, str) and value not in ("true", "false"):
        raise ValueError("must be true or false")
    return value


_AWARE = TypeAdapter(AwareDatetime)


def _written_out(value: object) -> object:
    """Parses RFC 3339 text, which pydantic's strict mode does not take. A number is refused, not read as seconds."""
    if isinstance(value, str) and _INSTANT.match(value):
        with suppress(ValidationError):
            return _AWARE.validate_python(value)
    raise ValueError("must be an RFC 3339 timestamp such as 2030-01-01T12:00:00Z")


def _one_line(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("must not contain control characters")
    return text


def _small(value: dict[str, Any]) -> dict[str, Any]:
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    except ValueError:
        raise ValueError("must not contain numbers that JSON does not allow, such as NaN") from None
    if len(text) > 10_000:
        raise ValueError("must not be longer than 10,000 characters")
    if _depth(value) > DEEPEST:
        raise ValueError(f"must not be nested more than {DEEPEST} levels deep")
    return value


def _depth(value: object) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max((_depth(one) for one in inner), default=0)


# Look like nothing, although Unicode counts them as letters, symbols or marks.
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0\u034f\u17b4\u17b5")


def _visible(text: str) -> str:
    """What a person reads is what is compared: no two references look the same and are not."""
    kinds = [unicodedata.category(character) for character in text]
    if any(kind in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") for kind in kinds) or _BLANK & set(text):
        raise ValueError("must not contain invisible characters, such as those of width zero or of writing direction")
    if all(kind == "Zs" or kind.startswith("M") for kind in kinds):
        raise ValueError("must contain a character that can be seen")
    if not unicodedata.is_normalized("NFC", text):
        raise ValueError("must be in Unicode's normalization form C (NFC)")
    return text


Whole = Annotated[int, BeforeValidator(_whole)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Amount = Annotated[Whole, Field(ge=1, le=MOST)]
OrderAmount = Annotated[Whole, Field(ge=0, le=MOST)]  # of an order of nothing, zero
Currency = Annotated[str, AfterValidator(_currency), Field(json_schema_extra={"enum": sorted(DECIMALS)})]
Method = Annotated[str, AfterValidator(_method), Field(json_schema_extra={"enum": sorted(METHODS)})]
ReturnUrl = Annotated[str, AfterValidator(_return_url), Field(json_schema_extra=_URL)]
NotificationUrl = Annotated[str, AfterValidator(_notification_url), Field(json_schema_extra=_URL)]
# Checked after the length, so that a text that is too long is reported as such.
ONE_LINE, LINE_SCHEMA = AfterValidator(_one_line), Field(json_schema_extra=_LINE)
Line = Annotated[str, ONE_LINE, LINE_SCHEMA]
Text = Annotated[str, StringConstraints(min_length=1, max_length=255), ONE_LINE, LINE_SCHEMA]
Reference = Annotated[
    str, StringConstraints(min_length=1, max_length=100), ONE_LINE, AfterValidator(_visible), LINE_SCHEMA
]
Free = Annotated[dict[str, Any], AfterValidator(_small)]


class Body(BaseModel):
    """Unknown fields are refused; JSON is read strictly (a number is a number), forms by their text."""

    model_config = ConfigDict(extra="forbid")


class Page(Body):
    """The query of a list."""

    limit: Annotated[Whole, Field(ge=1, le=100)] = 20
    cursor: Annotated[str, StringConstraints(min_length=1, max_length=500)] | None = None


class Continue(Body):
    """The query of a list without a limit: only what is too large for one answer has a second page."""

    cursor: Annotated[str, StringConstraints(min_length=1, max_length=500)] | None = None


class Nothing(Body):
    """The body of a call that takes no fields."""


def _in_utc(at: AwareDatetime) -> AwareDatetime:
    if not 1970 <= at.year < 9999:  # the first and last days of the calendar have no equivalent in UTC
        raise ValueError("must be between the years 1970 and 9998")
    return at.astimezone(UTC)


Instant = Annotated[AwareDatetime, BeforeValidator(_written_out), AfterValidator(_in_utc)]


def _day(value: object) -> object:
    """Parses a day as text, which pydantic's strict mode does not take."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        with suppress(ValueError):
            return date.fromisoformat(value)
    raise ValueError("must be a day such as 2030-01-31")


def _in_calendar(day: date) -> date:
    if not 1970 <= day.year < 9999:
        raise ValueError("must be between the years 1970 and 9998")
    return day


Day = Annotated[date, BeforeValidator(_day), AfterValidator(_in_calendar)]


def _instant_or_day(value: object) -> date:
    """A day where the merchant is, or an instant."""
    try:
        return _in_calendar(_AS_DAY.validate_python(value))
    except ValidationError:
        return _AS_INSTANT.validate_python(value)


_AS_DAY: TypeAdapter[date] = TypeAdapter(Day)
_AS_INSTANT: TypeAdapter[AwareDatetime] = TypeAdapter(Instant)
InstantOrDay = Annotated[
    date | AwareDatetime, BeforeValidator(_instant_or_day), WithJsonSchema({"type": "string", "maxLength": 40})
]


Cursor = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Limit = Annotated[Whole, Field(ge=1, le=100)]
