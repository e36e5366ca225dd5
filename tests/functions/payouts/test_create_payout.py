"""POST and GET /payouts, GET /payouts/{payout_id}: money to a person's instrument (RG-6)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.functions.payouts.paying import GivingPsp
from tests.functions.world import World, invoke
from tillgate.domain.payments.operations import OperationStatus


def test_a_person_is_paid(world: World, psp: GivingPsp) -> None:
    """RG-6: two transactions, and the payout is read by its id."""
    answer = world.call("create_payout")
    assert answer.status == 201
    payout = answer.json
    assert (payout["status"], payout["pending"], payout["amount"], payout["currency"]) == ("PAID", False, 2500, "EUR")
    assert (payout["payout_reference"], payout["description"], payout["metadata"]) == ("win-2026-7", "Prize", {})
    assert psp.paid == [("tok_visa", 2500, f"{payout['payout_id']}-1")]
    assert world.call("get_payout", path={"payout_id": payout["payout_id"]}).json == payout
    assert "tok_visa" not in answer.text


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        (OperationStatus.FAILED, ("FAILED", False, "REFUSED")),
        (OperationStatus.PENDING, ("PROCESSING", True, None)),
        (OperationStatus.UNKNOWN, ("PROCESSING", True, None)),
    ],
)
def test_what_the_psp_says(world: World, psp: GivingPsp, status: OperationStatus, shown: tuple[str, bool, Any]) -> None:
    psp.status = status
    payout = world.call("create_payout").json
    assert (payout["status"], payout["pending"], payout["reason_code"]) == shown


def test_a_reference_is_used_once_a_merchant(world: World, psp: GivingPsp) -> None:
    world.call("create_payout")
    assert world.call("create_payout").refusal == (409, "duplicate_reference")
    world.has_merchant("mer_2")
    assert world.call("create_payout", token=world.token("mer_2")).status == 201
    assert len(psp.paid) == 2


@pytest.mark.parametrize("status", [OperationStatus.SUCCEEDED, OperationStatus.UNKNOWN])
def test_the_same_key_pays_once(world: World, psp: GivingPsp, status: OperationStatus) -> None:
    """GO-1."""
    psp.status = status
    first = world.call("create_payout", key="k")
    again = world.call("create_payout", key="k")
    assert (again.status, again.json) == (201, first.json)
    assert again.headers["idempotent-replayed"] == "true"
    assert len(psp.paid) == 1
    body = {"payout_reference": "other", "amount": 1, "currency": "EUR", "instrument": {"token": "t"}}
    assert world.call("create_payout", body, key="k").refusal == (422, "idempotency_key_reused")


GOOD = {"payout_reference": "r", "amount": 1, "currency": "EUR", "instrument": {"token": "tok_visa"}}


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"amount": 0}, "/amount"),
        ({"amount": 10**12 + 1}, "/amount"),
        ({"currency": "EURO"}, "/currency"),
        ({"instrument": {}}, "/instrument/token"),
        ({"payout_reference": ""}, "/payout_reference"),
        ({"vendor_id": "ven_1"}, "/vendor_id"),
    ],
)
def test_what_is_not_valid(world: World, psp: GivingPsp, wrong: dict[str, Any], pointer: str) -> None:
    before = world.everything()
    answer = world.call("create_payout", GOOD | wrong)
    assert (answer.refusal, answer.pointers) == ((422, "invalid_request"), [pointer])
    assert world.everything() == before
    assert psp.paid == []


def test_a_shopper_has_to_be_there(world: World, psp: GivingPsp) -> None:
    assert world.call("create_payout", GOOD | {"shopper_key": "shp_x"}).pointers == ["/shopper_key"]
    shopper = world.call("create_shopper").json
    payout = world.call("create_payout", GOOD | {"shopper_key": shopper["shopper_key"]}).json
    assert payout["shopper_key"] == shopper["shopper_key"]
    assert len(psp.paid) == 1


def test_payouts_to_persons_are_listed_newest_first(world: World, psp: GivingPsp) -> None:
    made = []
    for number in range(5):
        made.append(world.call("create_payout", GOOD | {"payout_reference": f"r-{number}"}).json["payout_id"])
        world.passes(timedelta(seconds=1))
    first = world.call("list_payouts", query={"limit": "3"}).json
    rest = world.call("list_payouts", query={"limit": "3", "cursor": first["next_cursor"]}).json
    assert [each["payout_id"] for each in first["items"] + rest["items"]] == made[::-1]
    assert rest["next_cursor"] is None
    assert first["items"][0] == world.call("get_payout", path={"payout_id": made[-1]}).json
    world.has_merchant("mer_2")
    assert world.call("list_payouts", token=world.token("mer_2")).json == {"items": [], "next_cursor": None}


def test_a_psp_that_pays_no_persons(world: World) -> None:
    before = world.everything()
    assert world.call("create_payout").refusal == (422, "capability_not_supported")
    assert world.everything() == before


def test_an_operator_says_what_the_psp_cannot_tell(world: World, psp: GivingPsp) -> None:
    """Who and why stay in the payout; what the PSP has told is not overruled."""
    psp.status = OperationStatus.UNKNOWN
    payout_id = world.call("create_payout").json["payout_id"]
    event = {"action": "resolve_payout", "payout_id": payout_id, "outcome": "PAID", "by": "Ada", "reason": "statement"}
    assert "error" in invoke("admin", event | {"outcome": "MAYBE"})
    assert "error" in invoke("admin", event | {"by": " "})
    assert "error" in invoke("admin", event | {"payout_id": "out_x"})
    assert invoke("admin", event) == {"payout_id": payout_id, "status": "PAID"}
    assert "error" in invoke("admin", event)
    payout = world.system.payouts.load(payout_id)
    assert payout is not None
    assert (payout.status, payout.resolution, payout.next_check_at) == ("PAID", "Ada: statement", None)


def test_a_vendor_gets_another_account(world: World) -> None:
    made = invoke("admin", {"action": "create_vendor", "merchant_id": "mer_1", "name": "Baker", "psp_account": "acct"})
    event = {"action": "update_vendor", "merchant_id": "mer_1", "vendor_id": made["vendor_id"], "psp_account": "other"}
    assert "error" in invoke("admin", event)
    event |= {"by": "Ada"}
    shown = invoke("admin", event)
    assert (shown["psp_account"], shown["new_account"]["psp_account"]) == ("acct", "other")
    assert "error" in invoke("admin", event | {"action": "approve_vendor_account", "reason": "I am the same person"})
    approved = invoke("admin", event | {"action": "approve_vendor_account", "by": "Grace", "reason": "called back"})
    assert (approved["psp_account"], approved["new_account"]) == ("other", None)
    world.system.merchants.items._kept.clear()
    vendor = world.system.merchants.vendor("mer_1", made["vendor_id"])
    assert vendor is not None
    assert (vendor.psp_account, vendor.suspended) == ("other", False)
    assert "error" in invoke("admin", event | {"vendor_id": "ven_nobody"})
