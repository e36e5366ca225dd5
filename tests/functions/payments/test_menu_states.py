"""Which page the menu shows, what it says there, and what it takes back (ADR 159, 160)."""

import re
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
import segno

from functions.payments.menu.pages import actions
from functions.payments.menu.pages.languages import Wishes
from functions.payments.menu.pages.quick_response import Code, code_of
from functions.payments.menu.pages.sheet import Sheet
from tests.functions.menu_calls import MENU, browse, written
from tests.functions.scripted_psp import CAN, offline
from tests.functions.world import MENU_KEY, ORDER_KEY, World, invoke, sample
from tests.menu_forms import Forms, carried
from tillgate.connectors.offline.reference import reference_of
from tillgate.domain.merchants.account import LINKS, Merchant
from tillgate.domain.orders.tenders import AuthorizationSequence
from tillgate.domain.payments.operations import OperationStatus
from tillgate.domain.payments.payment import Instructions

SUCCEEDED, FAILED, PENDING = OperationStatus.SUCCEEDED, OperationStatus.FAILED, OperationStatus.PENDING
IBAN = "DE02120300000000202051"
METHODS = {"card": "sandbox", "gift_card": "sandbox"} | dict.fromkeys(
    ("bank_transfer", "invoice", "cash_on_delivery"), "offline"
)
TO = Instructions(IBAN, "Corner Shop", reference_of("pay_1"))


@pytest.fixture
def shop(world: World) -> World:
    world.system.connectors["offline"] = offline(iban=IBAN, holder="Corner Shop")
    world.has(Merchant("mer_1", "Corner Shop", methods=METHODS))
    world.created(return_urls={"success": "https://shop.example.com/done", "aborted": "https://shop.example.com/cart"})
    return world


def sheet(world: World, **more: Any) -> Sheet:
    return actions.opened(world.system, ORDER_KEY, MENU_KEY, Wishes("en"), None, **more)


def press(world: World, **fields: str) -> Any:
    return browse("POST", MENU, carried(world.order()) | fields)


def redeem(world: World, code: str = "gc_1", *, amount: int = 1000) -> None:
    """The shopper redeems a gift card that has as much on it."""
    world.psp.says(SUCCEEDED)
    fields = {"method": "gift_card", "instrument[token]": code, "part": str(amount)}
    world.has_merchant(methods=METHODS)
    assert press(world, **fields).status == 303


# The page of a transfer.


def test_a_transfer_that_was_chosen_has_its_own_page(shop: World) -> None:
    assert sheet(shop).state == "open"
    assert press(shop, method="bank_transfer").status == 303
    page = sheet(shop)
    assert page.state == "transfer"
    text = written(page)
    for each in (
        "DE02 1203 0000 0000 2020 51",
        "Transfer €49.99",
        'role="img"',
        f'data-copy="{IBAN}"',
        'data-copy="49.99"',
    ):
        assert each in text
    assert Forms(text).forms == []  # nothing on it can end the order or pay it twice
    assert page.back == f"https://shop.example.com/done?order_key={ORDER_KEY}&order_reference=A-1001"


def test_the_methods_are_shown_where_they_are_asked_for_or_something_has_to_be_told(shop: World) -> None:
    press(shop, method="bank_transfer")
    page = browse(query={"key": MENU_KEY, "show": "methods"}).text
    assert "You have chosen to transfer €49.99" in page
    assert Forms(page).pay.choices[0] == "card"
    assert sheet(shop, shows="elsewhere").state == "transfer"
    told = actions.opened(shop.system, ORDER_KEY, MENU_KEY, Wishes("en"), "changed")
    assert told.state == "open"
    assert replace(told, shows="transfer").state == "transfer"


def test_what_another_card_may_pay_beside_the_transfer_is_offered_at_once(world: World) -> None:
    world.system.connectors["offline"] = offline(iban=IBAN, holder="Corner Shop")
    world.has(Merchant("mer_1", "Corner Shop", methods=METHODS))
    world.created(max_open_tenders=2)
    press(world, method="bank_transfer", part="2000")
    assert sheet(world).state == "open"
    assert sheet(world, shows="transfer").state == "transfer"


