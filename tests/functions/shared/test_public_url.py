"""Where we are reached is told by each call, or by the parameter to who is not called over the API (ADR 9)."""

from datetime import timedelta

import pytest

from tests.functions.world import World, invoke, sample
from tests.template.reading import on_aws, on_this_machine, template
from tillgate.domain.payments.operations import OperationStatus

CALLED = sample("create_order")["requestContext"]
FORM = template()["Globals"]["Function"]["Environment"]["Variables"]["API_URL"]


def test_a_call_of_api_gateway_is_answered_with_the_address_it_came_by(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    condition, own_domain, gateway = on_aws(FORM)["Fn::If"]
    assert (condition, own_domain) == ("HasPublicUrl", {"Ref": "PublicUrl"})
    form = gateway["Fn::Sub"].replace("${AWS::Region}", "eu-west-1").replace("${AWS::URLSuffix}", "amazonaws.com")
    monkeypatch.setenv("API_URL", form)
    menu = world.call("create_order").json["menu_url"]
    assert menu.startswith("https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/v1/pay/ord_")


def test_the_local_cloud_is_reached_by_a_path(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    form = on_this_machine(FORM)["Fn::Sub"].replace("${LocalEndpoint}", "http://127.0.0.1:4566")
    monkeypatch.setenv("API_URL", form)
    menu = world.call("create_order").json["menu_url"]
    assert menu.startswith("http://127.0.0.1:4566/_aws/execute-api/a1b2c3d4e5/v1/pay/ord_")


def test_a_domain_of_the_operators_stands_before_every_call(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_URL", "https://pay.example.com")
    assert world.call("create_order").json["menu_url"].startswith("https://pay.example.com/pay/ord_")


def test_who_is_not_called_reads_the_parameter(world: World) -> None:
    assert world.system.api_url == "https://api.example.com/v1"


@pytest.mark.parametrize("function", ["close_window", "sweep_due"])
def test_a_cold_environment_asks_nobody_where_we_are(world: World, function: str) -> None:
    """GetParameter is limited to 40 a second: windows that end at once begin more environments than that."""
    world.created()
    world.started(OperationStatus.AWAITING_SHOPPER)
    world.passes(timedelta(minutes=123))
    world.system.__dict__.pop("api_url", None)
    invoke(function, sample(function))
    assert world.order().status == "EXPIRED"
    assert "api_url" not in world.system.__dict__
