"""The shopper chooses how much this card pays, where the order takes several (US-2)."""

from typing import Any
from urllib.parse import urlencode

import pytest

from functions.payments.menu.pages import http
from tests.functions.world import FORM, MENU_KEY, ORDER_KEY, World, sample
from tests.menu_forms import Form, Forms
from tillgate.domain.payments.operations import OperationStatus


def request(method: str, body: str | None = None, query: dict[str, str] | None = None) -> Any:
    event = sample("get_order") | {"httpMethod": method, "resource": "/pay/{order_key}", "body": body}
    event["pathParameters"] = {"order_key": ORDER_KEY}
    event["headers"] = {"Accept-Language": "en", "Content-Type": FORM, "Host": "api.example.com"}
    event["multiValueHeaders"] = {name: [value] for name, value in event["headers"].items()}
    query = {"key": MENU_KEY} | (query or {})
    event["queryStringParameters"] = query
    event["multiValueQueryStringParameters"] = {name: [value] for name, value in query.items()}
    return http.handler(event, None)


def opened(**query: str) -> Forms:
    answer = request("GET", query=query or None)
    assert answer["statusCode"] == 200
    return Forms(answer["body"])


def press(form: Form, **fields: str) -> str:
    answer = request("POST", urlencode(form.fields | {"method": "card", "instrument[token]": "tok_visa"} | fields))
    assert answer["statusCode"] == 303
    return str({name.lower(): value for name, value in answer["headers"].items()}["location"])


def amounts(world: World) -> list[tuple[int, str]]:
    return [(payment.amount, str(payment.status)) for payment in world.order().payments]


def test_a_part_by_this_card_and_the_rest_by_another(world: World) -> None:
    world.created(max_open_tenders=2)
    page = opened(part="20.00")
    assert page.pay.says.replace("\n", "").strip() == "Pay €20.00"
    assert "€29.99 will be left to pay another way." in page.text
    world.psp.says(OperationStatus.SUCCEEDED)
    press(page.pay)
    assert amounts(world) == [(2000, "AUTHORIZED")]
    rest = opened()
    assert (rest.pay.says.strip(), "only a part" in rest.text) == ("Pay €29.99", False)
    world.psp.says(OperationStatus.SUCCEEDED)
    press(rest.pay)
    assert amounts(world) == [(2000, "AUTHORIZED"), (2999, "AUTHORIZED")]


@pytest.mark.parametrize("typed", ["49.99", "50", "0", "1,234", "half", "-1"])
def test_what_is_no_part_is_asked_for_again(world: World, typed: str) -> None:
    world.created(max_open_tenders=2)
    page = opened(part=typed)
    assert (page.pay.says.strip(), "part" in page.pay.fields) == ("Pay €49.99", False)
    assert "Please enter an amount below €49.99" in page.text


def test_where_one_pays_all_there_is_no_part(world: World) -> None:
    world.created()
    page = opened(part="20.00")
    assert (page.pay.says.strip(), "only a part" in page.text) == ("Pay €49.99", False)
    assert press(page.pay, part="2000").endswith("notice=changed")
    assert amounts(world) == []


def test_a_page_that_is_outdated_takes_no_part(world: World) -> None:
    world.created(max_open_tenders=3)
    page = opened(part="20.00")
    assert world.call("update_order", {"amount": 6000}).status == 200
    assert "notice=amount" in press(page.pay)
    assert amounts(world) == []


def test_the_api_takes_and_answers_how_many(world: World) -> None:
    body = {"order_reference": "A-1001", "amount": 4999, "currency": "EUR"}
    for wrong in (0, 4, "2"):
        answer = world.call("create_order", body | {"max_open_tenders": wrong})
        assert (answer.refusal, answer.pointers) == ((422, "invalid_request"), ["/max_open_tenders"])
    assert world.call("create_order", body | {"max_open_tenders": 3}).json["max_open_tenders"] == 3
    for part in (1000, 2000, None):
        world.started(OperationStatus.SUCCEEDED, amount=part)
    assert amounts(world) == [(1000, "AUTHORIZED"), (2000, "AUTHORIZED"), (1999, "AUTHORIZED")]
