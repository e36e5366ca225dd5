"""Counts what the SAM transform makes of template.yaml, and fails where a quota of AWS comes near.

    .local/venvs/sam/bin/python -m tools.transformed [FILE]

Writes what was made to FILE, for `tools.policies`.
Runs in the virtual environment of the SAM CLI, which brings the transform.
"""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from samtranslator.translator.transform import transform

from tests.template.reading import template

LONGEST_STAGE = "s" * 20  # as the parameter's pattern allows
ROOM = 0.8  # of a quota that may be used


class Quota(NamedTuple):
    """`most` as AWS has it by default; `used` by us."""

    name: str
    used: int
    most: int
    room: float = ROOM

    @property
    def is_kept(self) -> bool:
        return self.used <= self.most * self.room


class _Managed:
    """SAM asks for the policies that AWS manages; we name none by a short name."""

    def load(self) -> dict[str, str]:
        return {}


def transformed() -> dict[str, Any]:
    """What CloudFormation deploys, as JSON has it."""
    plain: dict[str, Any] = json.loads(json.dumps(template(), default=str))
    plain["Transform"] = "AWS::Serverless-2016-10-31"
    for name, each in plain["Resources"].items():
        for folder in ("CodeUri", "ContentUri"):
            if folder in each["Properties"]:
                each["Properties"][folder] = f"s3://bucket/{name}"
        if "DefinitionUri" in each["Properties"]:
            each["Properties"]["DefinitionUri"] = {"Bucket": "bucket", "Key": name}
    made: dict[str, Any] = transform(plain, {"Stage": "production"}, _Managed(), passthrough_metadata=True)
    return made


def quotas(made: dict[str, Any]) -> Iterator[Quota]:
    found = made["Resources"]
    roles = _of(found, "IAM::Role")
    yield Quota("resources of the stack", len(found), 500, 0.94)  # a function has six and one for each of its calls
    yield Quota("parameters", len(made["Parameters"]), 200)
    yield Quota("outputs", len(made["Outputs"]), 200)
    yield Quota("bytes of the template", len(json.dumps(made)), 1_000_000)
    yield Quota("managed policies of the account", len(_of(found, "IAM::ManagedPolicy")), 1500)
    fullest = max(len(each.get("ManagedPolicyArns", [])) for each in roles.values())
    yield Quota("managed policies of the fullest role", fullest, 10, 0.9)  # AWS raises it to 20 when asked
    largest = max(len(_text(each["PolicyDocument"])) for each in _of(found, "IAM::ManagedPolicy").values())
    yield Quota("characters of the largest managed policy", largest, 6144)
    inline = max(sum(len(_text(one["PolicyDocument"])) for one in each.get("Policies", [])) for each in roles.values())
    yield Quota("characters of a role's own policies", inline, 10_240)
    methods = _paths(_of(found, "ApiGateway::RestApi"))
    yield Quota("resources of the API", methods, 300)
    environment = max(len(_text(each.get("Environment", {}))) for each in _of(found, "Lambda::Function").values())
    yield Quota("bytes of a function's environment, references unresolved", environment, 4096)


def long_names(made: dict[str, Any]) -> list[str]:
    """Names that we give, with the longest stage, and that AWS would refuse: 64 characters is the shortest limit."""
    found = []
    for logical, each in made["Resources"].items():
        for key, value in each.get("Properties", {}).items():
            if key.endswith("Name") and key != "LogGroupName" and isinstance(text := _name(value), str):
                found += [f"{logical}.{key}: {text}"] if len(text) > 64 else []
    return found


def _name(value: Any) -> Any:
    if isinstance(value, dict) and isinstance(value.get("Fn::Sub"), str):
        return value["Fn::Sub"].replace("${Stage}", LONGEST_STAGE)
    return value


def _of(found: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {name: each.get("Properties", {}) for name, each in found.items() if each["Type"] == f"AWS::{kind}"}


def _paths(apis: dict[str, Any]) -> int:
    """API Gateway counts each part of a path."""
    parts = {
        path.rsplit("/", number)[0]
        for api in apis.values()
        for path in api["Body"]["paths"]
        for number in range(path.count("/"))
    }
    return len(parts)


def _text(document: Any) -> str:
    """AWS does not count white space in policies."""
    return json.dumps(document, separators=(",", ":"))


def main() -> int:
    os.environ["AWS_DEFAULT_REGION"] = "eu-west-1"
    made, out = transformed(), sys.stdout.write
    for file in sys.argv[1:]:
        Path(file).write_text(json.dumps(made))
    found = list(quotas(made))
    for each in found:
        out(f"{'  ' if each.is_kept else '! '}{each.name}: {each.used} of {each.most}\n")
    names = long_names(made)
    for name in names:
        out(f"! longer than 64 characters: {name}\n")
    return 0 if all(each.is_kept for each in found) and not names else 1


if __name__ == "__main__":
    sys.exit(main())
