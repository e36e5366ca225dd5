"""What pays later cannot pay an invoice (RG-7): it is due now, and another promise to pay would count as safe."""

import json
from typing import Any

import pytest

from functions.payments.menu.pages import actions
from functions.payments.menu.pages.languages import Wishes
from tests.functions.menu_calls import written
from tests.functions.scripted_psp import offline
from tests.functions.world import MENU_KEY, ORDER_KEY, World, sample
from tests.menu_forms import carried
from tillgate.domain.payments.operations import OperationStatus

LATER = ("invoice", "cash_on_delivery")
BODY = json.loads(sample("create_invoice")["body"])


def make(world: World, **fields: object) -> Any:
    answer = world.call("create_invoice", BODY | fields)
    assert answer.status == 201, answer.text
    return answer.json


@pytest.fixture
def with_later(world: World) -> World:
    """The account offers what is paid after delivery beside cards."""
    world.system.connectors["offline"] = offline()
    world.has_merchant(methods={"card": "sandbox"} | dict.fromkeys(LATER, "offline"))
    return world


def test_what_pays_later_cannot_pay_an_invoice_by_api(with_later: World) -> None:
    """RG-7: refused at START, told by the list of methods; what awaits the shopper is not ended for it."""
    make(with_later)
    first = with_later.started(OperationStatus.AWAITING_SHOPPER)
    before = with_later.everything()
    for method in LATER:
        refused = with_later.call("start_payment", {"method": method})
        assert (refused.refusal, refused.pointers) == ((422, "method_not_applicable"), ["/method"])
    assert with_later.everything() == before
    assert [payment.payment_id for payment in with_later.order().payments] == [first]
    offers = {each["method"]: each for each in with_later.call("list_order_methods").json["items"]}
    assert offers["card"]["applies"]
    for method in LATER:
        reason = f"an invoice cannot be paid with {method}, which is paid after delivery"
        assert (offers[method]["applies"], offers[method]["reasons"]) == (False, [reason])


def test_what_pays_later_cannot_pay_an_invoice_on_the_menu(with_later: World) -> None:
    make(with_later)
    sheet = actions.opened(with_later.system, ORDER_KEY, MENU_KEY, Wishes("en"), None)
    assert [offer.method for offer in sheet.offers if offer.applies] == ["card"]
    page = written(sheet)
    assert [method for method in ("card", *LATER) if f'value="{method}"' in page] == ["card"]
    for method in LATER:
        goto = actions.pay(with_later.system, ORDER_KEY, MENU_KEY, {"method": method} | carried(sheet.order))
        assert isinstance(goto, actions.Goto)
        assert goto.url.endswith("&notice=unavailable")
    assert with_later.order().payments == ()


def test_what_pays_later_cannot_be_named_for_an_invoice(with_later: World) -> None:
    before = with_later.everything()
    for method in LATER:
        refused = with_later.call("create_invoice", BODY | {"methods": ["card", method]})
        assert (refused.refusal, refused.pointers) == ((422, "method_not_applicable"), ["/methods/1"])
    assert with_later.everything() == before
    assert make(with_later, methods=["card"])["methods"] == ["card"]
