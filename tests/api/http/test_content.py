"""JSON and forms in, JSON or XML out (RG-10): every XML document is well-formed and tells the same."""

import json
from typing import Any

import pytest

from tests.api.http.xml import element, value
from tillgate.api.http.content import prefers_xml, read_form, to_json
from tillgate.api.http.xml import to_xml

ODD_NAMES = ["", " ", "1st", "a b", "a:b", "<a>", '"', "'", "&", "ключ", "a\nb", "\u0000", "\ud800", "xml", "-", "💶"]
ODD_VALUES: list[Any] = ["", "<b>&amp;</b>", "]]>", "\u0000\u0001\u001f", "\ud800", "\uffff", "a\r\nb", "💶", 10**30]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_xml_is_well_formed_whatever_a_merchants_keys_are(name: str) -> None:
    document = to_xml("order", {"metadata": {name: "x", "other": {name: [1, {name: None}]}}})
    assert element(document).tag == "order"


@pytest.mark.parametrize("odd", ODD_VALUES)
def test_xml_is_well_formed_whatever_a_merchants_values_are(odd: Any) -> None:
    document = to_xml("order", {"description": odd, "items": [odd, {"name": odd}]})
    assert element(document).tag == "order"


def test_xml_tells_what_json_tells() -> None:
    body = {
        "order_key": "ord_1",
        "amount": 4999,
        "pending": False,
        "reason_code": None,
        "payments": [{"amounts": {"captured": 1}}, {"amounts": {"captured": 2}}],
        "metadata": {"a b": "x", "c": "y"},
    }
    assert value(element(to_xml("order", body))) == {
        "order_key": "ord_1",
        "amount": "4999",
        "pending": "false",
        "reason_code": "",
        "payments": [{"amounts": {"captured": "1"}}, {"amounts": {"captured": "2"}}],
        "metadata": {"a b": "x", "c": "y"},
    }


@pytest.mark.parametrize(
    ("accept", "xml"),
    [
        ("", False),
        ("*/*", False),
        ("application/json", False),
        ("application/xml", True),
        ("text/xml", True),
        ("APPLICATION/XML", True),
        ("application/xml, application/json", False),
        ("application/xml, application/json;q=0.9", True),
        ("application/json, application/xml;q=0.9", False),
        ("application/xml;q=0.5, */*;q=0.1", True),
        ("application/xml;q=0.5, */*", False),
        ("application/xml;q=0", False),
        ("application/xml;q=high", False),
        ("application/xml;charset=utf-8;q=0.9, application/problem+json;q=1", False),
        ("text/html", False),
        (",;q=,", False),
    ],
)
def test_xml_only_where_the_caller_ranks_it_above_json(accept: str, xml: bool) -> None:
    assert prefers_xml(accept) is xml


@pytest.mark.parametrize(
    ("form", "read_as"),
    [
        ("", {}),
        ("a=1&b=", {"a": "1", "b": ""}),
        ("instrument[token]=tok_visa", {"instrument": {"token": "tok_visa"}}),
        ("methods[]=card&methods[]=gift_card", {"methods": ["card", "gift_card"]}),
        ("items[0][name]=a&items[1][name]=b", {"items": [{"name": "a"}, {"name": "b"}]}),
        ("items[1]=b&items[0]=a", {"items": ["a", "b"]}),
        ("metadata[1]=a", {"metadata": {"1": "a"}}),
        ("a%5Bb%5D=%C3%A9+x", {"a": {"b": "é x"}}),
        ("a=b=c", {"a": "b=c"}),
    ],
)
def test_a_form(form: str, read_as: dict[str, Any]) -> None:
    assert read_form(form) == read_as


def test_json_is_compact_and_keeps_its_letters() -> None:
    assert to_json({"a": ["é", None, True]}) == '{"a":["é",null,true]}'
    assert json.loads(to_json({"a": 10**40})) == {"a": 10**40}
