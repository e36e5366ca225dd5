"""The sample events fit the template: every function has one, and it comes the way it would come on AWS."""

import re

import pytest

from tests.functions.world import EVENTS, sample
from tests.template.reading import functions

NAMES = sorted(path.stem for path in EVENTS.glob("*.json"))
ROUTES = {
    (event["Properties"]["Method"].upper(), event["Properties"]["Path"])
    for function in functions().values()
    for event in function.get("Events", {}).values()
    if event["Type"] == "Api"
}


@pytest.mark.parametrize("name", [name for name in NAMES if "httpMethod" in sample(name)])
def test_a_call_is_one_that_the_api_has(name: str) -> None:
    event = sample(name)
    assert (event["httpMethod"], event["resource"]) in ROUTES
    assert event["path"] == event["resource"].format(**(event["pathParameters"] or {}))
    assert event["requestContext"]["path"] == "/v1" + event["path"]
    assert event["multiValueHeaders"] == {header: [value] for header, value in event["headers"].items()}


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_holds_no_secret(name: str) -> None:
    text = re.sub(r"pay_\w+", "", (EVENTS / f"{name}.json").read_text())
    assert not re.search(r"eyJ|whsec_[^\"]|[A-Za-z0-9_]{43}", text.replace("0" * 64, "").replace("0" * 26, ""))
