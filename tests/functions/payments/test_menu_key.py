"""The menu opens by its own key and by nothing else that is ever shown (ADR 137)."""

import json
import re
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from functions.payments.menu.pages.languages import LANGUAGES
from tests.functions.menu_calls import MENU, POSTS, ROUTES, browse, follow
from tests.functions.notifications.test_notify_merchant import Shop, announce, shop
from tests.functions.payments.test_disputes import DisputingPsp, learns
from tests.functions.payouts.paying import GivingPsp
from tests.functions.scripted_psp import KeepingPsp, fact
from tests.functions.world import MENU_KEY, MENU_URL, ORDER_KEY, PAYMENT_ID, Answer, World, invoke, sample
from tests.menu_forms import Forms, carried
from tillgate.connectors.host.cases import Means, Urls, of_payment
from tillgate.connectors.host.facts import facts_of
from tillgate.connectors.v1 import Case, Fact, Op, Sent
from tillgate.domain.orders.menu_link import leads_back, menu_url, opens_menu, way_back
from tillgate.domain.orders.order import OrderStatus
from tillgate.domain.payments.disputes import dispute_id_of
from tillgate.domain.payments.operations import OperationStatus
from tillgate.runtime.aws import client
from tillgate.use_cases.orders.create_order import new_menu_key

SHOP = {name: f"https://shop.example/{name}" for name in ("success", "aborted", "error")}
AWAITING, FAILED, PENDING = OperationStatus.AWAITING_SHOPPER, OperationStatus.FAILED, OperationStatus.PENDING
ACTIONS = {"method": "card"}
PREFIXES = {"ord_", "pay_", "shp_", "ins_", "inv_", "out_", "ntf_"}
__all__ = ["shop"]


def pay(world: World, **fields: str) -> Answer:
    return browse("POST", MENU, carried(world.order()) | ACTIONS | fields)


def comes_back(**query: str) -> dict[str, Any]:
    return {"token": None, "query": query}


def back_of(world: World) -> str:
    """What the return URL has that the PSP was told."""
    (case,) = world.psp.requests
    return dict(parse_qsl(urlsplit(case.return_url).query))["back"]


def flow(world: World) -> list[str]:
    """A life with every kind of output; answers what callers were answered."""
    told = [world.call("create_order", {"order_reference": "A-1001", "amount": 4999, "currency": "EUR"}, key="k1")]
    told.append(browse())
    world.psp.says(AWAITING)
    told.append(pay(world))
    world.psp.known = [fact(PAYMENT_ID, f"{PAYMENT_ID}_1", FAILED, reason="REFUSED")]
    told.append(world.call("return_shopper", **comes_back(back=back_of(world))))
    told.append(pay(world))
    names = ("get_order", "get_history", "list_orders", "list_payments", "list_refunds", "list_order_methods")
    told += [world.call(name, query={}) if name != "get_order" else world.call(name) for name in names]
    told += [world.call("get_payment"), world.call("capture_payment", {}, path={"payment_id": f"{PAYMENT_ID[:-1]}2"})]
    told.append(world.call("make_menu_link"))
    return [f"{answer.headers} {answer.text}" for answer in told]


# Who comes without it.


def identifiers(world: World, capsys: pytest.CaptureFixture[str]) -> set[str]:
    """Every word that is answered, logged or sent to a PSP, but the menu's links."""
    shown = " ".join(flow(world)) + capsys.readouterr().out + repr(world.psp.requests) + repr(world.psp.calls)
    words = set(re.findall(r"[\w.-]{4,}", re.sub(r"key=\w+|mk_\w+", " ", shown)))
    own = {"", "mk_", "None", "key", ORDER_KEY.removeprefix("ord_"), MENU_KEY.swapcase(), f"{MENU_KEY} ", MENU_KEY[:-1]}
    return words | own | {"\0", "x" * 5000}


