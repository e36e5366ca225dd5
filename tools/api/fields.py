"""Describes every field of the document: text with unit, and an example, from `fields.yaml`."""

import json
import re
from pathlib import Path
from typing import Any

import yaml

Schema = dict[str, Any]
TABLE: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "fields.yaml").read_text())
COMPONENTS: dict[str, str] = TABLE.pop("_components")
ADVISED = ("OrderStatus", "PaymentStatus")  # have a list of what to do
_OURS = re.compile(r"\s*\((?:[A-Z]{2,3}-\d+(?:, )?)+\)")  # ids of demands, for whoever works on the system


def described(name: str, schema: Schema) -> Schema:
    """The component with its fields described; its own text without what is meant for whoever works on the system."""
    if name.endswith("Page"):
        schema["description"] = "A page of a list, newest first."
    elif name not in ADVISED:
        schema["description"] = COMPONENTS.get(name) or public(schema["description"])
    for field, each in schema.get("properties", {}).items():
        text, example = TABLE.get(f"{name}.{field}") or TABLE[field]
        each["description"] = public(text or each["description"])
        if "default" in each:  # in words: generators take a field with a default for one that is always there
            each["description"] += f" `{json.dumps(each.pop('default'))}`, if you leave it out.".replace('"', "")
        each["examples"] = [example]
    return schema


def public(text: str) -> str:
    return _OURS.sub("", text)


def used(schemas: Schema) -> set[str]:
    """The entries of the table that describe something."""
    fields = [(name, field) for name, schema in schemas.items() for field in schema.get("properties", {})]
    return {f"{name}.{field}" if f"{name}.{field}" in TABLE else field for name, field in fields}
