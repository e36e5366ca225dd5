"""A card number is refused in every text of every call, before anything is stored, logged or sent to a PSP."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from functions.payments.menu.pages import actions
from tests.functions.menu_calls import MENU, browse, follow
from tests.functions.world import EVENTS, FORM, ORDER_KEY, World, invoke, sample
from tests.menu_forms import carried
from tillgate.domain.shared.card_numbers import card_number_in

CARD = "4111 1111 1111 1111"
REFUSED = (422, "card_data_not_allowed")
WITH_BODY = sorted(
    path.stem
    for path in EVENTS.glob("*.json")
    if "httpMethod" in sample(path.stem)
    and sample(path.stem)["body"]
    and path.stem not in ("issue_token", "receive_psp_notification", "create_order_form")
)


def with_card(value: Any, at: str = "") -> Iterator[tuple[Any, str]]:
    """The value with the card number in the place of each of its texts, and where that is."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from ((value | {name: changed}, place) for changed, place in with_card(each, f"{at}/{name}"))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            for changed, place in with_card(each, f"{at}/{number}"):
                yield [*value[:number], changed, *value[number + 1 :]], place
    elif isinstance(value, str):
        yield f"{value} {CARD}", at


def texts_of(name: str) -> list[tuple[Any, str]]:
    body = json.loads(sample(name)["body"])
    return [*with_card(body), (body | {"unknown": {"deep": [CARD]}}, "/unknown/deep/0"), (body | {CARD: "x"}, "/")]


