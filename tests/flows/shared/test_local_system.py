"""The local system itself: what it writes down, and that its addresses answer."""

from __future__ import annotations

import urllib.error
import urllib.request
from urllib.parse import urlsplit

import pytest

from tests.conftest import Stack

pytestmark = pytest.mark.flow


def status(url: str) -> int:
    """The status of a GET."""
    try:
        with urllib.request.urlopen(url, timeout=20) as response:  # noqa: S310 - one of our own addresses
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_stack_json_has_what_a_client_needs(stack: Stack) -> None:
    urls = {"api_url", "menu_url", "docs_url", "shop_url", "psp_url", "endpoint_url"}
    assert set(stack) == urls | {"region", "merchants"}
    assert {urlsplit(stack[name]).hostname for name in urls} == {"127.0.0.1"}
    assert len(stack["merchants"]) == 2
    for merchant in stack["merchants"]:
        assert merchant["signing_secret"].startswith("whsec_")
        assert len(set(merchant["vendors"])) == 3
        assert merchant["refusing_vendor"] not in merchant["vendors"]


def test_the_shop_and_the_sandbox_answer(stack: Stack) -> None:
    assert status(f"{stack['shop_url']}/inbox") == 200
    assert status(f"{stack['shop_url']}/return/success") == 404  # of no order: nobody is thanked
    assert status(f"{stack['shop_url']}/update?id=r-1&answer=503") == 503
    assert status(f"{stack['psp_url']}/payments/nobody") == 401
    assert status(f"{stack['api_url']}/orders") == 401
