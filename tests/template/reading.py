"""Reads template.yaml as plain data: `!Ref A` becomes {"Ref": "A"}, `!GetAtt A.B` {"Fn::GetAtt": ["A", "B"]}.

What `Fn::ForEach` repeats stands there once for each, as CloudFormation makes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent.parent


class _Loader(yaml.SafeLoader):
    """SafeLoader that knows CloudFormation's short forms."""


def _short_form(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> Any:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _short_form)


@cache
def template() -> dict[str, Any]:
    """The template."""
    data: dict[str, Any] = yaml.load((ROOT / "template.yaml").read_text(), Loader=_Loader)  # noqa: S506 - safe
    data["Resources"] = dict(_each_resource(data["Resources"], data["Mappings"]))
    return data


def _each_resource(found: dict[str, Any], mappings: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """AWS::LanguageExtensions, as far as the template uses them."""
    for name, each in found.items():
        if not name.startswith("Fn::ForEach::"):
            yield name, each
            continue
        variable, values, repeated = each
        for value in values:
            yield from _replaced(repeated, variable, value, mappings).items()


def _replaced(part: Any, variable: str, value: str, mappings: dict[str, Any]) -> Any:
    """A part of the template with the variable's value in its place, and what is then to be found in a mapping."""
    if isinstance(part, str):
        return part.replace(f"${{{variable}}}", value)
    if isinstance(part, list):
        return [_replaced(each, variable, value, mappings) for each in part]
    if not isinstance(part, dict):
        return part
    if part == {"Ref": variable}:
        return value
    made = {
        _replaced(name, variable, value, mappings): _replaced(each, variable, value, mappings)
        for name, each in part.items()
    }
    if "Fn::FindInMap" in made:
        mapping, row, column = made["Fn::FindInMap"]
        return mappings[mapping][row][column]
    return _substituted(made["Fn::Sub"]) if "Fn::Sub" in made else made


def _substituted(told: Any) -> Any:
    """`!Sub` of a text, or of a text with variables of its own; a text once nothing is left to be put in."""
    text, variables = (told, {}) if isinstance(told, str) else told
    for name, value in variables.items():
        if isinstance(value, str):
            text = text.replace(f"${{{name}}}", value)
    left = {name: value for name, value in variables.items() if not isinstance(value, str)}
    if left:
        return {"Fn::Sub": [text, left]}
    return {"Fn::Sub": text} if "$" in text else text


def resources(kind: str) -> dict[str, dict[str, Any]]:
    """The resources of one type, by logical id; `kind` is what follows `AWS::`."""
    return {name: each for name, each in template()["Resources"].items() if each["Type"] == f"AWS::{kind}"}


def functions() -> dict[str, dict[str, Any]]:
    """The properties of each function."""
    return {name: each["Properties"] for name, each in resources("Serverless::Function").items()}


def table(name: str) -> dict[str, str]:
    """How a policy names a table: by the ARN of the stack's own, with what a restored one has behind it."""
    return {"Fn::Sub": f"${{{name}Table.Arn}}${{Restored{name}}}"}


def function(called: dict[str, str]) -> str:
    """The function whose alias is called."""
    return called["Ref"].removesuffix(".Alias")


def statements() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every policy statement, with the logical id of where it stands."""
    for name, each in template()["Resources"].items():
        for policy in each.get("Properties", {}).get("Policies", []):
            for statement in policy.get("Statement", []):
                yield name, statement
    for name, each in resources("IAM::ManagedPolicy").items():
        for statement in each["Properties"]["PolicyDocument"]["Statement"]:
            yield name, statement["Fn::If"][1] if "Fn::If" in statement else statement


def as_list(value: Any) -> list[Any]:
    """IAM takes one thing or a list of things."""
    return value if isinstance(value, list) else [value]


def on_aws(value: Any) -> Any:
    """What an `!If [IsAws, x, y]` or `!If [IsLocal, x, y]` comes to on AWS."""
    if isinstance(value, dict) and "Fn::If" in value:
        condition, yes, no = value["Fn::If"]
        if condition in ("IsAws", "IsLocal"):
            return yes if condition == "IsAws" else no
    return value


def on_this_machine(value: Any) -> Any:
    """What it comes to in the local cloud."""
    if isinstance(value, dict) and "Fn::If" in value:
        condition, yes, no = value["Fn::If"]
        if condition in ("IsAws", "IsLocal"):
            return no if condition == "IsAws" else yes
    return value