def drawn(code: Code) -> list[list[bool]]:
    """The modules of the drawing, without its border."""
    size = code.width - 8
    rows = [[False] * size for _ in range(size)]
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", code.path):
        for at in range(int(x), int(x) + int(length)):
            assert not rows[int(y) - 4][at - 4]
            rows[int(y) - 4][at - 4] = True
    return rows


def test_the_code_is_the_one_of_the_standard() -> None:
    """EPC069-12 version 2: service tag, version, character set, SCT, no BIC, holder, account, amount, reference."""
    code = code_of(TO, "EUR", 4999)
    assert code is not None
    words = ["BCD", "002", "2", "SCT", "", "Corner Shop", IBAN, "EUR49.99", "", TO.reference]
    expected = segno.make_qr("\n".join(words).encode("iso-8859-1"), error="m", boost_error=False)
    assert drawn(code) == [[bool(module) for module in row] for row in expected.matrix]
    assert all(runs for runs in drawn(code))


def test_neighbours_are_drawn_in_one_piece() -> None:
    """Pieces that only touch would show seams on a screen that scales them."""
    code = code_of(TO, "EUR", 4999)
    assert code is not None
    pieces = [tuple(map(int, each)) for each in re.findall(r"M(\d+) (\d+)h(\d+)", code.path)]
    assert all((x + length, y) != (after, row) for (x, y, length), (after, row, _) in pairwise(pieces))


@pytest.mark.parametrize(
    ("to", "currency", "amount"),
    [
        (TO, "USD", 4999),
        (TO, "EUR", 0),
        (TO, "EUR", 100_000_000_000),
        (replace(TO, iban=""), "EUR", 4999),
        (replace(TO, holder=""), "EUR", 4999),
        (replace(TO, reference="R" * 36), "EUR", 4999),
    ],
)
def test_what_the_standard_has_no_code_for_is_shown_in_words(to: Instructions, currency: str, amount: int) -> None:
    assert code_of(to, currency, amount) is None


def test_a_long_name_is_cut_as_the_standard_wants_it() -> None:
    assert code_of(replace(TO, holder="Ä" * 100), "EUR", 99_999_999_999) is not None


# What the end says.


@pytest.mark.parametrize(("method", "says"), [("invoice", "by invoice"), ("cash_on_delivery", "at the door")])
def test_what_is_paid_later_is_ordered(shop: World, method: str, says: str) -> None:
    press(shop, method=method)
    page = sheet(shop)
    assert (page.state, says in written(page), "is paid" in written(page)) == ("ordered", True, False)
    payment = shop.order().payments[0].payment_id
    assert shop.call("capture_payment", {}, path={"order_key": ORDER_KEY, "payment_id": payment}).status == 200
    assert sheet(shop).state == "paid"


def test_the_end_tells_the_true_state(world: World) -> None:
    world.paid(capture="manual")
    world.psp.says(SUCCEEDED)
    assert world.call("capture_payment", {}).status == 200
    assert (sheet(world).state, sheet(world).refunded) == ("paid", None)
    world.psp.says(SUCCEEDED)
    assert world.call("refund_payment", {"amount": 1000}).status == 200
    assert (sheet(world).state, sheet(world).refunded) == ("paid", "€10.00")
    world.psp.says(SUCCEEDED)
    assert world.call("refund_payment", {}).status == 200
    assert (sheet(world).state, sheet(world).refunded) == ("refunded", "€49.99")
    assert "is paid" not in written(sheet(world))


def test_what_was_cancelled_still_says_how_much_it_was(world: World) -> None:
    world.paid()
    world.psp.says(SUCCEEDED)
    world.call("cancel_order", {})
    assert sheet(world).state == "cancelled"
    assert "€49.99" in written(sheet(world))


# Words.


def test_a_button_has_the_word_of_each_method(shop: World) -> None:
    page = sheet(shop)
    assert page.verbs == ["pay", "transfer", "order"]
    assert [page.does(verb) for verb in page.verbs] == ["Pay €49.99", "Transfer €49.99", "Order and pay €49.99 later"]
    assert page.title == "Pay €49.99"
    shop.created(order_reference="A-2", methods=["invoice"])
    key = ORDER_KEY[:-1] + "2"
    only = actions.opened(shop.system, key, MENU_KEY[:-1] + "2", Wishes("en"), None)
    assert Forms(written(only)).pay.says == "Order and pay €49.99 later"


