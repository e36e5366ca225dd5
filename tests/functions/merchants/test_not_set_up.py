"""A method whose connector a merchant has not set up is not applicable, and nothing breaks on it (IS-5, GO-8)."""

from typing import Any

import pytest

from functions.payments.menu.pages.actions import Goto, opened, pay
from functions.payments.menu.pages.languages import Wishes
from tests.functions.acme import CREDENTIALS, LIVE, put, with_acme
from tests.functions.world import MENU_KEY, MENU_URL, ORDER_KEY, Answer, World, invoke, sample
from tillgate.domain.orders.shown import Shown
from tillgate.domain.shared.refusals import MethodNotApplicable
from tillgate.use_cases.payments.name_tender import name_tender

MISSING = "Acme Pay is not set up: its credentials are missing"
TEST_SET = {"mode": "test", "credentials": CREDENTIALS}
LIVE_SET = {"mode": "live", "credentials": LIVE}
UNAVAILABLE = Goto(f"{MENU_URL}&notice=unavailable")


@pytest.fixture
def acme(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """`mer_1` offers cards through Acme, gift cards through the sandbox."""
    with_acme(world, monkeypatch)
    world.has_merchant(methods={"card": "acme", "gift_card": "sandbox"})
    return world


def offers(world: World) -> Any:
    return {each["method"]: each for each in world.call("list_order_methods").json["items"]}


def start(world: World, **fields: Any) -> Answer:
    return world.call("start_payment", {"method": "card", "instrument": {"token": "tok_visa"}} | fields)


def form(world: World, method: str) -> dict[str, str]:
    """What the menu sends, as it shows the order now."""
    shown = Shown.of(world.order())
    known = {"number": str(shown.number), "version": str(shown.version), "amount": str(shown.amount)}
    return {"method": method, "currency": shown.currency} | known


def set_method(world: World, method: str, body: dict[str, Any]) -> Answer:
    path = {"connector": "x"}
    event = world.event("set_connector", body, path=path)
    resource = "/account/methods/{method}"
    event |= {"resource": resource, "pathParameters": {"method": method}, "path": resource.format(method=method)}
    answer = invoke("set_method", event)
    return Answer(answer["statusCode"], {k.lower(): v for k, v in answer["headers"].items()}, answer["body"])


def test_it_does_not_apply_until_it_is_set_up(acme: World) -> None:
    acme.created()
    assert (offers(acme)["card"]["applies"], offers(acme)["card"]["reasons"]) == (False, [MISSING])
    assert offers(acme)["gift_card"]["applies"] is True
    before = acme.everything()
    refused = start(acme)
    assert (refused.refusal, refused.json["detail"]) == ((422, "method_not_applicable"), MISSING)
    assert acme.everything() == before
    put(acme, TEST_SET)
    assert offers(acme)["card"]["applies"] is True
    assert start(acme).json["status"] == "AUTHORIZED"


def test_the_menu_leaves_it_out(acme: World) -> None:
    acme.created()
    offered = {
        offer.method: offer.why_not for offer in opened(acme.system, ORDER_KEY, MENU_KEY, Wishes("en"), None).offers
    }
    assert offered == {"card": MISSING, "gift_card": None}
    assert pay(acme.system, ORDER_KEY, MENU_KEY, form(acme, "card")) == UNAVAILABLE


@pytest.mark.parametrize("connector", ["nobody", "acme"])
@pytest.mark.parametrize("sequence", ["limited_first", "open_first"])
def test_a_gift_card_of_a_connector_that_is_missing_is_no_error(acme: World, connector: str, sequence: str) -> None:
    """IS-7, IS-8: on the menu too, where a gift card may wait for the open tender."""
    acme.has_merchant(methods={"gift_card": connector, "card": "sandbox"}, authorization_sequence=sequence)
    acme.created()
    assert offers(acme)["gift_card"]["applies"] is False
    assert start(acme, method="gift_card").refusal == (422, "method_not_applicable")
    asked = form(acme, "gift_card") | {"instrument[token]": "gc_1000"}
    assert pay(acme.system, ORDER_KEY, MENU_KEY, asked) == UNAVAILABLE
    merchant = acme.system.merchants.merchant("mer_1", fresh=True)
    assert merchant
    with pytest.raises(MethodNotApplicable):
        name_tender(acme.system, merchant, ORDER_KEY, method="gift_card", token="gc_1000", shown=Shown.of(acme.order()))


def test_an_instrument_is_not_saved_with_it(acme: World) -> None:
    shopper = acme.call("create_shopper").json["shopper_key"]
    body = {"shopper_key": shopper, "method": "card", "instrument": {"token": "tok_visa"}}
    refused = acme.call("save_instrument", body)
    assert (refused.refusal, refused.json["detail"]) == ((422, "method_not_applicable"), MISSING)


def test_a_payout_passes_it_over(acme: World) -> None:
    acme.has_merchant(methods={"card": "acme"})
    assert acme.call("create_payout").refusal == (422, "capability_not_supported")


def test_an_order_says_whether_it_is_test_or_live_and_stays_so(acme: World) -> None:
    put(acme, TEST_SET)
    acme.created()
    assert "mode" not in acme.call("get_order").json
    payment = start(acme, amount=1000).json
    assert payment["mode"] == "test"
    put(acme, LIVE_SET)
    order = acme.call("get_order").json
    assert (order["mode"], order["payments"][0]["mode"]) == ("test", "test")
    acme.call("cancel_payment", {})
    assert start(acme).json["mode"] == "test"
    acme.created(order_reference="A-1002")
    path = {"order_key": "ord_00000000000000000000000002"}
    body = {"method": "card", "instrument": {"token": "tok_visa"}}
    assert acme.call("start_payment", body, path=path).json["mode"] == "live"


def test_a_test_order_cannot_be_paid_once_the_test_account_is_gone(acme: World) -> None:
    put(acme, TEST_SET)
    acme.created()
    start(acme, amount=1000)
    acme.call("cancel_payment", {})
    put(acme, LIVE_SET)
    put(acme, {"mode": "test", "credentials": None})
    refused = start(acme)
    assert refused.json["detail"] == "Acme Pay is not set up: its test credentials are missing"
    assert offers(acme)["card"]["reasons"] == [refused.json["detail"]]


def test_the_deployments_accounts_have_no_mode(acme: World) -> None:
    acme.created()
    assert "mode" not in start(acme, method="gift_card").json
    assert "mode" not in acme.call("get_order").json


def test_a_new_account_offers_what_the_deployment_can_pay(acme: World, monkeypatch: pytest.MonkeyPatch) -> None:
    made = invoke("admin", sample("admin_create_merchant"))
    merchant = acme.system.merchants.merchant(made["merchant_id"])
    assert merchant
    assert merchant.methods == {"card": "sandbox", "bank_redirect": "sandbox", "gift_card": "sandbox"}
    monkeypatch.delenv("PSP_SECRETS")
    monkeypatch.delenv("STAND_INS")
    made = invoke("admin", sample("admin_create_merchant"))
    merchant = acme.system.merchants.merchant(made["merchant_id"])
    assert merchant
    assert merchant.methods == {}


def test_a_method_takes_the_connector_that_the_account_can_use(acme: World, monkeypatch: pytest.MonkeyPatch) -> None:
    acme.has_merchant(methods={})
    assert set_method(acme, "card", {"position": 1}).json["connector"] == "sandbox"
    monkeypatch.delenv("STAND_INS")
    refused = set_method(acme, "wallet", {})
    assert (refused.refusal, refused.pointers) == ((422, "invalid_request"), ["/connector"])
    assert (
        refused.json["errors"][0]["detail"] == "none of the connectors for wallet is set up; name one of acme, stripe"
    )
    assert set_method(acme, "bank_redirect", {}).refusal == (422, "capability_not_supported")
    assert set_method(acme, "cash_on_delivery", {}).json["connector"] == "offline"
    put(acme, TEST_SET)
    assert set_method(acme, "wallet", {}).json["connector"] == "acme"
    assert set_method(acme, "card", {"connector": "acme"}).json["connector"] == "acme"
    assert set_method(acme, "card", {"position": 2}).json["connector"] == "acme"
    assert set_method(acme, "card", {"connector": "nobody"}).pointers == ["/connector"]


def test_a_method_can_be_switched_off_though_the_deployment_has_lost_its_connector(acme: World) -> None:
    acme.has_merchant(methods={"card": "gone"})
    answer = set_method(acme, "card", {"enabled": False})
    assert (answer.status, answer.json["enabled"], answer.json["connector"]) == (200, False, "gone")