def test_nothing_that_is_ever_shown_opens_a_page(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Each route, with each identifier as its key; a link that was renewed is one of them."""
    tried = identifiers(world, capsys) | {MENU_KEY}
    assert {ORDER_KEY, PAYMENT_ID, "A-1001", "mer_1", back_of_first(world)} <= tried
    before = world.everything()
    for number, each in enumerate(sorted(tried)):
        routes = ROUTES if len(each) > 20 else [ROUTES[number % len(ROUTES)]]
        for method, resource in routes:
            form = carried(world.order()) | ACTIONS if method == "POST" else None
            world.system.seconds += 60  # within what an address may call
            answer = browse(method, resource, form, query={"key": each})
            assert (resource, each, answer.status) == (resource, each, 404)
    assert world.everything() == before


def rest_of_life(world: World, shop: Shop) -> str:
    """What other calls show of the merchant: shopper, saved card, invoice, payout, dispute, webhooks."""
    world.created()
    world.started()
    announce(3)
    world.psp = world.system.connectors["sandbox"] = KeepingPsp()
    shopper = world.call("create_shopper").json["shopper_key"]
    body = {"method": "card", "instrument": {"token": "tok_visa"}, "shopper_key": shopper}
    told = [world.call("save_instrument", body), world.call("list_instruments", path={"shopper_key": shopper})]
    told.append(world.call("create_invoice"))
    world.psp = world.system.connectors["sandbox"] = GivingPsp()
    told.append(world.call("create_payout"))
    disputed = DisputingPsp().notice()
    learns(world, facts_of([replace(fact(PAYMENT_ID, f"{PAYMENT_ID}_1"), dispute=disputed)]))
    told += [world.call(each, query={}) for each in ("list_payouts", "list_disputes")]
    told += [world.call("list_orders", query={}, function="list_notifications")]
    assert [answer.status for answer in told] == [201, 200, 201, 201, 200, 200, 200]
    return " ".join([answer.text for answer in told] + [f"{headers} {body!r}" for _, headers, body in shop.came])


def test_nothing_that_other_calls_show_opens_one_either(world: World, shop: Shop) -> None:
    shown = re.sub(r"key=\w+|mk_\w+", " ", rest_of_life(world, shop))
    tried = set(re.findall(r"[\w.-]{4,}", shown))
    kinds = {prefix for prefix in PREFIXES if any(each.startswith(prefix) for each in tried)}
    assert kinds == PREFIXES
    assert dispute_id_of(PAYMENT_ID, "dp_1") in tried
    for number, each in enumerate(sorted(tried)):
        routes = ROUTES if each.startswith(tuple(PREFIXES)) else [ROUTES[number % len(ROUTES)]]
        for method, resource in routes:
            form = carried(world.order()) | ACTIONS if method == "POST" else None
            world.system.seconds += 60  # within what an address may call
            answer = browse(method, resource, form, query={"key": each})
            assert (resource, each, answer.status) == (resource, each, 404)


def back_of_first(world: World) -> str:
    return str(dict(parse_qsl(urlsplit(world.psp.requests[0].return_url).query))["back"])


@pytest.mark.parametrize(("method", "resource"), ROUTES)
def test_without_a_key_there_is_no_page(world: World, method: str, resource: str) -> None:
    world.created()
    form = carried(world.order()) | ACTIONS if method == "POST" else None
    before = world.everything()
    assert browse(method, resource, form, query={}).status == 404
    world.created(order_reference="A-1002")
    other = MENU_KEY[:-1] + "2"
    assert browse(method, resource, form, query={"key": other}).status == 404
    assert [item for item in world.everything() if item["pk"]["S"] == ORDER_KEY] == [
        item for item in before if item["pk"]["S"] == ORDER_KEY
    ]
    assert browse(method, resource, form).status in (200, 303)


@pytest.mark.parametrize(("method", "resource"), ROUTES)
def test_what_cannot_be_an_orders_key_is_refused_unread(world: World, method: str, resource: str) -> None:
    for key in ("x" * 3000, "ord_#1", "ord_\u00e9", f"{ORDER_KEY}#a", "%23", "\n", " "):
        assert browse(method, resource, {} if method == "POST" else None, order_key=key).status == 404


def test_each_key_has_more_than_128_bits() -> None:
    keys = {new_menu_key() for _ in range(200)}
    assert len(keys) == 200
    assert all(re.fullmatch(r"mk_[0-9a-hjkmnp-tv-z]{26}", key) for key in keys), "26 characters of five bits"


# Where it is told.


def test_the_key_is_in_the_merchants_menu_url_and_on_the_page_and_nowhere_else(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    told = flow(world)
    renewed = world.order().menu_key or ""
    assert renewed.startswith("mk_")
    logged_and_sent = capsys.readouterr().out + repr(world.psp.requests) + repr(world.psp.calls)
    assert len(world.psp.requests) == 2
    assert "mk_" not in logged_and_sent
    outside = [re.sub(r'"menu_url":"[^"]*"', "", answer) for answer in told]
    pages = [1, 3, 4]  # the menu, and redirects of a browser that came with it to the menu
    assert [number for number, answer in enumerate(outside) if "mk_" in answer] == pages


def test_a_webhook_tells_it_in_the_order_alone(world: World) -> None:
    world.created(notification_url="https://shop.example.com/hook")
    order = world.call("get_order").json
    assert order["menu_url"] == MENU_URL
    assert MENU_KEY not in json.dumps(order | {"menu_url": ""})


@pytest.mark.parametrize("page", ["", "/wait"])
def test_pages_are_kept_nowhere_and_tell_no_other_site(world: World, page: str) -> None:
    world.created()
    if page:
        world.started(PENDING)
        world.psp.known = None
    answer = browse(resource=MENU + page)
    assert answer.status == 200
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert "max-age" in answer.headers["strict-transport-security"]


def test_every_form_and_link_of_a_page_carries_it(world: World) -> None:
    world.created(max_open_tenders=2)
    page = Forms(browse().text)
    assert len(page.forms) == 4
    for form in page.forms:
        assert (MENU_KEY in form.action) != (form.fields.get("key") == MENU_KEY)
    world.started(PENDING)
    world.psp.known = None
    assert browse(resource=f"{MENU}/wait").text.count(f"?key={MENU_KEY}") == 2 + len(LANGUAGES)


# A new link.


def test_a_new_link_opens_the_menu_and_the_old_one_does_not(world: World) -> None:
    world.created()
    answer = world.call("make_menu_link", key="k2")
    assert (answer.status, answer.json["version"]) == (200, 2)
    assert answer.json["menu_url"] != MENU_URL
    assert browse().status == 404
    assert follow(answer.json["menu_url"]).status == 200
    assert world.call("get_order").json["menu_url"] == answer.json["menu_url"]
    assert "menu_link_renewed" in world.call("get_history", query={}).text
    again = world.call("make_menu_link", key="k2")
    assert (again.json, again.headers["idempotent-replayed"]) == (answer.json, "true")
    assert world.order().version == 2


def test_a_replay_tells_the_link_of_its_call_and_revives_none(world: World) -> None:
    body = {"order_reference": "A-1001", "amount": 4999, "currency": "EUR"}
    first = world.call("create_order", body, key="k1")
    world.call("make_menu_link")
    again = world.call("create_order", body, key="k1")
    assert (again.status, again.json) == (201, first.json)
    assert again.json["menu_url"] == MENU_URL
    assert follow(MENU_URL).status == 404


def test_only_its_merchant_makes_a_link_and_only_while_it_can_be_paid(world: World) -> None:
    world.created()
    world.has_merchant("mer_2")
    assert world.call("make_menu_link", token=world.token("mer_2")).refusal == (404, "not_found")
    assert browse().status == 200
    assert world.call("withdraw_order").status == 200
    assert world.call("make_menu_link").refusal == (409, "operation_not_allowed")
    assert browse().status == 200, "it says that the order is over"


def test_a_link_that_is_renewed_during_a_call_is_not_told_to_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.created()
    start = world.psp.start

    def meanwhile(*given: Any) -> Any:
        assert world.call("make_menu_link").status == 200
        return start(*given)

    monkeypatch.setattr(world.psp, "start", meanwhile)
    world.psp.says(FAILED, reason="REFUSED")
    answer = pay(world)
    assert (answer.status, (world.order().menu_key or "none") in answer.text) == (404, False)


# The way back from a PSP.


def test_the_return_that_the_psp_was_told_leads_back_to_the_menu(world: World) -> None:
    world.created(return_urls=SHOP)
    world.psp.says(AWAITING)
    pay(world)
    assert re.fullmatch(r"[0-9a-f]{32}", back_of(world))
    world.psp.says(FAILED)
    world.call("withdraw_payment", {})
    answer = world.call("return_shopper", **comes_back(back=back_of(world)))
    assert (answer.status, answer.headers["location"]) == (303, MENU_URL)


@pytest.mark.parametrize("back", [None, "", "0" * 32, MENU_KEY, PAYMENT_ID, "\u00e9"])
def test_a_payments_id_does_not_lead_to_the_menu(world: World, back: str | None) -> None:
    world.created(return_urls=SHOP)
    world.psp.says(AWAITING)
    pay(world)
    world.call("withdraw_payment", {})
    answer = world.call("return_shopper", **comes_back(**({} if back is None else {"back": back})))
    assert answer.status == 303
    assert answer.headers["location"].startswith(SHOP["aborted"])
    assert "mk_" not in str(answer.headers)


def test_after_a_new_link_the_old_ones_return_leads_to_the_shop(world: World) -> None:
    world.created(return_urls=SHOP)
    world.psp.says(AWAITING)
    pay(world)
    told = back_of(world)
    world.call("make_menu_link")
    order = world.order()
    assert way_back(order.payments[0]) == told, "a PSP wants a repeated request to be the same"
    answer = world.call("return_shopper", **comes_back(back=told))
    assert "/pay/" not in answer.headers.get("location", "")


def test_a_payment_started_by_api_has_a_plain_return(world: World) -> None:
    world.created(return_urls=SHOP)
    world.started(AWAITING)
    assert "?" not in world.psp.requests[0].return_url


def test_a_connector_does_not_see_our_part_of_the_return(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may verify a signature over what the PSP has added."""
    seen: list[Any] = []

    def proceed(case: Case, op: Op, back: Sent | None) -> list[Fact]:
        seen.append(back and back.query)
        return []

    world.psp.can(methods={"card": replace(world.psp.manifest.methods["card"], redirect="after")})
    monkeypatch.setattr(world.psp, "proceed", proceed)
    world.created(return_urls=SHOP)
    world.psp.says(AWAITING)
    pay(world)
    world.call("return_shopper", **comes_back(back=back_of(world), redirectResult="abc"))
    assert seen == [{"redirectResult": "abc"}]


@pytest.mark.parametrize("path", [{}, {"payment_id": "x"}])
def test_whatever_the_return_answers_has_the_headers_of_a_page(paid: World, path: dict[str, str]) -> None:
    headers = paid.call("return_shopper", token=None, path=path).headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert (headers["referrer-policy"], headers["x-frame-options"]) == ("no-referrer", "DENY")
    assert "max-age" in headers["strict-transport-security"]


# Orders of an earlier version.


def without_key(world: World) -> None:
    """As it was stored before there were keys."""
    item = world.everything()
    for each in item:
        if each["pk"]["S"] == ORDER_KEY and "order" in each:
            stored = json.loads(each["order"]["S"])
            stored.pop("menu_key")
            client("dynamodb").put_item(TableName="OrdersTable", Item=each | {"order": {"S": json.dumps(stored)}})


def test_an_order_of_before_stays_readable_and_its_menu_closed_until_it_has_a_link(world: World) -> None:
    world.created()
    without_key(world)
    assert world.order().menu_key is None
    assert world.call("get_order").json["menu_url"] == f"https://api.example.com/v1/pay/{ORDER_KEY}"
    for query in ({}, {"key": ""}, {"key": "None"}, {"key": MENU_KEY}):
        assert browse(query=query).status == 404
    assert follow(world.call("make_menu_link").json["menu_url"]).status == 200


def test_an_invoice_of_before_has_a_link_once_it_is_sent_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INVOICE_SENDER", "invoices@shop.example")
    body = json.loads(sample("create_invoice")["body"])
    invoice = world.call("create_invoice", body).json
    without_key(world)
    world.passes(world.order().expires_at - world.system.now() - (world.order().expires_at - world.system.now()) / 2)
    again = world.call("send_invoice", path={"invoice_id": invoice["invoice_id"]})
    assert again.status == 200, again.text
    assert follow(again.json["payment_url"]).status == 200


# Other sites.


@pytest.mark.parametrize("resource", POSTS)
@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "https://api.example.com.evil.example"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://api.example.com"}, False),
        ({"Origin": "https://api.example.com"}, True),
        ({"Origin": "null"}, True),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, True),
        ({}, True),
    ],
)
def test_another_sites_form_does_nothing(world: World, resource: str, headers: dict[str, str], taken: bool) -> None:
    world.created()
    before = world.everything()
    answer = browse("POST", resource, carried(world.order()) | ACTIONS, headers=headers)
    assert (answer.status in (200, 303), world.everything() != before) == (taken, taken)
    assert taken or answer.status == 403


