"""Renders the OpenAPI document as one HTML page, without scripts or third-party resources."""

import json
from html import escape
from typing import Any

from tools.errors import CODES, anchor
from tools.instruments import all_of_them

from .openapi import document
from .responses import Schema

API_URL = "{{api_url}}"  # replaced when the page is served

STYLE = """
:root { color-scheme: light dark; --line: #8884; --code: #8882; --accent: #0b6bcb; }
body { font: 16px/1.55 system-ui, sans-serif; margin: 0 auto; max-width: 68rem; padding: 1rem; }
h1 { margin-bottom: 0; } h2 { border-bottom: 1px solid var(--line); margin-top: 3rem; }
h3 { margin: 2rem 0 .25rem; font-size: 1.1rem; } h3 code { font-size: 1rem; }
code, pre { background: var(--code); border-radius: 4px; font: .9em/1.45 ui-monospace, monospace; padding: .1em .3em; }
pre { overflow-x: auto; padding: .75rem; }
table { border-collapse: collapse; display: block; overflow-x: auto; margin: .5rem 0; }
td, th { border-top: 1px solid var(--line); padding: .3rem .75rem .3rem 0; text-align: left; vertical-align: top; }
.verb { color: var(--accent); text-transform: uppercase; font-weight: 700; }
nav ul { columns: 18rem; list-style: none; padding: 0; } nav a { text-decoration: none; }
details { margin: .5rem 0; } summary { cursor: pointer; } a:focus-visible, summary:focus-visible { outline: 3px solid; }
"""


def render() -> str:
    described = document()
    return "\n".join(
        [
            '<!doctype html><html lang="en"><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>Tillgate API</title><style>{STYLE}</style>",
            f"<header><h1>Tillgate API</h1><p>Version {escape(described['info']['version'])} · ",
            f'<code>{API_URL}</code> · <a href="{API_URL}/openapi.json">OpenAPI 3.1</a></p></header>',
            _introduction(described["info"]["description"]),
            _contents(described),
            *(_tag(described, tag) for tag in described["tags"]),
            _schemas(described),
            "</html>\n",
        ]
    )


def _introduction(text: str) -> str:
    paragraphs, _, points = text.partition("\n* ")
    items = "".join(f"<li>{_text(point)}</li>" for point in points.strip().split("\n* "))
    return f"<p>{_text(paragraphs.strip())}</p><ul>{items}</ul>"


def _text(text: str) -> str:
    """Escapes text and renders `code` as code."""
    parts = escape(text, quote=False).split("`")
    return "".join(f"<code>{part}</code>" if number % 2 else part for number, part in enumerate(parts))


def _operations(described: Schema) -> list[tuple[str, str, Schema]]:
    return [(path, verb, each) for path, verbs in described["paths"].items() for verb, each in verbs.items()]


def _contents(described: Schema) -> str:
    items = "".join(
        f'<li><a href="#{each["operationId"]}"><span class="verb">{verb}</span> {escape(path)}</a></li>'
        for path, verb, each in _operations(described)
    )
    return f'<nav aria-label="Calls"><ul>{items}</ul></nav>'


def _tag(described: Schema, tag: Schema) -> str:
    calls = "".join(
        _call(described, path, verb, each)
        for path, verb, each in _operations(described)
        if each["tags"] == [tag["name"]]
    )
    return f"<section><h2>{escape(tag['name'])}</h2><p>{_text(tag['description'])}</p>{calls}</section>"


def _call(described: Schema, path: str, verb: str, call: Schema) -> str:
    scope = next((roles[0] for each in call["security"] for roles in each.values() if roles), None)
    return "".join(
        [
            f'<article id="{call["operationId"]}"><h3>{escape(call["summary"])}</h3>',
            f'<p><code><span class="verb">{verb}</span> {escape(path)}</code>',
            f" · scope <code>{scope}</code></p>" if scope else "</p>",
            f"<p>{_text(call['description'])}</p>",
            _parameters(call),
            _body(call),
            _answers(described, call),
            "</article>",
        ]
    )


