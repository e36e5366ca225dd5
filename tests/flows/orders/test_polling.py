"""A merchant that has set nowhere to be told asks, and learns all it needs (EV-11)."""

from __future__ import annotations

import pytest

from tests.flows.client import JSON, eventually
from tests.flows.operators import Operators

pytestmark = pytest.mark.flow


def test_asking_is_enough(operators: Operators) -> None:
    """Paid, safe to ship, captured and given back: every step is seen by GET alone, an unchanged order costs a 304."""
    merchant = operators.merchant("Polls")
    account = merchant.call("GET", "/account").expect(200)
    assert (account["update_url"], account["endpoints"]) == (None, [])
    order = merchant.order()
    path = f"/orders/{order['order_key']}"
    tag = merchant.call("GET", path).headers["etag"]
    assert merchant.call("GET", path, if_none_match=tag).status == 304

    payment = merchant.start(order, "tok_pending")
    assert (payment["status"], payment["pending"]) == ("PROCESSING", True)

    def changed() -> JSON | None:
        answer = merchant.call("GET", path, if_none_match=tag)
        found: JSON | None = answer.json if answer.status == 200 else None
        return found if found and "considered_safe" in found else None

    safe = eventually(changed)
    assert safe
    assert (safe["status"], safe["considered_safe"]["level"]) == ("AUTHORIZED", "AUTHORIZED")
    merchant.done(payment, "capture")
    assert merchant.read(order)["status"] == "PAID"
    merchant.done(payment, "refund")
    assert merchant.read(order)["status"] == "REFUNDED"
    assert merchant.call("GET", "/notifications").expect(200)["items"] == []
