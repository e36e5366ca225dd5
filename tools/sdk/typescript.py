"""The generated module and package file of `sdk/typescript`."""

import json
import re
from collections.abc import Iterator

from tools.api.openapi import VERSION
from tools.errors import CODES

from .calls import GENERATED, SCHEMAS, Call, Schema, calls, wrapped
from .python import class_of

_NAMES = {
    **{"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"},
    "object": "Record<string, unknown>",
}


def package() -> str:
    told = {
        "name": "tillgate-sdk",
        "version": VERSION,
        "description": "Client of Tillgate, the payment order system: typed, on fetch, without dependencies",
        "license": "Apache-2.0",
        "type": "module",
        "engines": {"node": ">=20"},
        "exports": {".": {"types": "./dist/index.d.ts", "default": "./dist/index.js"}},
        "files": ["dist", "README.md"],
        "scripts": {"build": "tsc -p ."},
    }
    return json.dumps(told, indent=2) + "\n"


def models() -> str:
    lines = [f"// What the API takes and answers. {GENERATED}"]
    for name, schema in SCHEMAS.items():
        if name != "Nothing":
            lines += ["", *_component(name, schema)]
    return "\n".join([*lines, ""])


def _component(name: str, schema: Schema) -> Iterator[str]:
    yield from _comment(schema.get("description", ""), 0)
    if "enum" in schema:
        yield f"export type {name} = {_choice(schema['enum'])};"
        return
    yield f"export interface {name} {{"
    for field, each in schema["properties"].items():
        yield from _comment(each["description"], 2)
        optional = "" if field in schema.get("required", []) else "?"
        yield f"  {field}{optional}: {type_of(each)};"
    yield "}"


def _comment(text: str, indent: int) -> list[str]:
    lines = wrapped(text, 110 - indent)
    pad = " " * indent
    if len(lines) == 1:
        return [f"{pad}/** {lines[0]} */"]
    return [f"{pad}/**", *(f"{pad} * {line}".rstrip() for line in lines), f"{pad} */"]


def _choice(values: list[str]) -> str:
    return " | ".join(json.dumps(value) for value in values)


def type_of(schema: Schema, prefix: str = "") -> str:
    if "$ref" in schema:
        return prefix + str(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return " | ".join(type_of(each, prefix) for each in schema["anyOf"])
    if "enum" in schema:
        return _choice(schema["enum"])
    if "const" in schema:
        return json.dumps(schema["const"])
    kind = schema.get("type")
    if isinstance(kind, list):
        return " | ".join(_NAMES[each] for each in kind)
    if kind == "array":
        return f"Array<{type_of(schema['items'], prefix)}>"
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"Record<string, {type_of(schema['additionalProperties'], prefix)}>"
    return _NAMES[kind] if kind else "unknown"


def problems() -> str:
    """An exception for each code."""
    parts = [f"// Problems as exceptions. {GENERATED}", 'import { Problem } from "./problem.js";']
    for code, advice in CODES.items():
        parts += [
            "",
            *_comment(f"{advice.means} {advice.do}", 0),
            f"export class {class_of(code)} extends Problem {{}}",
        ]
    table = [f"  {code}: {class_of(code)}," for code in CODES]
    return "\n".join([*parts, "", "export const BY_CODE: Record<string, typeof Problem> = {", *table, "};", ""])


def operations() -> str:
    """Every call as a method."""
    head = [
        f"// The calls of the API. {GENERATED}",
        'import { Caller, type Options } from "./caller.js";',
        'import type * as models from "./models.js";',
        "",
        "/** Every call. */",
        "export class Calls extends Caller {",
    ]
    methods = [line for call in calls() for line in ["", *_method(call)]]
    return "\n".join([*head, *methods[1:], "}", ""])


def _method(call: Call) -> Iterator[str]:
    answer = f"models.{call.page_of or call.answer}" if call.answer else "void" if call.is_empty else "string"
    yield from _comment(f"{call.summary}.\n\n{call.text}", 2)
    arguments = [f"{camel(key)}: string" for key in call.keys]
    arguments += [f"body: models.{call.body}" + ("" if call.needs_body else " = {}")] if call.body else []
    if call.query:
        required = any(each["required"] for each in call.query)
        fields = "; ".join(
            f"{each['name']}{'' if each['required'] else '?'}: {type_of(each['schema'], 'models.')}"
            for each in call.query
        )
        arguments.append(f"query: {{ {fields} }}" + ("" if required else " = {}"))
    arguments += ["options: Options = {}"] if call.idempotent else []
    path = re.sub(r"{(\w+)}", lambda found: f"${{encodeURIComponent({camel(found[1])})}}", call.path)
    given = ["query"] * bool(call.query) + ["body"] * bool(call.body)
    given += ["...options", "repeatable: true"] if call.idempotent else []
    passed = f'"{call.method}", `{path}`' + (f", {{ {', '.join(given)} }}" if given else "")
    name, kind = ("pages", f"AsyncGenerator<{answer}>") if call.page_of else ("call", f"Promise<{answer}>")
    name = "text" if answer == "string" else name
    yield f"  {camel(call.name)}({', '.join(arguments)}): {kind} {{"
    yield f"    return this.{name}({passed});"
    yield "  }"


def camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)
