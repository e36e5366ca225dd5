"""The description of the API says what is there: routes of the template, examples that hold, every code (GO-3)."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Any

import pytest

from tests.functions.world import World, invoke
from tests.template.reading import ROOT, functions
from tillgate.api.http.problems import STATUS_BY_CODE
from tools import advice
from tools.api import openapi, page
from tools.api.routes import NOT_DESCRIBED, ROUTES
from tools.api.routes.route import Route

DOCUMENT = openapi.document()
FOLDER = ROOT / "functions" / "docs" / "describe_api"
ASSETS = ("renderer", "page")
RENDERER = "48abb9e9accf460fa1ff21377dc1e4802b16722cce25a3996f33cc54583655d5"
WITH_BODY = [route for route in ROUTES if route.example and route.body]


def deployed() -> set[tuple[str, str]]:
    found = set()
    for properties in functions().values():
        for event in properties.get("Events", {}).values():
            route = event["Properties"]
            if event["Type"] == "Api" and route["RestApiId"] == {"Ref": "Api"}:
                found.add((route["Method"], route["Path"]))
    return found


def test_every_route_of_the_template_is_described_and_no_other() -> None:
    """What browsers and PSPs call is not the merchant's API."""
    wanted = {(verb, path) for verb, path in deployed() if not path.startswith(NOT_DESCRIBED)}
    assert {(route.method, route.path) for route in ROUTES} == wanted


def test_whoever_calls_is_known_but_where_there_is_nothing_to_know() -> None:
    """So the tests of wrong callers, which go by the scopes of this table, leave no call out (RG-9)."""
    public = {"/auth/token", "/openapi.json", "/.well-known/jwks.json"}
    assert {route.path for route in ROUTES if route.scope is None} == public

    callers = (ROOT / "tests" / "flows" / "merchants" / "test_callers.py").read_text()
    for key in re.findall(r"{(\w+)}", " ".join(route.path for route in ROUTES)):
        assert f'"{key}": ' in callers, f"the tests of wrong callers have no {key}"


def test_what_to_do_in_each_status_is_told() -> None:
    """EV-10: by the API's description, which GET /openapi.json and GET /docs serve, and by the guide."""
    guide = (ROOT / "docs" / "merchant-guide.md").read_text()
    schemas = DOCUMENT["components"]["schemas"]
    for kind, told in (("OrderStatus", advice.ORDER), ("PaymentStatus", advice.PAYMENT)):
        assert set(told) == set(schemas[kind]["enum"])
        for status, text in told.items():
            assert f"* `{status}`: {text}" in schemas[kind]["description"]
            assert re.search(rf"^\| .*`{status}`.* \| {re.escape(text)} \|$", guide, re.MULTILINE), status
    assert '"OrderStatus"' in (ROOT / "functions" / "docs" / "describe_api" / "openapi.json").read_text()


@pytest.mark.parametrize("route", WITH_BODY, ids=[route.name for route in WITH_BODY])
def test_an_example_would_be_taken(route: Route) -> None:
    assert route.body
    route.body.model_validate(route.example, context={"allow_local": False, "local_origins": ()})


def test_every_reference_leads_somewhere() -> None:
    found = set(re.findall(r'"#/components/(\w+)/([^"]+)"', openapi.render()))
    for kind, name in found:
        assert name in DOCUMENT["components"][kind], name


def test_every_refusal_of_the_domain_is_told_with_its_status() -> None:
    told: dict[str, set[str]] = {}
    for name in DOCUMENT["components"]["responses"]:
        status, _, codes = name.partition("_")
        for code in codes.split("_or_"):
            told.setdefault(code, set()).add(status)
    # Told where the calls that refuse so are described: capabilities that no connector lacks yet, and the like.
    for code, status in STATUS_BY_CODE.items():
        if code in told:
            assert str(status) in told[code], code
    assert {"duplicate_reference", "idempotency_key_reused", "concurrent_request", "method_not_applicable"} <= set(told)


def operations() -> list[tuple[str, dict[str, Any]]]:
    return [(each["operationId"], each) for verbs in DOCUMENT["paths"].values() for each in verbs.values()]