def _parameters(call: Schema) -> str:
    rows = "".join(
        f"<tr><td><code>{each['name']}</code><td>{each['in']}<td>{_kind(each['schema'])} "
        f"{_text(each.get('description', ''))}"
        for each in call.get("parameters", [])
    )
    return f"<table><tr><th>Parameter<th>in<th>{rows}</table>" if rows else ""


def _body(call: Schema) -> str:
    content = call.get("requestBody", {}).get("content", {})
    parts = []
    for media in content.values():
        if "$ref" in media["schema"]:
            name = media["schema"]["$ref"].rpartition("/")[2]
            parts.append(f'<p>Body: <a href="#schema-{name}">{name}</a>, as JSON or as a form</p>')
        if "example" in media:
            parts.append(f"<pre>{escape(json.dumps(media['example'], indent=2, ensure_ascii=False))}</pre>")
    return "".join(dict.fromkeys(parts))


def _answers(described: Schema, call: Schema) -> str:
    rows = []
    for status, answer in call["responses"].items():
        if "$ref" in answer:
            answer = described["components"]["responses"][answer["$ref"].rpartition("/")[2]]
        schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
        rows.append(f"<tr><td>{status}<td>{_text(answer['description'])}<td>{_kind(schema)}")
    return f"<details><summary>Responses</summary><table>{''.join(rows)}</table></details>"


def _kind(schema: Any) -> str:
    """Describes a schema in a few words, with links to named schemas."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f'<a href="#schema-{name}">{name}</a>'
    if "anyOf" in schema:
        return " or ".join(_kind(each) for each in schema["anyOf"])
    if "enum" in schema:
        return _few(schema["enum"])
    if "items" in schema.get("properties", {}):
        return f"list of {_kind(schema['properties']['items']['items'])}"
    if schema.get("type") == "array":
        return f"array of {_kind(schema['items'])}"
    limits = [f"{text} {schema[name]}" for name, text in LIMITS.items() if name in schema]
    kind = schema.get("const") or schema.get("format") or schema.get("type", "")
    return escape(" ".join([str(kind), *limits]))


LIMITS = {"minimum": "from", "maximum": "to", "minLength": "from", "maxLength": "to"}


def _few(values: list[str]) -> str:
    shown = ", ".join(f"<code>{escape(value)}</code>" for value in values[:12])
    return shown + (f" and {len(values) - 12} more" if len(values) > 12 else "")


def _schemas(described: Schema) -> str:
    sections = []
    for name, schema in described["components"]["schemas"].items():
        required = set(schema.get("required", []))
        rows = "".join(
            f"<tr><td><code>{field}</code><td>{'required' if field in required else ''}<td>{_kind(each)} "
            f"{_text(each.get('description', ''))}"
            for field, each in schema.get("properties", {}).items()
        )
        text = f"<p>{_text(schema['description'])}</p>" if "description" in schema else ""
        values = f"<p>{_few(schema['enum'])}</p>" if "enum" in schema else ""
        sections.append(f'<article id="schema-{name}"><h3>{name}</h3>{text}{values}<table>{rows}</table></article>')
    return f"{_errors()}{_instruments()}<section><h2>Schemas</h2>{''.join(sections)}</section>"


def _instruments() -> str:
    rows = "".join(
        f"<tr><td><code>{each.token}</code><td>{', '.join(each.methods)}<td>{_text(each.does)}"
        for each in all_of_them()
    )
    table = f"<table><tr><th>Token<th>With<th>What happens{rows}</table>"
    return f'<section id="test-instruments"><h2>Test instruments</h2>{table}</section>'


def _errors() -> str:
    """A section per code: where the `type` of a problem leads."""
    sections = "".join(
        f'<article id="{anchor(code)}"><h3><code>{code}</code></h3><p>{", ".join(map(str, advice.statuses))} · '
        f"{_text(advice.means)}</p><p>{_text(advice.do)}</p></article>"
        for code, advice in CODES.items()
    )
    return f'<section id="errors"><h2>Errors</h2>{sections}</section>'