# Gift cards.


@pytest.mark.parametrize("code", ["gc_1O00", 'x" onfocus="alert(1)', "ä" * 300])
def test_a_code_that_is_refused_stays_where_it_was_typed(
    shop: World, code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.psp.says(FAILED)
    answer = press(shop, method="gift_card", **{"instrument[token]": code})
    assert answer.status == 422
    field = re.search(r'<input type="text" name="instrument\[token\]"[^>]*>', answer.text)
    assert field is not None
    assert 'aria-invalid="true" aria-describedby="code-trouble" autofocus' in field[0]
    assert 'value="' + code[:200].replace('"', "&#34;") + '"' in field[0]
    assert "This gift card cannot be used" in answer.text
    assert 'role="alert"' not in answer.text
    assert "<title>Not paid: Pay €49.99 · Corner Shop</title>" in answer.text
    assert code[:8] not in capsys.readouterr().out


def test_a_code_without_money_says_so_at_its_field_on_every_later_look(shop: World) -> None:
    shop.psp.says(FAILED, reason="INSUFFICIENT_AMOUNT")
    assert "not enough money" in press(shop, method="gift_card", **{"instrument[token]": "gc_empty"}).text
    page = sheet(shop)
    assert (page.trouble, page.code) == (None, "")
    assert page.code_trouble is not None


def test_the_number_of_a_payment_card_is_not_shown_again(shop: World) -> None:
    answer = press(shop, method="gift_card", **{"instrument[token]": "4111 1111 1111 1111"})
    assert (answer.status, "number of a payment card" in answer.text, "4111" in answer.text) == (422, True, False)
    answer = press(shop, method="card", **{"instrument[token]": "4111111111111111"})
    assert "number of a payment card" in browse(query={"key": MENU_KEY, "notice": "card_number"}).text
    assert answer.headers["location"].endswith("notice=card_number")


def test_a_code_during_a_pause_stays_too(shop: World) -> None:
    shop.has(Merchant("mer_1", "Corner Shop", methods=METHODS, attempt_limits={"order": 1}))
    shop.psp.says(FAILED)
    press(shop, method="gift_card", **{"instrument[token]": "gc_1"})
    answer = press(shop, method="gift_card", **{"instrument[token]": "gc_2"})
    assert (answer.status, 'value="gc_2"' in answer.text, "Too many attempts" in answer.text) == (429, True, True)


@pytest.mark.parametrize("ended", ["CANCELLED", "REFUNDED"])
def test_a_redeemed_gift_card_can_be_taken_back(world: World, ended: str) -> None:
    """What it holds is released, what was captured of it is refunded."""
    world.has_merchant(methods=METHODS)
    world.created(max_open_tenders=2)
    redeem(world)
    assert world.order().open == 3999
    if ended == "REFUNDED":
        world.psp.says(SUCCEEDED)
        path = {"order_key": ORDER_KEY, "payment_id": world.order().payments[0].payment_id}
        assert world.call("capture_payment", {}, path=path).status == 200
    (form,) = [form for form in Forms(browse().text).forms if "remove" in form.fields]
    world.psp.says(SUCCEEDED)
    assert browse("POST", MENU, form.fields).status == 303
    assert (world.order().payments[0].status, world.order().open) == (ended, 4999)
    assert "remove" not in browse().text.lower().partition("<main>")[2].partition("</main>")[0]
    again = browse("POST", MENU, form.fields)
    assert again.headers["location"].endswith("notice=amount&before=3999")
    assert len(world.order().payments[0].operations) == {"CANCELLED": 2, "REFUNDED": 3}[ended]


def test_a_named_gift_card_can_be_taken_back(world: World) -> None:
    world.psp.can(methods={"card": CAN, "gift_card": replace(CAN, balance=True)})
    world.psp.balance = lambda case: 1000  # type: ignore[attr-defined]
    world.has_merchant(authorization_sequence=AuthorizationSequence.OPEN_FIRST)
    world.created()
    for code in ("gc_1", "gc_2", "gc_3"):
        assert press(world, method="gift_card", **{"instrument[token]": code}).status == 303
    first, second, third = world.order().named
    forms = [form for form in Forms(browse().text).forms if "remove" in form.fields]
    assert len(forms) == 3
    assert browse("POST", MENU, forms[1].fields).status == 303
    assert world.order().named == (first, third)
    assert "changed" in browse("POST", MENU, forms[1].fields).headers["location"] or world.order().named == (
        first,
        third,
    )
    assert second not in world.order().named


def test_what_is_not_the_shoppers_to_take_back_stays(world: World) -> None:
    world.has_merchant(methods=METHODS)
    world.created(max_open_tenders=2)
    by_merchant = world.started(SUCCEEDED, method="gift_card", instrument={"token": "gc_1"}, amount=1000)
    card = world.started(SUCCEEDED, amount=1000)
    before = world.everything()
    assert "remove" not in [name for form in Forms(browse().text).forms for name in form.fields]
    for tender in (by_merchant, card, "0", "-1", "7", "pay_x", "9" * 30, "½"):
        assert press(world, remove=tender).status == 303
    assert world.everything() == before


def test_nothing_is_taken_back_while_an_outcome_is_open_or_once_all_is_covered(world: World) -> None:
    world.has_merchant(methods=METHODS)
    world.created(max_open_tenders=2)
    redeem(world)
    tender = world.order().payments[0].payment_id
    world.psp.says(PENDING)
    press(world, method="card", **{"instrument[token]": "tok_visa"})
    assert press(world, remove=tender).headers["location"].split("?")[0].endswith("/wait")
    assert world.order().payments[0].status == "AUTHORIZED"


# Links and languages.


def test_the_shops_links_stand_on_every_page(world: World) -> None:
    world.has_merchant()
    links = {name: f"https://shop.example.com/{name}" for name in LINKS}
    answer = world.call("set_links")
    assert (answer.status, answer.json) == (200, links)
    assert world.call("get_account").json["links"] == links
    world.created()
    page = browse().text
    assert [name for name, url in links.items() if f'href="{url}"' in page] == list(LINKS)
    assert world.call("set_links", {"terms": "https://shop.example.com/agb"}).json == {
        "terms": "https://shop.example.com/agb",
        "privacy": None,
        "contact": None,
    }


@pytest.mark.parametrize(
    "url", ["http://shop.example.com", "javascript:alert(1)", "mailto:a@b.c", "https://127.0.0.1", "", 7]
)
def test_a_link_is_https_and_public(world: World, monkeypatch: pytest.MonkeyPatch, url: Any) -> None:
    monkeypatch.setattr(type(world.system), "allows_local_urls", False)
    world.has_merchant()
    refused = world.call("set_links", {"terms": url})
    assert (refused.refusal, refused.pointers) == ((422, "invalid_request"), ["/terms"])
    call = sample("admin_update_merchant")
    assert "error" in invoke("admin", call | {"links": {"terms": url}})
    assert "error" in invoke("admin", call | {"links": {"imprint": "https://shop.example.com"}})
    assert world.call("get_account").json["links"] == dict.fromkeys(LINKS)


def test_the_language_is_kept_in_the_only_cookie(world: World) -> None:
    world.created()
    assert "set-cookie" not in browse().headers
    chosen = browse(query={"key": MENU_KEY, "lang": "de"})
    assert chosen.headers["set-cookie"] == "lang=de; HttpOnly; SameSite=lax; Secure"
    assert "Wie möchten Sie bezahlen?" in chosen.text
    assert "Wie möchten Sie bezahlen?" in browse(headers={"Cookie": "lang=de; other=1"}).text
    for wrong in ("xx", "../../de", "de\r\nSet-Cookie: x=1"):
        answer = browse(query={"key": MENU_KEY, "lang": wrong})
        assert ("set-cookie" in answer.headers, "How would you like to pay?" in answer.text) == (False, True)
    assert "lang" in browse(order_key="ord_none", headers={"Cookie": "lang=fr"}).text