@pytest.mark.parametrize(("name", "operation"), operations(), ids=[name for name, _ in operations()])
def test_an_operation_is_told_in_words_and_with_its_refusals(name: str, operation: dict[str, Any]) -> None:
    assert operation["summary"] != operation["description"]
    assert {"429", "500"} <= set(operation["responses"])
    assert ("401" in operation["responses"]) == bool(operation["security"])


def test_ids_and_names_are_used_once() -> None:
    names = [name for name, _ in operations()]
    assert len(names) == len(set(names))


def test_what_is_checked_in_is_what_is_generated() -> None:
    assert (ROOT / "functions" / "docs" / "describe_api" / "openapi.json").read_text() == openapi.render()
    assert (ROOT / "functions" / "docs" / "describe_api" / "docs.html").read_text() == page.render()


def test_the_page_asks_nobody_for_anything() -> None:
    """Its two scripts come from the function that serves it."""
    text = page.render()
    assert re.findall(r'<script[^>]* src="([^"]+)"', text) == [f"{page.API_URL}/docs?asset={name}" for name in ASSETS]
    assert "<script>" not in text
    assert not re.search(r"<(link|img|iframe)|@import|url\(|(src|href)=\"https?:", text.replace(page.API_URL, ""))


def test_the_renderer_is_as_published() -> None:
    """RapiDoc 9.3.8 of npm, without the line that names its map (ADR 158)."""
    renderer = FOLDER / "renderer.js"
    assert sha256(renderer.read_bytes()).hexdigest() == RENDERER
    assert renderer.read_text().startswith("/*! RapiDoc 9.3.8 |")
    assert renderer.stat().st_size < 2_000_000  # Lambda answers 6 MB, and some characters are escaped
    assert (FOLDER / "renderer.LICENSE.txt").exists()


@pytest.mark.parametrize("name", ASSETS)
def test_a_script_is_served(name: str, world: World) -> None:
    event = world.event("describe_api", query={"asset": name}) | {"resource": "/docs"}
    answer = invoke("describe_api", event)
    assert answer["headers"]["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer["body"] == (FOLDER / f"{name}.js").read_text()
    again = world.event("describe_api", query={"asset": name}, headers={"If-None-Match": answer["headers"]["ETag"]})
    assert invoke("describe_api", again | {"resource": "/docs"})["statusCode"] == 304


def docs_page(world: World, **query: str) -> dict[str, Any]:
    return invoke("describe_api", world.event("describe_api", query=query) | {"resource": "/docs"})


def test_the_page_allows_nothing_of_others(world: World) -> None:
    answer = docs_page(world, asset="../app")
    assert answer["headers"]["Content-Type"] == "text/html; charset=utf-8"  # no file but the two
    policy = answer["headers"]["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; ")
    assert "unsafe-eval" not in policy
    assert re.findall(r"https?:\S+", policy) == [f"{world.system.api_url}/openapi.json;"]


def test_on_aws_the_page_tries_nothing_and_reaches_the_document_alone(world: World) -> None:
    """So there is no field that a secret could be typed into, and nowhere that a script could send one (ADR 167)."""
    answer = docs_page(world)
    assert f" connect-src {world.system.api_url}/openapi.json; " in answer["headers"]["Content-Security-Policy"]
    assert 'allow-try="false" ' in answer["body"]
    assert 'allow-authentication="false"' in answer["body"]
    assert not re.search(r"<(form|input|button)|client_secret|asset=try", answer["body"])
    assert "{{" not in answer["body"]
    assert docs_page(world, asset="try")["body"] == answer["body"]


def test_a_local_system_has_a_form_for_a_token_and_no_secret(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOW_LOCAL_URLS", "true")
    answer = docs_page(world)
    assert " connect-src 'self'; " in answer["headers"]["Content-Security-Policy"]
    assert f'<form id="try-out" aria-label="Try-out" data-url="{world.system.api_url}/auth/token">' in answer["body"]
    assert "value=" not in answer["body"].partition("</form>")[0]
    assert docs_page(world, asset="try")["body"] == (FOLDER / "try.js").read_text()