# The pure rules.


def test_comparing_takes_whatever_is_given(world: World) -> None:
    world.created()
    order = world.order()
    for given in ("", "\ud800", "é", "x" * 10_000, MENU_KEY + "\0"):
        assert not opens_menu(order, given)
    assert opens_menu(order, MENU_KEY)
    assert not opens_menu(replace(order, menu_key=None), "")
    assert menu_url("https://a.example", order, "/wait", notice="a b") == (
        f"https://a.example/pay/{ORDER_KEY}/wait?key={MENU_KEY}&notice=a+b"
    )


def test_each_payment_has_a_way_back_of_its_own(world: World) -> None:
    world.created()
    world.psp.says(FAILED, FAILED)
    for _ in range(2):
        pay(world)
    order = world.order()
    first, second = order.payments
    assert order.status is OrderStatus.UNPAID
    assert way_back(first) != way_back(second)
    assert leads_back(order, first, way_back(first) or "")
    assert not leads_back(order, second, way_back(first) or "")
    case = of_payment(order, first, Means(), Urls("https://a.example", "sandbox"))
    assert case.return_url == f"https://a.example/psp/sandbox/return/{first.payment_id}?back={way_back(first)}"


def test_a_mail_is_written_with_the_link(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INVOICE_SENDER", "invoices@shop.example")
    world.call("create_invoice", json.loads(sample("create_invoice")["body"]))
    sent: list[str] = []
    from functions.invoices.mail_invoice import app

    monkeypatch.setattr(
        app, "client", lambda _: type("Ses", (), {"send_email": lambda _, **mail: sent.append(str(mail))})()
    )
    world.system.api_url = "https://api.example.com/v1"
    assert invoke("mail_invoice", sample("mail_invoice")) == {"batchItemFailures": []}
    assert all(MENU_URL in mail for mail in sent)
    assert len(sent) == 1
