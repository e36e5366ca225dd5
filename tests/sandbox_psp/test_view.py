"""What the view of a payment says beside its amounts: references, origins, instants, how long it is held."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.sandbox_psp.sandbox import storage
from tests.sandbox_psp.support import call, choose, deed, operate, start

OPERATION = {"id", "key", "type", "amount", "final", "fee", "status", "reason", "origin", "at"}


def now() -> Any:
    return call("GET", "/payments/pay_1").json


def test_an_operation_says_where_it_comes_from() -> None:
    start()
    operate("captures", 3000, "op_2")
    deed("refund", 1000)
    first, capture, refund = now()["operations"]
    assert set(first) == set(capture) == set(refund) == OPERATION
    assert [each["origin"] for each in (first, capture, refund)] == ["merchant", "merchant", "backoffice"]
    assert [each["key"] for each in (first, capture, refund)] == ["op_1", "op_2", None]


def test_each_operation_has_a_reference_of_its_own_that_stays() -> None:
    start()
    seen: list[str] = []
    for key in ("op_2", "op_3"):
        operate("captures", 1000, key)
        deed("refund", 500)
        ids = [each["id"] for each in now()["operations"]]
        assert ids[: len(seen)] == seen
        seen = ids
    assert len(set(seen)) == 5
    assert all(each.startswith("op_") for each in seen)


def test_the_same_key_on_another_payment_is_another_operation() -> None:
    one, other = start("pay_1").json, start("pay_2").json
    assert one["operations"][0]["id"] != other["operations"][0]["id"]


def test_a_payout_has_references_too() -> None:
    body = {"reference": "out_1", "amount": 1, "currency": "EUR", "account": "acct_refusing"}
    for key in ("out_1-1", "out_1-2"):
        call("POST", "/payouts", body, key=key)
    first, second = call("GET", "/payouts/out_1").json["operations"]
    assert first["id"].startswith("op_")
    assert first["id"] != second["id"]
    assert first["at"].endswith("Z")


def test_instants_are_those_of_the_change() -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    first = start().json
    after = operate("captures", 1000, "op_2").json
    assert first["operations"][0]["at"] == first["changed_at"]
    assert [each["at"] for each in after["operations"]] == [first["changed_at"], after["changed_at"]]
    assert before <= datetime.fromisoformat(first["changed_at"]) <= datetime.fromisoformat(after["changed_at"])
    assert after["changed_at"].endswith("Z")


def test_a_hold_ends_seven_days_after_the_authorization() -> None:
    first = start().json
    held_for = datetime.fromisoformat(first["expires_at"]) - datetime.fromisoformat(first["changed_at"])
    assert held_for == timedelta(days=7)
    assert operate("captures", 1000, "op_2").json["expires_at"] == first["expires_at"]


@pytest.mark.parametrize(("token", "capture"), [("tok_declined", False), ("tok_visa", True), ("tok_visa_3ds", False)])
def test_where_nothing_is_held_nothing_ends(token: str, capture: bool) -> None:
    assert start(token=token, capture=capture).json["expires_at"] is None


def test_the_hold_begins_when_it_is_approved() -> None:
    choose(start(token="tok_visa_3ds").json["redirect_url"], "approve")
    after = now()
    held_for = datetime.fromisoformat(after["expires_at"]) - datetime.fromisoformat(after["changed_at"])
    assert held_for == timedelta(days=7)


def test_a_part_is_held_as_long_as_what_it_was_carved_out_of() -> None:
    parent = start().json
    order = {"reference": "v_1", "amount": 1000, "account": "acct_baker"}
    assert call("POST", "/payments/pay_1/transfers", order, key="v_1_1").json["expires_at"] == parent["expires_at"]


def test_what_was_stored_before_there_were_references_is_shown_and_goes_on() -> None:
    start()
    for key in ("op_2", "op_3"):
        operate("captures", 1000, key)
    stored = storage.find("pay_1")
    assert stored is not None
    old = [each.model_dump(exclude={"id", "at", "origin"}) for each in stored.operations]
    document = stored.model_dump(exclude={"disputes", "expires_at", "operations"}) | {"operations": old}
    storage.save(type(stored).model_validate(document))
    assert [each["id"] for each in now()["operations"]] == ["", "", ""]
    deed("fail_capture")
    assert [each["status"] for each in now()["operations"]] == ["succeeded", "succeeded", "reversed"]
