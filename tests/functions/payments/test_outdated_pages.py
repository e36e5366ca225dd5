"""A button of the menu does what it says, or nothing: the page is shown anew and says what changed (CM-3)."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from functions.payments.menu.pages import http
from functions.payments.menu.pages.languages import LANGUAGES
from tests.functions.scripted_psp import CAN, KeepingPsp, ScriptedPsp, manifest
from tests.functions.world import FORM, MENU_KEY, MENU_URL, ORDER_KEY, PAYMENT_ID, World, sample
from tests.menu_forms import Form, Forms
from tillgate.connectors.v1 import Case
from tillgate.domain.orders.order import OrderStatus
from tillgate.domain.orders.tenders import AuthorizationSequence
from tillgate.domain.payments.operations import OperationStatus

MENU = MENU_URL
SHOP = {name: f"https://shop.example/{name}" for name in ("success", "aborted", "error")}
BACK = f"?order_key={ORDER_KEY}&order_reference=A-1001"


def request(method: str, resource: str, body: str | None = None, query: dict[str, str] | None = None) -> Any:
    parameters, query = {"order_key": ORDER_KEY}, {"key": MENU_KEY} | (query or {})
    event = sample("get_order") | {"httpMethod": method, "resource": resource, "pathParameters": parameters}
    event["body"] = body
    event["headers"] = {"Accept-Language": "en", "Content-Type": FORM, "Host": "api.example.com"}
    event["multiValueHeaders"] = {name: [value] for name, value in event["headers"].items()}
    event["queryStringParameters"] = query
    event["multiValueQueryStringParameters"] = {name: [value] for name, value in query.items()}
    return http.handler(event, None)


def opened(query: dict[str, str] | None = None) -> Forms:
    answer = request("GET", "/pay/{order_key}", query=query)
    assert answer["statusCode"] == 200, answer
    return Forms(answer["body"])


def press(form: Form, **fields: str) -> str:
    """Where the shopper is sent."""
    path = "/pay/{order_key}/cancel" if "/cancel" in form.action else "/pay/{order_key}"
    assert form.action.endswith(f"?key={MENU_KEY}")
    answer = request("POST", path, urlencode(form.fields | fields))
    assert answer["statusCode"] == 303, answer
    return str({name.lower(): value for name, value in answer["headers"].items()}["location"])


def page_after(location: str) -> Forms:
    assert location.startswith(MENU)
    return opened(dict(parse_qsl(urlsplit(location).query)))


def amount_changes(world: World, amount: int) -> None:
    assert world.call("update_order", {"amount": amount}).status == 200


def untouched(world: World) -> Callable[[], None]:
    before = world.everything()

    def check() -> None:
        assert world.everything() == before
        assert world.order().status in (OrderStatus.UNPAID, OrderStatus.PARTIALLY_PAID)

    return check


@pytest.fixture
def order(world: World) -> World:
    world.created(amount=5000, return_urls=SHOP)
    return world


def test_an_outdated_button_pays_nothing_and_the_page_says_the_new_amount(order: World) -> None:
    """The page said 50.00, the order is 60.00 by now: nothing is taken until the shopper has seen 60.00."""
    page = opened()
    assert page.pay.says == "Pay €50.00"
    amount_changes(order, 6000)
    check = untouched(order)
    location = press(page.pay, method="card")
    assert location == f"{MENU}&notice=amount&before=5000"
    check()
    anew = page_after(location)
    assert "changed from €50.00 to €60.00" in anew.text
    assert anew.pay.says == "Pay €60.00"
    press(anew.pay, method="card")
    assert [payment.amount for payment in order.order().payments] == [6000]


def test_an_outdated_button_with_a_saved_card_pays_nothing(world: World) -> None:
    world.system.connectors["sandbox"] = KeepingPsp()
    shopper = str(world.call("create_shopper").json["shopper_key"])
    card = {"method": "card", "instrument": {"token": "tok_visa"}, "shopper_key": shopper}
    token = world.call("save_instrument", card).json["token"]
    world.created(amount=5000, shopper_key=shopper, saved_instruments=True, capture="auto")
    page = opened()
    assert f"card:{token}" in page.pay.choices
    amount_changes(world, 6000)
    location = press(page.pay, method=f"card:{token}")
    assert (location, world.order().payments) == (f"{MENU}&notice=amount&before=5000", ())
    press(page_after(location).pay, method=f"card:{token}")
    assert [payment.authorized for payment in world.order().payments] == [6000]


def test_an_outdated_gift_card_form_holds_nothing(order: World) -> None:
    """9.00 was shown, and 10.00 must not be held."""
    amount_changes(order, 900)
    page = opened()
    amount_changes(order, 1000)
    location = press(page.gift_card, **{"instrument[token]": "gc_1000"})
    assert (location, order.order().payments) == (f"{MENU}&notice=amount&before=900", ())


def test_a_gift_card_that_was_cancelled_by_api_makes_the_page_outdated(order: World) -> None:
    """15.00 was shown beside a gift card of 10.00; without it, 25.00 must not be held."""
    amount_changes(order, 2500)
    order.call("start_payment", {"method": "gift_card", "instrument": {"token": "gc_1000"}, "amount": 1000})
    page = opened()
    assert page.pay.says == "Pay €15.00"
    assert order.call("cancel_payment", {}, path={"payment_id": PAYMENT_ID}).json["status"] == "CANCELLED"
    location = press(page.pay, method="card")
    assert location == f"{MENU}&notice=amount&before=1500"
    assert len(order.order().payments) == 1
    assert page_after(location).pay.says == "Pay €25.00"


class TellingPsp(ScriptedPsp):
    def __init__(self) -> None:
        super().__init__(manifest=manifest(methods={"card": CAN, "gift_card": replace(CAN, balance=True)}))

    def balance(self, case: Case) -> int:
        return 1000


def test_an_outdated_form_names_no_tender(world: World) -> None:
    world.system.connectors["sandbox"] = TellingPsp()
    world.has_merchant(authorization_sequence=AuthorizationSequence.OPEN_FIRST)
    world.created(amount=2500)
    page = opened()
    amount_changes(world, 3000)
    location = press(page.gift_card, **{"instrument[token]": "gc_1000"})
    assert (location, world.order().named) == (f"{MENU}&notice=amount&before=2500", ())
    press(page_after(location).gift_card, **{"instrument[token]": "gc_1000"})
    assert [tender.balance for tender in world.order().named] == [1000]


def test_an_outdated_cancel_ends_nothing(order: World) -> None:
    page = opened()
    amount_changes(order, 6000)
    check = untouched(order)
    location = press(page.cancel)
    assert location == f"{MENU}&notice=amount&before=5000"
    check()
    assert press(page_after(location).cancel) == SHOP["aborted"] + BACK
    assert order.order().status is OrderStatus.CANCELLED


@pytest.mark.parametrize("wrong", [{"amount": "1"}, {"currency": "USD"}, {"version": "7"}, {"amount": "x"}])
def test_a_form_that_says_something_else_does_nothing(order: World, wrong: dict[str, str]) -> None:
    page = opened()
    check = untouched(order)
    for form in (page.pay, page.gift_card, page.cancel):
        assert press(form, **{"instrument[token]": "tok_1"} | {"method": "card"} | wrong).startswith(f"{MENU}&notice=")
        check()


def test_a_form_that_says_nothing_does_nothing(order: World) -> None:
    """A page that was open before forms said what they were made for."""
    check = untouched(order)
    for action in (f"{ORDER_KEY}?key={MENU_KEY}", f"{ORDER_KEY}/cancel?key={MENU_KEY}"):
        assert press(Form(action), method="card") == f"{MENU}&notice=changed"
        check()


def test_a_change_that_is_no_amount_is_shown_first_too(order: World) -> None:
    page = opened()
    assert order.call("update_order", {"metadata": {"gift_wrap": "yes"}}).status == 200
    location = press(page.pay, method="card")
    assert location == f"{MENU}&notice=changed"
    assert "Something has changed" in page_after(location).text


def test_a_new_choice_ends_the_payment_that_awaited_the_shopper(order: World) -> None:
    """Our own change on the way, the earlier payment's end, does not make the page outdated."""
    order.started(OperationStatus.AWAITING_SHOPPER)
    page = opened()
    press(page.pay, method="card")
    assert [str(payment.status) for payment in order.order().payments] == ["WITHDRAWN", "AUTHORIZED"]


