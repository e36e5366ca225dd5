"""Every field of every request with every kind of wrong value is answered in words of our own (ADR 155)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError
from pydantic_core._pydantic_core import list_all_errors

from tillgate.api.http.field_messages import MESSAGES, PATTERNS, _model_in, field_errors
from tillgate.api.payments.models import Document
from tools.api.routes import ROUTES

MODELS = sorted(
    {model for route in ROUTES for model in (route.body, route.query) if model}, key=lambda model: model.__name__
)
WRONG: tuple[Any, ...] = (
    *(None, True, -1, 0, 49.99, 10**30, float("inf"), float("nan")),
    *("", "x", "49.99", "4999", "\x00", "\ud800", "AUTHORISED", "x" * 30_000),
    *([], [None], ["x"] * 300, [{}], [{"colour": 1}]),
    *({}, {"a": 1}, {"": ""}, {"x" * 200: "x" * 5000}),
)
# Pydantic's templates, with anything in place of what they fill in; those that only pass a text on say nothing.
RAW = [
    re.compile(re.sub(r"\\{\w+\\}", ".*", re.escape(each["message_template_python"])))
    for each in list_all_errors()
    if not each["message_template_python"].startswith("{")
]


def bodies(model: type[BaseModel]) -> Iterator[Any]:
    """Requests that are wrong in one place, at every depth."""
    yield {"colour": 1}
    for name, field in model.model_fields.items():
        yield from ({name: value} for value in WRONG)
        inner = _model_in(field.annotation)
        if inner:
            many = "list[" in str(field.annotation)
            for body in bodies(inner):
                yield {name: [body] if many else body}


def refusals(model: type[BaseModel]) -> Iterator[ValidationError]:
    for body in bodies(model):
        for is_form in (True, False):
            try:
                if is_form:
                    model.model_validate(body)
                else:
                    model.model_validate_json(json.dumps(body), strict=True)
            except ValidationError as error:
                yield error


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_no_words_of_pydantic_reach_a_caller(model: type[BaseModel]) -> None:
    told = set()
    for error in refusals(model):
        kinds = {each["type"] for each in error.errors()}
        if kinds == {"json_invalid"}:
            continue
        assert kinds - {"extra_forbidden"} <= set(MESSAGES)
        told |= {tuple(each.values()) for each in field_errors(error, model)}
    for pointer, detail in told:
        assert not any(raw.fullmatch(detail) for raw in RAW), (pointer, detail)
        assert "[key]" not in pointer


def test_every_pattern_is_told_in_words() -> None:
    def patterns(schema: Any) -> Iterator[str]:
        if isinstance(schema, dict):
            if schema.get("type") == "str" and "pattern" in schema:
                yield schema["pattern"]
            schema = list(schema.values())
        if isinstance(schema, list | tuple):
            for each in schema:
                yield from patterns(each)

    found = {pattern for model in MODELS for pattern in patterns(model.__pydantic_core_schema__)}
    assert found == set(PATTERNS)


@pytest.mark.parametrize(
    ("name", "body", "told"),
    [
        (
            "CreateOrder",
            {"amount": 49.99},
            "must be an integer; amounts are integers in minor units: 4999 is 49.99 EUR",
        ),
        ("CreateOrder", {"amount": "49.99"}, "amounts are integers in minor units: 4999 is 49.99 EUR, or 4999 JPY"),
        ("CreateOrder", {"amount": "4999"}, "must be an integer, without quotes"),
        ("CreateOrder", {"ammount": 4999}, "is not known; did you mean amount?"),
        ("CreateOrder", {"orderReference": "A"}, "is not known; did you mean order_reference?"),
        ("CreateOrder", {"capture": "automatic"}, "must be one of auto, manual; did you mean auto?"),
        ("CreateOrder", {"expires_in_minutes": 121}, "must be at most 120"),
        ("CreateOrder", {"description": "x" * 1001}, "must have at most 1,000 characters"),
        ("CreateOrder", {"items": [{"nme": "x"}]}, "is not known; did you mean name?"),
        ("Capture", {"zebra": 1}, "is not known; the fields are amount, final, fee"),
        ("Nothing", {"amount": 1}, "is not known: this call takes no fields"),
        ("Document", {"content_base64": "eHh4" * 1_000_001}, "must have at most 4,000,000 characters"),
        ("AddAddress", {"postal_code": "x" * 21}, "must have at most 20 characters"),
    ],
)
def test_what_is_told(name: str, body: dict[str, Any], told: str) -> None:
    known: list[type[BaseModel]] = [*MODELS, Document]
    (model,) = [each for each in known if each.__name__ == name]
    with pytest.raises(ValidationError) as error:
        model.model_validate_json(json.dumps(body), strict=True)
    pointer = "/items/0/nme" if "items" in body else f"/{next(iter(body))}"
    details = [each["detail"] for each in field_errors(error.value, model) if each["pointer"] == pointer]
    assert len(details) == 1
    assert told in details[0]
