"""A PSP's own card fields on the menu: an enhancement, with the hosts that its manifest names and no others (IS-4)."""

from typing import Any
from urllib.parse import urlencode

import pytest

from functions.payments.menu.pages import http, static
from tests.functions.scripted_psp import ScriptedPsp
from tests.functions.world import FORM, MENU_KEY, ORDER_KEY, World, sample
from tests.menu_forms import Forms
from tillgate.connectors.stripe.manifest import MANIFEST


def request(method: str, path: str, body: str | None = None, **parameters: str) -> Any:
    event = sample("get_order") | {"httpMethod": method, "resource": path, "pathParameters": parameters, "body": body}
    event["headers"] = {"Accept-Language": "en", "Content-Type": FORM, "Host": "api.example.com"}
    event["queryStringParameters"] = {"key": MENU_KEY}
    event["multiValueHeaders"] = {name: [value] for name, value in event["headers"].items()}
    return http.handler(event, None)


def menu() -> Any:
    answer = request("GET", "/pay/{order_key}", order_key=ORDER_KEY)
    assert answer["statusCode"] == 200
    return answer


def policy(answer: Any) -> dict[str, str]:
    rules = {name.lower(): value for name, value in answer["headers"].items()}["content-security-policy"].split("; ")
    return {name: sources for name, _, sources in (rule.partition(" ") for rule in rules)}


@pytest.fixture
def with_fields(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The merchant's cards go to Stripe, gift cards and banks to another PSP."""
    for name, value in (("SECRET_KEY", "sk_test_x"), ("PUBLISHABLE_KEY", "pk_test_x"), ("WEBHOOK_SECRET", "whsec_x")):
        monkeypatch.setenv(f"PSP_STRIPE_{name}", value)
    world.has_merchant(methods={"card": "stripe", "gift_card": "sandbox"})
    world.system.connectors["stripe"] = ScriptedPsp(name="stripe", manifest=MANIFEST)
    world.created()
    return world


def test_the_menu_loads_what_the_manifest_names_and_nothing_else(with_fields: World) -> None:
    answer = menu()
    rules = policy(answer)
    assert rules["script-src"] == "'self' https://js.stripe.com https://*.js.stripe.com"
    assert rules["connect-src"] == "'self' https://api.stripe.com"
    assert "https://hooks.stripe.com" in rules["frame-src"]
    assert "unsafe" not in str(rules)
    assert 'src="https://js.stripe.com/endive/stripe.js"' in answer["body"]
    assert 'data-publishable-key="pk_test_x"' in answer["body"]
    for secret in ("sk_test_x", "whsec_x"):
        assert secret not in answer["body"]


def test_our_script_for_it_is_served_and_changes_its_address_with_its_content(with_fields: World) -> None:
    source = menu()["body"].split('src="static/fields-')[1].split('"')[0]
    assert source.startswith("stripe.js?v=")
    content, media_type = static.find("fields-stripe.js") or (b"", "")
    assert media_type == "text/javascript"
    assert b"createPaymentMethod" in content


@pytest.mark.parametrize("name", ["fields-nobody.js", "fields-.js", "fields-../v1.js", "fields-offline.js"])
def test_nothing_else_is_served_as_a_script_of_a_connector(name: str) -> None:
    assert static.find(name) is None


def test_the_fields_stay_hidden_without_scripts_and_the_form_names_no_token(with_fields: World) -> None:
    answer = menu()
    box = answer["body"].split('data-fields="stripe"')[1].split(">")[0]
    assert box.endswith(" hidden")
    assert Forms(answer["body"]).pay.fields["instrument[token]"] == ""


@pytest.mark.parametrize("token", ["pm_from_the_fields", ""])
def test_a_token_out_of_the_fields_is_paid_with(with_fields: World, token: str) -> None:
    fields = Forms(menu()["body"]).pay.fields
    form = urlencode(fields | {"method": "card", "instrument[token]": token})
    answer = request("POST", "/pay/{order_key}", form, order_key=ORDER_KEY)
    assert answer["statusCode"] == 303
    (case,) = with_fields.system.connectors["stripe"].requests
    assert (case.instrument or {}).get("token", "") == token


def test_a_connector_without_fields_leaves_the_policy_as_strict_as_ever(world: World) -> None:
    world.created()
    answer = menu()
    rules = policy(answer)
    assert (rules["script-src"], rules["connect-src"], rules["frame-src"]) == ("'self'", "'self'", "'none'")
    assert "data-fields" not in answer["body"]
