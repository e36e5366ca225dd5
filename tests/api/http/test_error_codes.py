"""Every code that a caller can get has its section on the docs page and in the guide (ADR 155)."""

from __future__ import annotations

import ast
import importlib
import json
import pkgutil
from collections.abc import Iterator

import pytest

import tillgate
from tests.functions.world import World
from tests.template.reading import ROOT, resources
from tillgate.api.http.problems import STATUS_BY_CODE, TITLES
from tillgate.connectors.host.facts import REASON_CODES
from tillgate.domain.shared.refusals import Refusal
from tools.api import openapi
from tools.errors import CODES, anchor

SOURCES = sorted([*(ROOT / "layers" / "tillgate").rglob("*.py"), *(ROOT / "functions").rglob("*.py")])


def raised() -> dict[str, set[int]]:
    """Codes with their statuses, as the code raises them: `Problem(status, "code", ...)` and classes of `Refusal`."""
    found: dict[str, set[int]] = {}
    passed_on: dict[str, set[str]] = {}
    for path in SOURCES:
        tree = ast.parse(path.read_text())
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            name = call.func.id if isinstance(call.func, ast.Name) else ""
            if name == "Problem" and isinstance(call.args[0], ast.Constant):
                code = call.args[1]
                if isinstance(code, ast.Constant):
                    found.setdefault(str(code.value), set()).add(int(str(call.args[0].value)))
                else:
                    passed_on.setdefault(str(path.relative_to(ROOT)), set()).add(ast.unparse(code))
    # Whose code is a parameter: nobody but this one, and its callers are read.
    assert passed_on == {"layers/tillgate/tillgate/api/http/request_signatures.py": {"code"}}
    signed = ast.parse((ROOT / next(iter(passed_on))).read_text())
    for call in (node for node in ast.walk(signed) if isinstance(node, ast.Call)):
        if isinstance(call.func, ast.Name) and call.func.id == "_refused":
            assert isinstance(call.args[2], ast.Constant)
            found.setdefault(str(call.args[2].value), set()).add(401)
    for refusal in refusals():
        found.setdefault(refusal.code, set()).add(STATUS_BY_CODE.get(refusal.code, 422))
    return found


def refusals() -> set[type[Refusal]]:
    for module in pkgutil.walk_packages(tillgate.__path__, "tillgate."):
        importlib.import_module(module.name)

    def below(kind: type[Refusal]) -> Iterator[type[Refusal]]:
        yield kind
        for each in kind.__subclasses__():
            yield from below(each)

    return set(below(Refusal))


def gateway() -> dict[str, set[int]]:
    """What API Gateway refuses by itself."""
    found: dict[str, set[int]] = {}
    for each in resources("Serverless::Api")["Api"]["Properties"]["GatewayResponses"].values():
        problem = json.loads(each["ResponseTemplates"]["application/json"]["Fn::Sub"][0])
        found.setdefault(problem["code"], set()).add(problem["status"])
    return found


def test_every_code_is_told_with_its_statuses_and_no_other() -> None:
    wanted = raised()
    for code, statuses in gateway().items():
        wanted[code] |= statuses
    assert {code: set(advice.statuses) for code, advice in CODES.items()} == wanted
    assert {status for each in CODES.values() for status in each.statuses} - set(TITLES) == {504}  # API Gateway's own


def test_the_description_has_no_other_codes() -> None:
    told = {code for name in openapi.document()["components"]["responses"] for code in name[4:].split("_or_")}
    assert told <= set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_a_code_has_its_place_on_the_docs_page_and_in_the_guide(code: str) -> None:
    page = (ROOT / "functions" / "docs" / "describe_api" / "docs.html").read_text()
    guide = (ROOT / "docs" / "merchant-guide.md").read_text()
    assert page.count(f'id="{anchor(code)}"') == 1
    assert f"### `{code}` (" in guide
    assert f'<a id="{anchor(code)}"></a>' in guide


def test_the_type_is_a_url_that_the_docs_page_answers(world: World) -> None:
    answer = world.call("get_order", path={"order_key": "ord_nothing"})
    url, _, fragment = answer.json["type"].partition("#")
    assert url.endswith("/docs")
    assert url.startswith("http")
    assert fragment == anchor(answer.json["code"]) == "error-not_found"
    for each in resources("Serverless::Api")["Api"]["Properties"]["GatewayResponses"].values():
        text, where = each["ResponseTemplates"]["application/json"]["Fn::Sub"]
        problem = json.loads(text)
        assert problem["type"] == f"${{Docs}}#{anchor(problem['code'])}"
        assert set(where) == {"Docs"}


@pytest.mark.parametrize("name", ["A-1", "ORD-7", "2026-1001"])
def test_a_reference_in_place_of_a_key_is_told_where_to_look(name: str, world: World) -> None:
    answer = world.call("get_order", path={"order_key": name})
    assert answer.refusal == (404, "not_found")
    assert "GET /orders?order_reference=" in answer.json["detail"]
    assert "?" not in world.call("get_order", path={"order_key": "ord_nothing"}).json["detail"]


def test_every_reason_code_in_the_code_is_told() -> None:
    """Those that we give by ourselves, beside those of PSPs, which the connectors' host limits to the same list."""
    given = {
        str(keyword.value.value)
        for path in SOURCES
        if "sandbox_psp" not in path.parts  # speaks its own words
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "reason_code" and isinstance(keyword.value, ast.Constant) and keyword.value.value
    }
    schemas = openapi.document()["components"]["schemas"]
    of_parts = {"CLOSED", "DUPLICATE_REFERENCE"}  # of a split's part that no payment was begun for
    assert {"TRY_AGAIN_LATER"} <= given <= {*REASON_CODES, *of_parts}
    told = schemas["Payment"]["properties"]["reason_code"]["description"]
    assert all(code in told for code in REASON_CODES)
    told = schemas["PartOfSplit"]["properties"]["reason_code"]["description"]
    assert all(code in told for code in of_parts)