def test_a_double_click_goes_on_with_the_payment_that_was_started(order: World) -> None:
    page = opened()
    order.psp.says(OperationStatus.AWAITING_SHOPPER)
    first = press(page.pay, method="card")
    assert press(page.pay, method="card") == first
    assert len(order.order().payments) == 1


def test_cancel_in_one_tab_after_paying_in_another_goes_where_the_order_is(order: World) -> None:
    second = opened()
    press(opened().pay, method="card")
    assert press(second.cancel) == SHOP["success"] + BACK
    assert order.order().status is OrderStatus.AUTHORIZED


def test_cancel_while_another_tab_waits_goes_to_the_waiting_page(order: World) -> None:
    second = opened()
    order.psp.says(OperationStatus.PENDING)
    press(opened().pay, method="card")
    assert press(second.cancel) == MENU.replace("?", "/wait?")
    assert order.order().ending is None


def test_cancel_does_not_lead_to_a_payment_page_that_another_tab_has_opened(order: World) -> None:
    second = opened()
    order.started(OperationStatus.AWAITING_SHOPPER)
    location = press(second.cancel)
    assert location == f"{MENU}&notice=changed"
    assert press(page_after(location).cancel) == SHOP["aborted"] + BACK


def test_cancel_twice_leads_to_the_same_place(order: World) -> None:
    page = opened()
    assert press(page.cancel) == press(page.cancel) == SHOP["aborted"] + BACK


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_what_changed_is_said_in_every_language(world: World, language: str) -> None:
    world.created(amount=6000, locale=language)
    assert re.search(r"50[.,]00.*60[.,]00.*[.?:]", opened({"notice": "amount", "before": "5000"}).text)


@pytest.mark.parametrize("before", ["6000x", "", "<b>", "-1", "9" * 20])
def test_nothing_else_is_said_by_the_link(order: World, before: str) -> None:
    assert "Something has changed" in opened({"notice": "amount", "before": before}).text
