"""What is wrong with a field, in words of our own: the unit, the range, the nearest name (ADR 155).

Pydantic's own words are for whoever wrote a model, these are for whoever sent a request. Loaded for refused ones only.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

Wrong = Mapping[str, Any]  # one error of pydantic: its limits by name

MINOR_UNITS = "amounts are integers in minor units: 4999 is 49.99 EUR, or 4999 JPY"
PATTERNS = {
    r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$": "must be a language tag such as en or de-AT",
    r"^[a-z0-9_]{1,30}$": "must be a brand in lower case such as visa",
    r"^[A-Z]{2}$": "must be a two-letter ISO 3166-1 code such as DE",
    r"^[a-z]+/[A-Za-z0-9.+-]{1,100}$": "must be a media type such as application/pdf",
    r"^\+?[0-9][0-9 ()./-]{2,29}$": "must be a telephone number of 3 to 30 characters such as +49 30 123456",
}


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _counted(error: Wrong) -> str:
    """What has a length: pydantic calls the characters of some texts items."""
    given = error["input"]
    return "character" if isinstance(given, str) else "field" if isinstance(given, dict) else "item"


def _one_of(error: Wrong) -> str:
    """Pydantic lists values as `'a', 'b' or 'c'`."""
    values = error["ctx"]["expected"].replace(" or ", ", ").replace("'", "").split(", ")
    return f"must be one of {', '.join(values)}{_nearest(str(error['input']), values)}"


def _at_least(error: Wrong) -> str:
    least = error["ctx"]["min_length"]
    empty = least == 1 and isinstance(error["input"], str)
    return "must not be empty" if empty else f"must have at least {_count(least, _counted(error))}"


def _at_most(error: Wrong) -> str:
    return f"must have at most {_count(error['ctx']['max_length'], _counted(error))}"


INTEGER, FLAG, OBJECT = "must be an integer", "must be true or false", "must be an object"
# By pydantic's kind of error. A test sends every wrong value to every field and finds each kind here.
MESSAGES: dict[str, str | Callable[[Wrong], str]] = {
    "missing": "is required",
    "int_type": lambda error: f"{INTEGER}, without quotes" if isinstance(error["input"], str) else INTEGER,
    "int_from_float": INTEGER,
    "finite_number": INTEGER,
    "bool_type": FLAG,
    "bool_parsing": FLAG,
    "string_type": "must be a text",
    "string_unicode": "must be valid Unicode",
    "list_type": "must be a list",
    "dict_type": OBJECT,
    "model_type": OBJECT,
    "enum": _one_of,
    "literal_error": _one_of,
    "greater_than": lambda error: f"must be more than {error['ctx']['gt']:,}",
    "greater_than_equal": lambda error: f"must be at least {error['ctx']['ge']:,}",
    "less_than_equal": lambda error: f"must be at most {error['ctx']['le']:,}",
    "string_too_short": _at_least,
    "string_too_long": _at_most,
    "too_short": _at_least,
    "too_long": _at_most,
    "string_pattern_mismatch": lambda error: PATTERNS[error["ctx"]["pattern"]],
    "ip_any_address": "must be an IPv4 or IPv6 address",
    "value_error": lambda error: str(error["ctx"]["error"]),
}


def field_errors(error: ValidationError, model: type[BaseModel]) -> list[dict[str, str]]:
    """`[{"pointer", "detail"}]` of a request that is no `model`; pointers are RFC 6901."""
    return [
        {"pointer": pointer(each["loc"]), "detail": _detail(each, model)} for each in error.errors(include_url=False)
    ]


def pointer(place: Iterable[object]) -> str:
    """A JSON pointer. Pydantic names the key of a mapping twice, the second time as `[key]`."""
    steps = [str(part) for part in place if part != "[key]"]
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)


def _detail(error: ErrorDetails, model: type[BaseModel]) -> str:
    place, kind = error["loc"], error["type"]
    if kind == "extra_forbidden":
        return _unknown(str(place[-1]), _names(model, place[:-1]))
    made = MESSAGES.get(kind, "is not valid here")
    text = made if isinstance(made, str) else made(error)
    return f"{text}; {MINOR_UNITS}" if place and is_money(str(place[-1])) else text


def is_money(name: str) -> bool:
    """Whether a field of this name is an amount."""
    return name == "fee" or name.endswith("amount") or name.startswith("amount_")


def _unknown(name: str, names: list[str]) -> str:
    if not names:
        return "is not known: this call takes no fields"
    return f"is not known{_nearest(name, names) or f'; the fields are {", ".join(names)}'}"


def _nearest(name: str, names: Iterable[str]) -> str:
    """A question, in whatever case or spelling the name was sent."""
    by_letters = {each.lower(): each for each in names}
    near = get_close_matches(_snake(name), by_letters, n=1, cutoff=0.6)
    return f"; did you mean {by_letters[near[0]]}?" if near else ""


def _snake(name: str) -> str:
    """`orderReference` and `order-reference` as we write them."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).replace("-", "_").lower()


def _names(model: type[BaseModel], place: Iterable[object]) -> list[str]:
    """The fields of the object at that place."""
    found: type[BaseModel] | None = model
    for step in place:
        if isinstance(step, str) and found and step in found.model_fields:
            found = _model_in(found.model_fields[step].annotation)
    return list(found.model_fields) if found else []


def _model_in(annotation: object) -> type[BaseModel] | None:
    """The model of a field, also of `Model | None` and `list[Model]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for each in get_args(annotation) if (found := _model_in(each))), None)
