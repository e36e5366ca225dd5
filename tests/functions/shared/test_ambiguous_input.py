"""What two readers would read differently is refused, with a text that says so (EV-8)."""

import json
import re
from collections.abc import Iterator
from typing import Annotated, Any, get_args
from urllib.parse import urlencode

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from tests.functions.world import FORM, ORDER_KEY, World, invoke
from tests.handlers import Route as FunctionRoute
from tests.handlers import operations
from tillgate.domain.merchants.account import Merchant
from tillgate.domain.merchants.vendor import Vendor
from tools.api.routes import ROUTES
from tools.api.routes.route import Route

TERMS: dict[str, Any] = {"order_reference": "A-1", "amount": 4999, "currency": "EUR"}
ASKED = [route for route in ROUTES if route.query]


def references(model: type[BaseModel], at: str) -> Iterator[tuple[str, Any]]:
    """The type of each field that is a merchant's reference, also within lists."""
    for name, field in model.model_fields.items():
        if name.endswith("_reference"):
            yield f"{at}/{name}", Annotated[field.annotation, *field.metadata, name]
        for part in parts(field.annotation):
            yield from references(part, f"{at}/{name}")


def parts(kind: Any) -> Iterator[type[BaseModel]]:
    """The models that a type is made of."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
    for each in get_args(kind):
        yield from parts(each)


REFERENCES = {at: kind for route in ROUTES if route.body for at, kind in references(route.body, route.name)}


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ('{"order_reference": "A-1", "amount": 1, "amount": 4999, "currency": "EUR"}', "amount"),
        ('{"order_reference": "A-1", "amount": 4999, "currency": "EUR", "metadata": {"a": 1, "a": 2}}', "a"),
        ('{"order_reference": "A-1", "amount": 1, "currency": "EUR", "items": [{"x": 1, "x": 1}]}', "x"),
        ('{"order_reference": "A-1", "amount": 1, "\\u0061mount": 2, "currency": "EUR"}', "amount"),
    ],
)
def test_a_field_that_is_named_twice(world: World, body: str, name: str) -> None:
    answer = world.call("create_order", body)
    assert answer.refusal == (400, "invalid_request")
    assert f"'{name}' twice" in answer.json["detail"]
    assert world.everything() == []


@pytest.mark.parametrize("body", ["[" * 5000, "{" * 5000, '{"amount": ' + "9" * 5000 + "}", "nonsense", "[]", "1"])
def test_what_is_no_json_is_told_as_before(world: World, body: str) -> None:
    assert world.call("create_order", body).refusal in ((400, "invalid_request"), (422, "invalid_request"))


@pytest.mark.parametrize("route", ASKED, ids=[route.name for route in ASKED])
def test_a_parameter_that_is_given_twice(world: World, route: Route) -> None:
    """Every call that takes a query."""
    world.created()
    world.has(Vendor("ven_1", "mer_1", "Vera", "acct_1"))
    assert route.query
    name = next(iter(route.query.model_fields))
    shopper = world.call("create_shopper").json["shopper_key"]
    event = world.event("list_orders", query={name: "10"})
    event["multiValueQueryStringParameters"] = {name: ["10", "1"]}
    known = {"order_key": ORDER_KEY, "shopper_key": shopper, "vendor_id": "ven_1", "day": "2029-12-31"}
    path = {each: known.get(each, "p_1") for each in re.findall(r"{(\w+)}", route.path)}
    event |= {"httpMethod": "GET", "resource": route.path, "path": route.path.format(**path), "pathParameters": path}
    answer = invoke(operations()[FunctionRoute("GET", route.path)], event)
    assert answer["statusCode"] == 422, answer
    assert [each["pointer"] for each in json.loads(answer["body"])["errors"]] == [f"/{name}"]


INVISIBLE = {
    "width zero": "A\u200b1",
    "a joiner": "A\u200d1",
    "a byte order mark": "\ufeffA1",
    "a soft hyphen": "A\u00ad1",
    "right to left": "A\u202e1",
    "an isolate": "A\u2066 1",
    "a line separator": "A\u20281",
    "a tag": "A\U000e0041",
    "private": "A\ue000",
    "unassigned": "A\u0378",
    "a blank braille pattern": "A\u2800",
    "a filler": "\u3164",
    "a grapheme joiner": "A\u034f1",
    "a space": " ",
    "wide spaces": "\u2003\u3000",
    "marks alone": "\u0301",
    "decomposed": "Cafe\u0301",
    "the Angstrom sign": "\u212b",
}
VISIBLE = ["A-1", "Café", "注文 1", "Заказ №5", "طلب-5", "🛒", "a b", "ﬁ", "नमस्ते"]


@pytest.mark.parametrize("reference", INVISIBLE.values(), ids=INVISIBLE)
def test_a_reference_that_is_not_what_it_looks_like(world: World, reference: str) -> None:
    answer = world.call("create_order", TERMS | {"order_reference": reference})
    assert answer.refusal == (422, "invalid_request")
    assert answer.pointers == ["/order_reference"]
    assert world.everything() == []
    assert world.call("create_shopper", {"shopper_reference": reference}).pointers == ["/shopper_reference"]


@pytest.mark.parametrize("reference", INVISIBLE.values(), ids=INVISIBLE)
@pytest.mark.parametrize("field", REFERENCES, ids=REFERENCES)
def test_every_reference_that_a_caller_gives_is_looked_at(field: str, reference: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(REFERENCES[field]).validate_python(reference)
    assert TypeAdapter(REFERENCES[field]).validate_python("A-1") == "A-1"


@pytest.mark.parametrize("reference", VISIBLE)
def test_one_in_any_script(world: World, reference: str) -> None:
    assert world.call("create_order", TERMS | {"order_reference": reference}).json["order_reference"] == reference


@pytest.mark.parametrize("media", ["application/json", "application/json; charset=utf-8", "text/json"])
def test_json_for_a_token_is_told(world: World, media: str) -> None:
    body = json.dumps({"client_id": "cli_1", "client_secret": "secret"})
    answer = world.call("issue_token", body, headers={"Authorization": None, "Content-Type": media})
    assert answer.refusal == (415, "unsupported_media_type")
    assert "form" in answer.json["detail"]
    assert answer.json["error"] == "invalid_request"
    form = urlencode({"client_id": "cli_1", "client_secret": "secret"})
    assert world.call("issue_token", form, headers={"Authorization": None, "Content-Type": FORM}).status == 401


@pytest.mark.parametrize("method", ["card", "gift_card"])
def test_a_method_whose_connector_is_not_there(world: World, method: str) -> None:
    world.has(Merchant("mer_1", "Ada", methods={method: "gone"}))
    world.created()
    before = world.everything()
    answer = world.call("start_payment", {"method": method, "instrument": {"token": "tok_visa"}})
    assert answer.refusal == (422, "method_not_applicable")
    assert answer.pointers == ["/method"]
    assert "its connector" in answer.json["detail"]
    assert world.everything() == before
