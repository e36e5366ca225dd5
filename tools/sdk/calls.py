"""The calls of the document, as both SDKs see them."""

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tools.api.openapi import document

Schema = dict[str, Any]
DOCUMENT = document()
SCHEMAS: Schema = dict(DOCUMENT["components"]["schemas"])
# What the SDKs do by themselves, and what is not for programs.
NOT_CALLED = ("issue_token", "describe_api", "get_keys")
GENERATED = "Generated from the OpenAPI document by `python -m tools.docs`; do not edit."


def wrapped(text: str, width: int) -> list[str]:
    """A description's lines: its paragraphs and list items, each wrapped anew."""
    parts = re.sub(r"(?<=\S)\n(?=[^\s*])", " ", text).splitlines()
    return [line for part in parts for line in textwrap.wrap(part, width) or [""]]


@dataclass(frozen=True, slots=True)
class Call:
    """One operation. `answer`: the component that it answers, of which component a page is, or None for a text."""

    name: str
    method: str
    path: str
    summary: str
    text: str
    keys: list[str]
    query: list[Schema]
    body: str | None
    needs_body: bool
    answer: str | None
    page_of: str | None
    is_empty: bool
    idempotent: bool
    versioned: bool


def calls() -> Iterator[Call]:
    for path, verbs in DOCUMENT["paths"].items():
        for method, operation in verbs.items():
            if operation["operationId"] not in NOT_CALLED:
                yield _call(path, method, operation)


def _call(path: str, method: str, operation: Schema) -> Call:
    parameters: list[Schema] = operation.get("parameters", [])
    headers = {each["name"] for each in parameters if each["in"] == "header"}
    request = operation.get("requestBody")
    body = request["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2] if request else None
    answers = [each for status, each in operation["responses"].items() if status.startswith("2")]
    content: Schema = next((each["content"] for each in answers if "content" in each), {})
    answer = content.get("application/json", {}).get("schema", {}).get("$ref", "").rpartition("/")[2] or None
    page_of = answer.removesuffix("Page") if answer and answer.endswith("Page") else None
    return Call(
        name=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        text=operation["description"],
        keys=[each["name"] for each in parameters if each["in"] == "path"],
        query=[each for each in parameters if each["in"] == "query" and not (page_of and each["name"] == "cursor")],
        body=None if body == "Nothing" else body,
        needs_body=bool(request and request["required"]),
        answer=answer,
        page_of=page_of,
        is_empty=not content,
        idempotent="Idempotency-Key" in headers,
        versioned="If-Match" in headers,
    )
