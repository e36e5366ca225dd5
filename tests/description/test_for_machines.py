"""What generators, linters and readers of the description rely on (ADR 156)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from tests.functions.world import World, invoke
from tests.template.reading import ROOT
from tools.api import examples, fields, openapi, page
from tools.api.routes import ROUTES

DOCUMENT = openapi.document()
SCHEMAS = DOCUMENT["components"]["schemas"]
OPERATIONS = [each for verbs in DOCUMENT["paths"].values() for each in verbs.values()]
FIELDS = [(name, field) for name, schema in SCHEMAS.items() for field in schema.get("properties", {})]
# Bodies and answers with one media type for each status: the file of a day comes as CSV or as JSON lines.
TWO_FORMATS = ("get_export",)


def errors(value: Any, *place: str) -> list[str]:
    """Why the value does not fit the schema at that place of the document."""
    steps = "/".join(step.replace("~", "~0").replace("/", "~1") for step in place)
    validator = Draft202012Validator({"$ref": f"#/{steps}", "components": DOCUMENT["components"]})
    return [error.message for error in validator.iter_errors(value)]


@pytest.mark.parametrize(("name", "field"), FIELDS, ids=[f"{name}.{field}" for name, field in FIELDS])
def test_a_field_is_described_with_an_example_that_fits(name: str, field: str) -> None:
    each = SCHEMAS[name]["properties"][field]
    assert len(each["description"]) > 3
    (example,) = each["examples"]
    if example not in ([], {}):  # lists of objects are shown where their objects are
        assert not errors(example, "components", "schemas", name, "properties", field)
    money = {"amount", "fee", "unit_amount", "min_amount", "max_amount", "amount_from", "amount_to"}
    if field in money and "description" in each:
        assert re.search(r"[Mm]inor units", each["description"]), each


def test_every_component_says_what_it_is_and_nothing_of_the_table_is_left_over() -> None:
    assert all(len(schema["description"]) > 3 for schema in SCHEMAS.values())
    assert set(fields.TABLE) == fields.used(SCHEMAS)
    assert set(fields.COMPONENTS) <= set(SCHEMAS)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation["operationId"])
def test_an_operation_can_be_generated(operation: dict[str, Any]) -> None:
    """One media type a body, a name that starts with a verb, every parameter in words and with an example."""
    assert re.fullmatch(r"[a-z]+(_[a-z]+)+", operation["operationId"])
    assert operation["operationId"].split("_")[0] not in ("order", "payment", "the")
    contents = [answer["content"] for answer in operation["responses"].values() if "content" in answer]
    contents += [operation["requestBody"]["content"]] if "requestBody" in operation else []
    if operation["operationId"] not in TWO_FORMATS:
        assert all(len(content) == 1 for content in contents)
    for parameter in operation.get("parameters", []):
        assert parameter["description"]
        assert "example" in parameter
    for status, answer in operation["responses"].items():
        for media in answer.get("content", {}).values():
            assert "example" in media, status


def test_every_problem_has_an_example_of_each_code() -> None:
    for name, response in DOCUMENT["components"]["responses"].items():
        content = response["content"]["application/problem+json"]
        assert set(content["examples"]) == set(name[4:].split("_or_"))
        for code, example in content["examples"].items():
            assert example["value"]["code"] == code
            assert not errors(example["value"], "components", "schemas", "Problem")


def undescribed(value: Any, schema: dict[str, Any], place: str) -> Iterator[str]:
    """Fields that the system has answered and the document does not know."""
    if "$ref" in schema:
        place = schema["$ref"].rpartition("/")[2]
        schema = SCHEMAS[place]
    for option in schema.get("anyOf", []):
        yield from undescribed(value, option, place)
    if isinstance(value, list) and "items" in schema:
        for each in value:
            yield from undescribed(each, schema["items"], place)
    if isinstance(value, dict) and "properties" in schema:
        for name, each in value.items():
            if name not in schema["properties"]:
                yield f"{place}.{name}"
            else:
                yield from undescribed(each, schema["properties"][name], f"{place}.{name}")


def answers() -> list[tuple[str, str, str, Any]]:
    """Operation, status, schema and body of each recorded answer in JSON."""
    found = []
    for route in ROUTES:
        for key, body in examples.ANSWERS.get(route.name, {}).items():
            status, _, media = key.partition(" ")
            name = route.answers[int(status)]
            if media == "application/json" and name:
                found.append(
                    (route.name, status, name.removeprefix("list of ") + "Page" * name.startswith("list"), body)
                )
    return found


@pytest.mark.parametrize(("name", "status", "schema", "body"), answers(), ids=[f"{a}-{b}" for a, b, *_ in answers()])
def test_what_the_system_answers_is_described(name: str, status: str, schema: str, body: Any) -> None:
    assert not errors(body, "components", "schemas", schema)
    assert not set(undescribed(body, {"$ref": schema}, schema))


def test_events_are_described() -> None:
    event = DOCUMENT["webhooks"]["order.updated"]["post"]["requestBody"]["content"]["application/json"]
    assert event["schema"] == {"$ref": "#/components/schemas/Event"}
    assert not errors(event["example"], "components", "schemas", "Event")


def test_nothing_is_public_that_is_meant_for_whoever_works_on_the_system() -> None:
    for text in (openapi.render(), page.render()):
        assert not re.search(r"\b[A-Z]{2,3}-\d+\b(?!;q)", text.replace("UTF-8", "").replace("utf-8", ""))
        assert "contract" not in text
        assert "`FACES`" not in text


def test_the_example_of_an_order_adds_up_and_is_taken(world: World) -> None:
    (route,) = [each for each in ROUTES if each.name == "create_order"]
    assert route.example
    assert sum(line["amount"] for line in route.example["items"]) == route.example["amount"]
    assert world.call("create_order", route.example).status == 201


def test_the_served_document_has_the_address_of_its_system(world: World) -> None:
    served = json.loads(invoke("describe_api", world.event("describe_api") | {"resource": "/openapi.json"})["body"])
    (server,) = served["servers"]
    assert server["url"].startswith("http")
    flow = served["components"]["securitySchemes"]["token"]["flows"]["clientCredentials"]
    assert flow["tokenUrl"] == f"{server['url']}/auth/token"
    assert "/v1/" not in json.dumps(served).replace(server["url"], "").replace("tillgate.example.com/v1", "")


def test_nothing_but_the_document_is_needed_to_lint_it() -> None:
    rules = (ROOT / "tools" / "npm" / "spectral.yaml").read_text()
    assert "off" not in rules
    assert (ROOT / "tools" / "npm" / "redocly.yaml").read_text().strip() == 'extends: ["recommended-strict"]'
