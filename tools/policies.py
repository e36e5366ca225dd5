"""Audits every policy of the stack with parliament: actions that do not exist, resources that an action does not take,
conditions that it does not know.

    .local/venvs/iam/bin/python -m tools.policies FILE

FILE is what `tools.transformed` has written. References become names such as AWS gives.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from parliament import analyze_policy_string

PSEUDO = {
    "AWS::Partition": "aws",
    "AWS::Region": "eu-west-1",
    "AWS::AccountId": "123456789012",
    "AWS::URLSuffix": "amazonaws.com",
    "Stage": "production",
    "InvoiceSender": "invoices@shop.example",
}
ARNS = {
    "DynamoDB::Table": "arn:aws:dynamodb:eu-west-1:123456789012:table/{}",
    "SQS::Queue": "arn:aws:sqs:eu-west-1:123456789012:{}",
    "Lambda::Function": "arn:aws:lambda:eu-west-1:123456789012:function:{}",
    "Lambda::Alias": "arn:aws:lambda:eu-west-1:123456789012:function:{}:live",
    "StepFunctions::StateMachine": "arn:aws:states:eu-west-1:123456789012:stateMachine:{}",
    "S3::Bucket": "arn:aws:s3:::{}",
    "KMS::Key": "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000000",
    "SecretsManager::Secret": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:{}-abcdef",
    "SNS::Topic": "arn:aws:sns:eu-west-1:123456789012:{}",
}
# What parliament finds and is as it should be: a part of the detail, and why.
KNOWN = {
    "NO_VERSION": ("", "SAM writes a function's own statements without one; only policy variables would need it"),
}


class Stack:
    def __init__(self, made: dict[str, Any]) -> None:
        self.found: dict[str, Any] = made["Resources"]
        self.parameters: dict[str, Any] = made["Parameters"]

    def policies(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for name, each in self.found.items():
            if each["Type"] == "AWS::IAM::ManagedPolicy":
                yield name, each["Properties"]["PolicyDocument"]
            for policy in each.get("Properties", {}).get("Policies", []) if each["Type"] == "AWS::IAM::Role" else ():
                yield name, policy["PolicyDocument"]

    def resolved(self, value: Any) -> Any:
        """The value as AWS sees it; of a condition the side of production."""
        if isinstance(value, list):
            return [made for each in value if (made := self.resolved(each)) is not None]
        if not isinstance(value, dict):
            return value
        if "Ref" in value:
            return None if value["Ref"] == "AWS::NoValue" else PSEUDO.get(value["Ref"]) or self._arn(value["Ref"])
        if "Fn::GetAtt" in value:
            name, attribute = value["Fn::GetAtt"]
            return name if attribute == "Name" else self._arn(name, attribute)
        if "Fn::If" in value:
            condition, yes, no = value["Fn::If"]
            return self.resolved(no if condition in ("IsLocal",) else yes)
        if "Fn::Sub" in value:
            return self._filled_in(value["Fn::Sub"])
        if "Fn::Select" in value:
            return "shop.example"
        return {name: made for name, each in value.items() if (made := self.resolved(each)) is not None}

    def _filled_in(self, asked: Any) -> str:
        text, given = (asked[0], asked[1]) if isinstance(asked, list) else (asked, {})

        def filled(match: re.Match[str]) -> str:
            name, _, attribute = match[1].partition(".")
            if name in given:
                return str(self.resolved(given[name]))
            if name in self.parameters:
                return str(self.parameters[name].get("Default", ""))
            if attribute == "Name":
                return name
            return str(PSEUDO.get(name) or self._arn(name, attribute or "Arn"))

        return re.sub(r"\$\{([\w.:]+)}", filled, text)

    def _arn(self, name: str, attribute: str = "Arn") -> str:
        kind = self.found[name]["Type"].removeprefix("AWS::")
        stream = "/stream/label" if attribute == "StreamArn" else ""
        lower = name.lower() if kind == "S3::Bucket" else name
        return ARNS[kind].format(lower) + stream


def main(file: str) -> int:
    stack = Stack(json.loads(Path(file).read_text()))
    wrong, count = [], 0
    for name, document in stack.policies():
        count += 1
        policy = json.dumps(stack.resolved(document))
        for finding in analyze_policy_string(policy).findings:
            if not _is_as_wanted(finding):
                wrong.append(f"! {name}: {finding.issue} {finding.detail} {finding.location}")
    sys.stdout.write("\n".join([*wrong, f"policies: {count} audited, {len(wrong)} findings\n"]))
    return 1 if wrong or not count else 0


def _is_as_wanted(finding: Any) -> bool:
    part, _why = KNOWN.get(finding.issue, (None, ""))
    return part is not None and part in str(finding.detail)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
