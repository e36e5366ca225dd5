"""Saved instruments on the menu: only where the order opts in, and with the PSP's authentication (ADR 51)."""

from dataclasses import replace
from typing import Any

import pytest

from tests.functions.menu_calls import MENU, browse
from tests.functions.scripted_psp import KeepingPsp
from tests.functions.world import World
from tests.menu_forms import Forms, carried

ORDER = {"order_reference": "A-1001", "amount": 4999, "currency": "EUR"}


@pytest.fixture
def psp(world: World) -> KeepingPsp:
    world.psp = world.system.connectors["sandbox"] = KeepingPsp()
    return world.psp


@pytest.fixture
def shopper(world: World, psp: KeepingPsp) -> str:
    return str(world.call("create_shopper").json["shopper_key"])


@pytest.fixture
def token(world: World, shopper: str) -> str:
    body = {"shopper_key": shopper, "method": "card", "instrument": {"token": "tok_visa"}}
    return str(world.call("save_instrument", body).json["token"])


def press(world: World, **fields: str) -> str:
    answer = browse("POST", MENU, carried(world.order()) | {"method": "card"} | fields)
    assert answer.status == 303
    return answer.headers["location"]


def ways(token: str) -> list[dict[str, str]]:
    """Every field of the form that a saved instrument could be named in, and the wish to save one."""
    return [
        {"method": f"card:{token}"},
        {"method": "card", "instrument[token]": token},
        {"method": "gift_card", "instrument[token]": token},
        {"method": f"gift_card:{token}"},
        {"method": "bank_redirect", "bank": token},
        {"instrument[token]": "tok_visa", "save": "card"},
    ]


def test_an_order_says_nothing_of_it_unless_it_opts_in(world: World, shopper: str, token: str) -> None:
    """False is the default: who holds the link need not be the shopper."""
    told = world.call("create_order", ORDER | {"shopper_key": shopper}).json
    assert "saved_instruments" not in told
    page = browse()
    assert token not in page.text
    assert "4242" not in page.text
    assert 'name="save"' not in page.text
    before = world.everything()
    for fields in ways(token):
        assert press(world, **fields).endswith("&notice=unavailable"), fields
    assert (world.everything(), world.psp.requests) == (before, [])


def test_where_it_opts_in_the_psp_authenticates_who_pays_with_one(world: World, shopper: str, token: str) -> None:
    told = world.call("create_order", ORDER | {"shopper_key": shopper, "saved_instruments": True}).json
    assert (told["saved_instruments"], "shopper_authenticated" in told) == (True, False)
    page = Forms(browse().text)
    assert f"card:{token}" in page.pay.choices
    press(world, method=f"card:{token}")
    (case,) = world.psp.requests
    assert (case.authenticate, (case.instrument or {})["token"]) == (True, "card_1")


def test_a_card_of_today_is_for_the_psp_to_judge(world: World, shopper: str, token: str) -> None:
    world.created(shopper_key=shopper, saved_instruments=True)
    press(world, **{"instrument[token]": "tok_visa", "save": "card"})
    (case,) = world.psp.requests
    assert (case.authenticate, case.saves_as is not None) == (False, True)


def test_a_shopper_whom_the_merchant_has_authenticated_is_not_asked_again(
    world: World, shopper: str, token: str
) -> None:
    fields = {"shopper_key": shopper, "saved_instruments": True, "shopper_authenticated": True}
    told = world.call("create_order", ORDER | fields).json
    assert told["shopper_authenticated"] is True
    press(world, method=f"card:{token}")
    assert [case.authenticate for case in world.psp.requests] == [False]


def test_a_merchants_own_start_is_as_it_was(world: World, shopper: str, token: str) -> None:
    for number, opts_in in enumerate((False, True)):
        world.created(order_reference=f"A-{number}", shopper_key=shopper, saved_instruments=opts_in)
        path = {"order_key": f"ord_{number + 1:026d}"}
        start = {"method": "card", "instrument": {"token": token}}
        assert world.call("start_payment", start, path=path).status == 201
    assert [case.authenticate for case in world.psp.requests] == [False, False]


def test_a_connector_that_cannot_authenticate_needs_a_merchant_who_has(
    world: World, psp: KeepingPsp, shopper: str, token: str
) -> None:
    psp.can(methods={"card": replace(psp.manifest.methods["card"], authenticates=False)})
    world.created(shopper_key=shopper, saved_instruments=True)
    assert token not in browse().text
    for fields in ways(token)[:2]:
        assert press(world, **fields).endswith("&notice=unavailable")
    assert psp.requests == []
    world.created(order_reference="A-2", shopper_key=shopper, saved_instruments=True, shopper_authenticated=True)
    second = {"order_key": "ord_00000000000000000000000002", "query": {"key": "mk_00000000000000000000000002"}}
    assert token in browse(**second).text  # type: ignore[arg-type]


def test_a_repeated_request_is_the_same(world: World, psp: KeepingPsp, shopper: str, token: str) -> None:
    """Whether to authenticate follows from order and payment: a PSP sees the same body under the same key."""
    world.created(shopper_key=shopper, saved_instruments=True)
    press(world, method=f"card:{token}")
    world.call("make_menu_link")
    from tillgate.connectors.host.cases import Means, Urls, of_payment

    (first,) = psp.requests
    order: Any = world.order()
    again = of_payment(order, order.payments[0], Means(), Urls(world.system.api_url, "sandbox"))
    assert (again.authenticate, again.return_url) == (first.authenticate, first.return_url)


@pytest.mark.parametrize("name", ["saved_instruments", "shopper_authenticated"])
@pytest.mark.parametrize("wrong", [1, "yes", None, []])
def test_what_is_no_truth_value(world: World, name: str, wrong: object) -> None:
    answer = world.call("create_order", ORDER | {name: wrong})
    assert (answer.refusal, answer.pointers) == ((422, "invalid_request"), [f"/{name}"])
