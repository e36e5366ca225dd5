"""The generated modules of `sdk/python`."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.api.openapi import VERSION
from tools.errors import CODES

from .calls import GENERATED, SCHEMAS, Call, Schema, calls, wrapped

ROOT = Path(__file__).parent.parent.parent
_NAMES = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
_NAMES |= {"object": "dict[str, Any]"}


def version() -> str:
    return f'"""{GENERATED}"""\n\n__version__ = "{VERSION}"\n'


def models() -> str:
    """A TypedDict for each object, a Literal for each choice."""
    imports = "from __future__ import annotations\n\nfrom typing import Any, Literal, Required, TypedDict\n"
    head = f'"""What the API takes and answers. {GENERATED}"""\n\n{imports}'
    plain = sorted(SCHEMAS.items(), key=lambda each: "properties" in each[1])  # choices first
    return formatted("\n".join([head, *(_component(name, schema) for name, schema in plain if name != "Nothing")]))


def _component(name: str, schema: Schema) -> str:
    if "enum" in schema:
        values = ", ".join(json.dumps(value) for value in schema["enum"])
        return f"{name} = Literal[{values}]\n"
    required = schema.get("required", [])
    lines = [f"class {name}(TypedDict, total=False):", *_docstring(schema["description"], 4), ""]
    for field, each in schema["properties"].items():
        kind = type_of(each)
        lines += [
            f"    {field}: {f'Required[{kind}]' if field in required else kind}",
            *_docstring(each["description"], 4),
        ]
    return "\n".join([*lines, "\n"])


def _docstring(text: str, indent: int) -> list[str]:
    lines = wrapped(text.replace("\\", "\\\\"), 110 - indent)
    pad = " " * indent
    if len(lines) == 1:
        return [f'{pad}"""{lines[0]}"""']
    return [f'{pad}"""{lines[0]}', *(f"{pad}{line}".rstrip() for line in lines[1:]), f'{pad}"""']


def type_of(schema: Schema) -> str:
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return " | ".join(type_of(each) for each in schema["anyOf"])
    if "enum" in schema:
        return f"Literal[{', '.join(json.dumps(value) for value in schema['enum'])}]"
    if "const" in schema:
        return f"Literal[{json.dumps(schema['const'])}]"
    kind = schema.get("type")
    if isinstance(kind, list):
        return " | ".join(_NAMES[each] for each in kind)
    if kind == "array":
        return f"list[{type_of(schema['items'])}]"
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"dict[str, {type_of(schema['additionalProperties'])}]"
    return _NAMES[kind] if kind else "Any"


def problems() -> str:
    """An exception for each code."""
    parts = [f'"""Problems as exceptions. {GENERATED}"""\n\nfrom .problem import Problem\n']
    for code, advice in CODES.items():
        text = f"{advice.means} {advice.do}"
        parts.append("\n".join(["", f"class {class_of(code)}(Problem):", *_docstring(text, 4), ""]))
    table = "\n".join(f'    "{code}": {class_of(code)},' for code in CODES)
    return formatted("\n".join([*parts, "", f"BY_CODE: dict[str, type[Problem]] = {{\n{table}\n}}", ""]))


def formatted(text: str) -> str:
    """As `make format` would leave it."""
    command = [sys.executable, "-m", "ruff", "format", "--stdin-filename", "generated.py", "-"]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True, cwd=ROOT).stdout


def class_of(code: str) -> str:
    return "".join(part.title() for part in code.split("_"))


def operations() -> str:
    """Every call as a method, for both clients."""
    head = [
        f'"""The calls of the API. {GENERATED}"""\n',
        "from collections.abc import AsyncIterator, Iterator",
        "from datetime import datetime",
        "from typing import Literal\n",
        "from . import models",
        "from .caller import AsyncCaller, Caller, segment",
    ]
    sync = [
        "",
        "",
        "class Calls(Caller):",
        '    """Every call; each waits for its answer."""',
        *_methods(is_async=False),
    ]
    later = ["", "", "class AsyncCalls(AsyncCaller):", '    """Every call, to be awaited."""', *_methods(is_async=True)]
    return formatted("\n".join([*head, *sync, *later, ""]))


def _methods(*, is_async: bool) -> Iterator[str]:
    for call in calls():
        yield ""
        yield from _method(call, is_async=is_async)


def _method(call: Call, *, is_async: bool) -> list[str]:
    answer = f"models.{call.page_of or call.answer}" if call.answer else "None" if call.is_empty else "str"
    lead, wait, many = ("async def", "await ", "AsyncIterator") if is_async else ("def", "", "Iterator")
    if call.page_of:
        lead, wait, answer = "def", "", f"{many}[{answer}]"
    lines = [
        f"    {lead} {call.name}({', '.join(_arguments(call))}) -> {answer}:",
        *_docstring(f"{call.summary}.\n\n{call.text}", 8),
    ]
    path = re.sub(r"{(\w+)}", r"{segment(\1)}", call.path)
    given = [f'"{call.method}"', f'f"{path}"' if call.keys else f'"{path}"', *_passed(call)]
    kind = "pages" if call.page_of else "text" if answer == "str" else "nothing" if answer == "None" else "call"
    if kind == "nothing":
        return [*lines, f"        {wait}self._call({', '.join(given)})"]
    name = {"pages": "_pages", "text": "_text", "call": "_call"}[kind]
    return [*lines, f"        answer: {answer} = {wait}self.{name}({', '.join(given)})", "        return answer"]


def _arguments(call: Call) -> list[str]:
    found = ["self", *(f"{key}: str" for key in call.keys)]
    if call.body:
        found.append(f"body: models.{call.body}" + ("" if call.needs_body else " | None = None"))
    named = [
        f"{each['name']}: {_query_type(each)}" + ("" if each["required"] else " | None = None") for each in call.query
    ]
    named += ["idempotency_key: str | None = None"] if call.idempotent else []
    named += ["if_match: str | None = None"] if call.versioned else []
    return [*found, "*", *named] if named else found


def _query_type(parameter: Schema) -> str:
    schema = parameter["schema"]
    if schema.get("format") == "date-time":
        return "datetime | str"
    kind = type_of(schema)
    return f"models.{kind}" if kind in SCHEMAS else kind


def _passed(call: Call) -> list[str]:
    query = ", ".join(f'"{each["name"]}": {each["name"]}' for each in call.query)
    passed = [f"query={{{query}}}"] if query else []
    passed += ["body=body"] if call.body else []
    passed += ["repeatable=True, idempotency_key=idempotency_key"] if call.idempotent else []
    return passed + (["if_match=if_match"] if call.versioned else [])
