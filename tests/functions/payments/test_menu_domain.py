"""The shopper's pages behind a custom domain whose base path leads to the API (CM-5)."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from functions.payments.menu.pages import http
from tests.functions.world import MENU_KEY, ORDER_KEY, World, sample
from tests.menu_forms import carried
from tests.template.reading import on_aws, resources, template


def called(method: str, resource: str, base: str, body: str | None = None, **parameters: str) -> dict[str, Any]:
    """As API Gateway gives it: `path` is what the browser asked for, `resource` the route."""
    event = sample("get_order") | {"httpMethod": method, "resource": resource, "pathParameters": parameters}
    event["body"], event["queryStringParameters"] = body, {"key": MENU_KEY}
    event["path"] = base + resource.format_map(parameters)
    event["requestContext"] |= {"path": event["path"], "resourcePath": resource, "domainName": "pay.example.com"}
    answer: dict[str, Any] = http.handler(event, None)
    return answer


@pytest.mark.parametrize("base", ["", "/payments", "/eu/payments"])
def test_the_pages_are_found_behind_a_base_path(world: World, monkeypatch: pytest.MonkeyPatch, base: str) -> None:
    monkeypatch.setenv("API_URL", f"https://pay.example.com{base}")
    world.created()
    assert called("GET", "/pay/{order_key}", base, order_key=ORDER_KEY)["statusCode"] == 200
    assert called("GET", "/pay/static/{file}", base, file="menu.css")["statusCode"] == 200
    status = called("GET", "/pay/{order_key}/status", base, order_key=ORDER_KEY)
    assert json.loads(status["body"]) == {"waiting": False}
    ended = called("POST", "/pay/{order_key}/cancel", base, urlencode(carried(world.order())), order_key=ORDER_KEY)
    location = {name.lower(): value for name, value in ended["headers"].items()}["location"]
    assert (ended["statusCode"], location) == (303, f"https://pay.example.com{base}/pay/{ORDER_KEY}?key={MENU_KEY}")
    assert called("GET", "/pay/{order_key}", base, order_key="ord_none")["statusCode"] == 404


def test_the_domain_is_the_only_way_in_where_there_is_one() -> None:
    """Else whatever guards the domain, such as a firewall, could be gone around."""
    properties = resources("Serverless::Api")["Api"]["Properties"]
    assert properties["DisableExecuteApiEndpoint"] == {"Fn::If": ["HasPublicUrl", True, False]}
    assert template()["Parameters"]["PublicUrl"]["AllowedPattern"] == "|https://.*[^/]"
    assert on_aws(template()["Outputs"]["ApiUrl"]["Value"])["Fn::If"][:2] == ["HasPublicUrl", {"Ref": "PublicUrl"}]