@pytest.mark.parametrize("name", WITH_BODY)
def test_no_text_of_any_call_takes_a_card_number(paid: World, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    before, asked = paid.everything(), len(paid.psp.calls)
    for body, place in texts_of(name):
        answer = paid.call(name, body)
        assert (place, answer.refusal, answer.pointers) == (place, REFUSED, [place])
        assert CARD not in answer.text
    assert paid.everything() == before
    assert len(paid.psp.calls) == asked
    assert not card_number_in(capsys.readouterr().out.replace('"', ""))


def test_neither_a_form_nor_an_escaped_text_nor_a_number_nor_a_key_does(world: World) -> None:
    order = {"order_reference": "A-2", "amount": 4999, "currency": "EUR"}
    form = urlencode(order | {"description": CARD})
    escaped = json.dumps(order).replace("A-2", "".join(f"\\u{ord(digit):04x}" for digit in CARD.replace(" ", "")))
    assert world.call("create_order", form, headers={"Content-Type": FORM}).refusal == REFUSED
    assert world.call("create_order", escaped).pointers == ["/order_reference"]
    for number in ("4111111111111111", "4111111111111111.0", "4.111111111111111e15"):
        body = json.dumps(order | {"metadata": {"n": 0}}).replace("0}}", f"{number}}}}}")
        assert world.call("create_order", body).pointers == ["/metadata/n"]
    assert world.call("create_order", order, key=CARD.replace(" ", "")).refusal == REFUSED
    assert world.call("list_orders", query={"order_reference": CARD}).refusal == REFUSED
    assert world.everything() == []


@pytest.mark.parametrize("apart", ["\n", "\t", "\r\n", " - ", "\u200b", "\u00a0", "_"])
def test_however_it_is_written_in_json_or_a_form(world: World, apart: str) -> None:
    """JSON writes a line break as two characters, one of them a letter."""
    order = {"order_reference": "A-2", "amount": 4999, "currency": "EUR", "description": CARD.replace(" ", apart)}
    for escaped in (True, False):
        answer = world.call("create_order", json.dumps(order, ensure_ascii=escaped))
        assert (answer.refusal, answer.pointers) == (REFUSED, ["/description"])
    assert world.call("create_order", urlencode(order), headers={"Content-Type": FORM}).refusal == REFUSED
    assert world.everything() == []


@pytest.mark.parametrize("field", ["instrument[token]", "bank", "method"])
def test_the_menu_takes_none_and_says_so(world: World, field: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A shopper who types it where a gift card's number is asked for, or a page that was changed."""
    world.created()
    before = world.everything()
    method = {"bank": "bank_redirect", "instrument[token]": "gift_card", "method": f"card:{CARD}"}[field]
    for card in (CARD, CARD.replace(" ", "")):
        answer = browse("POST", MENU, carried(world.order()) | {field: card, "method": method.replace(CARD, card)})
        # A gift card's number is told beside its field at once, the rest after a redirect.
        assert answer.status == (422 if method == "gift_card" else 303)
        location = answer.headers.get("location", "")
        page = follow(location) if location else answer
        assert "That is the number of a payment card" in page.text
        assert card not in location + page.text
    assert (world.everything(), world.psp.calls) == (before, [])
    assert not card_number_in(capsys.readouterr().out.replace('"', ""))


def test_every_notice_of_the_menu_is_said_in_every_language() -> None:
    """What the code sends the shopper back with is one of the notices, and each notice has a text."""
    pages = Path(actions.__file__).parent
    given = set(re.findall(r'notice="(\w+)"', "".join(file.read_text() for file in pages.glob("*.py"))))
    assert given <= set(actions.NOTICES)
    for language in (pages / "texts").glob("*.json"):
        texts = json.loads(language.read_text())
        assert {f"notice_{notice}" for notice in actions.NOTICES} <= set(texts), language.stem


def test_what_only_looks_like_one_is_taken(world: World) -> None:
    answer = world.call(
        "create_order",
        {
            "order_reference": "20301231235959",
            "amount": 1_000_000_000_000,
            "currency": "EUR",
            "description": "+49 30 1",
        },
    )
    assert answer.status == 201


def test_an_operators_texts_take_none(world: World) -> None:
    answer = invoke("admin", sample("admin_erase_order") | {"reason": CARD})
    assert answer == {"error": "card numbers are not taken; remove them from /reason"}


class TestRedaction:
    """What was stored before card numbers were refused is removed by an operator."""

    @pytest.fixture(autouse=True)
    def stored(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        with monkeypatch.context() as earlier:
            earlier.setattr("tillgate.api.http.request.places_of_card_numbers", lambda _: iter(()))
            said = f'the card "{CARD}"'
            world.paid(order_reference=CARD, description=said, metadata={"note": said}, customer={"name": CARD})

    def test_it_is_gone_from_order_history_and_reference(self, world: World) -> None:
        assert CARD in json.dumps(world.everything())
        before = world.order()
        answer = invoke("admin", sample("admin_redact"))
        assert answer["items"] >= 2
        everything = json.dumps(world.everything())
        assert CARD not in everything
        after = world.order()
        assert after.order_reference == answer["instead"]
        assert (after.payments, after.amount, after.status) == (before.payments, before.amount, before.status)
        assert world.call("list_orders", query={"order_reference": answer["instead"]}).json["items"]
        history = world.call("get_history").json["items"]
        assert (history[-1]["type"], history[-1]["by"]) == ("value_redacted", "Grace")

    def test_the_order_lives_on_and_a_repetition_finds_nothing(self, world: World) -> None:
        invoke("admin", sample("admin_redact"))
        assert world.call("capture_payment").status == 200
        assert invoke("admin", sample("admin_redact"))["items"] == 0

    @pytest.mark.parametrize("value", ["4999", "", 17, ORDER_KEY])
    def test_what_is_no_text_of_its_own_stays(self, world: World, value: object) -> None:
        before = [item for item in world.everything() if item["sk"]["S"] in ("ORDER", "CHANGE#000001")]
        assert "error" in invoke("admin", sample("admin_redact") | {"value": value})
        after = [item for item in world.everything() if item["sk"]["S"] in ("ORDER", "CHANGE#000001")]
        assert [item["pk"] for item in after] == [item["pk"] for item in before]
        assert world.order().order_reference == CARD
