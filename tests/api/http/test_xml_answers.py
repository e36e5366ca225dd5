"""The functions' answers in XML (RG-10): well-formed, with the same fields as in JSON."""

import pytest

from tests.api.http.xml import element
from tests.functions.world import World

XML: dict[str, str | None] = {"Accept": "application/xml"}


@pytest.mark.parametrize(
    ("name", "root"),
    [
        ("get_order", "order"),
        ("get_payment", "payment"),
        ("get_history", "history"),
        ("list_refunds", "refunds"),
        ("list_orders", "orders"),
        ("update_order", "order"),
        ("capture_payment", "payment"),
    ],
)
def test_each_answer(world: World, name: str, root: str) -> None:
    world.paid(metadata={"a b": "<&>", "\u0001": "\u0000", "": None, "list": [1, [2]]}, description="]]> \u0007")
    query: dict[str, str] | None = {} if name == "list_orders" else None
    answer = world.call(name, headers=XML, query=query)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/xml; charset=utf-8")
    assert element(answer.text).tag == root


def test_the_fields_are_those_of_json(world: World) -> None:
    world.paid()
    fields = [child.tag for child in element(world.call("get_order", headers=XML).text)]
    assert fields == list(world.call("get_order").json)


def test_a_replay_is_told_in_the_form_that_is_asked_for_now(world: World) -> None:
    first = world.call("create_order", key="k1")
    again = world.call("create_order", key="k1", headers=XML)
    assert again.headers["idempotent-replayed"] == "true"
    assert element(again.text).findtext("order_key") == first.json["order_key"]
