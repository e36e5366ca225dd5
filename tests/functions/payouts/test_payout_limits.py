"""How much a merchant may pay out to persons: nothing until an operator says so, then up to a limit per payout and per
day (RG-6). That payouts at once keep it together is shown where they race: `proofs/crash` and `tests/flows`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.functions.payouts.paying import GivingPsp, limits, meets_others, used
from tests.functions.world import NOON, Answer, World, invoke, sample
from tillgate.domain.merchants.account import SCOPES, Client
from tillgate.domain.merchants.payout_limits import PayoutLimit
from tillgate.domain.payments.operations import OperationStatus
from tillgate.domain.psp.facts import Fact
from tillgate.runtime.aws import client as aws
from tillgate.use_cases.payouts.pay_out import learn

type Pays = Callable[..., Answer]


# Limits.


def test_a_merchant_with_no_limit_pays_out_nothing(world: World, pay: Pays, psp: GivingPsp) -> None:
    world.has_merchant(payout_limits={})
    before = world.everything()
    for amount in (1, 10**12):
        refused = pay(amount, key=f"k{amount}")
        assert (refused.refusal, refused.pointers) == ((422, "payout_limit_exceeded"), ["/amount"])
        assert "nothing in EUR" in refused.json["detail"]
    assert (world.everything(), psp.paid) == (before, [])


def test_over_the_limits_it_is_refused_and_says_what_is_left_today(world: World, pay: Pays, psp: GivingPsp) -> None:
    limits()
    assert [pay(100).status for _ in range(2)] == [201, 201]
    before = world.everything()
    for amount, detail in (
        (101, "one payout is 100 at most; 50 of 250 EUR is left today (UTC), in minor units"),
        (51, "50 of 250 EUR is left today (UTC), in minor units"),
    ):
        refused = pay(amount)
        assert (refused.refusal, refused.json["detail"]) == ((422, "payout_limit_exceeded"), detail)
    assert pay(1, "USD").refusal == (422, "payout_limit_exceeded")  # a limit is for one currency
    assert (world.everything(), len(psp.paid)) == (before, 2)
    assert pay(50).status == 201
    assert pay(1).refusal == (422, "payout_limit_exceeded")
    world.passes(timedelta(hours=12))
    assert pay(100).status == 201  # another day


def test_a_limit_that_was_lowered_below_what_is_used_leaves_nothing(world: World, pay: Pays) -> None:
    limits()
    assert pay(100).status == 201
    limits(per_payout=50, per_day=60)
    assert pay(50).json["detail"] == "0 of 60 EUR is left today (UTC), in minor units"


def test_the_days_limit_holds_for_the_first_payout_too(world: World, pay: Pays) -> None:
    """Whatever an account holds: `admin` would not take these two."""
    world.has_merchant(payout_limits={"EUR": PayoutLimit(per_payout=100, per_day=50)})
    assert pay(51).refusal == (422, "payout_limit_exceeded")
    assert (pay(50).status, used(world)) == (201, 50)


def test_who_meets_another_payout_of_the_day_tries_again(
    world: World, pay: Pays, psp: GivingPsp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DynamoDB refuses one of two transactions on an item; that is no refusal of the payout."""
    limits()
    meets_others(world, 3, monkeypatch)
    assert (pay(100).status, used(world)) == (201, 100)
    meets_others(world, 100, monkeypatch)
    assert pay(100).refusal == (409, "concurrent_request")
    assert (len(psp.paid), used(world)) == (1, 100)


def test_the_same_key_is_answered_though_the_day_is_full_by_now(world: World, pay: Pays) -> None:
    """GO-1: the first call used up what its repetition asks for."""
    limits(per_day=100)
    body = {"payout_reference": "r", "amount": 100, "currency": "EUR", "instrument": {"token": "tok_visa"}}
    first = world.call("create_payout", body, key="k")
    assert world.call("create_payout", body).refusal == (409, "duplicate_reference")
    again = world.call("create_payout", body, key="k")
    assert (again.status, again.json) == (201, first.json)
    assert used(world) == 100


def test_what_failed_gives_its_sum_back_to_the_day(world: World, pay: Pays, psp: GivingPsp) -> None:
    limits()
    psp.status = OperationStatus.FAILED
    assert [pay(100).json["status"] for _ in range(5)] == ["FAILED"] * 5
    assert used(world) == 0
    psp.status = OperationStatus.UNKNOWN
    unknown = pay(100).json
    assert used(world) == 100
    answer = invoke("admin", sample("admin_resolve_payout") | {"payout_id": unknown["payout_id"], "outcome": "FAILED"})
    assert (answer["status"], used(world)) == ("FAILED", 0)


def test_what_was_paid_all_the_same_counts_again(world: World, pay: Pays, psp: GivingPsp) -> None:
    """Told FAILED, its sum given back and used by others, then told that it was paid."""
    limits(per_day=100)
    psp.status = OperationStatus.FAILED
    first = world.system.payouts.load(pay(100).json["payout_id"])
    assert first is not None
    psp.status = OperationStatus.SUCCEEDED
    assert pay(100).status == 201
    after = learn(world.system, first, [Fact(first.payout_id, first.request_key, OperationStatus.SUCCEEDED)])
    assert (after.status, used(world)) == ("PAID", 200)
    assert pay(1).refusal == (422, "payout_limit_exceeded")


def test_the_merchant_sees_its_limits(world: World, pay: Pays) -> None:
    world.has_merchant(payout_limits={})
    assert world.call("get_account").json["payout_limits"] == []
    limits(approval_above=80)
    pay(30)
    shown = {"currency": "EUR", "per_payout": 100, "per_day": 250, "left_today": 220, "approval_above": 80}
    assert world.call("get_account").json["payout_limits"] == [shown]
    world.passes(timedelta(days=1))
    assert world.call("get_account").json["payout_limits"][0]["left_today"] == 250


def test_an_operator_sets_limits_with_name_and_reason(world: World) -> None:
    wrongs: list[Any] = [
        {"by": " "},
        {"reason": ""},
        {"per_payout": -1},
        {"currency": "EURO"},
        {"merchant_id": "mer_9"},
    ]
    for wrong in wrongs:
        assert "error" in limits(**wrong)
    limits()
    merchant = world.system.merchants.merchant("mer_1", fresh=True)
    assert merchant is not None
    limit = merchant.payout_limit("EUR")
    assert (limit.set_by, limit.reason, limit.set_at) == ("Ada", "contract of 3 March", NOON)


# Who may.


def test_no_client_pays_out_unless_an_operator_has_granted_it(world: World) -> None:
    made = invoke("admin", {"action": "create_client", "merchant_id": "mer_1"})
    assert made["scopes"] == ["orders:read", "orders:write", "account:write"]
    grant = sample("admin_update_client") | {"client_id": made["client_id"]}
    wrongs: list[dict[str, object]] = [{"by": ""}, {"client_id": "cli_x"}, {"scopes": []}, {"scopes": ["root"]}]
    for wrong in wrongs:
        assert "error" in invoke("admin", grant | wrong)
    granted = invoke("admin", grant)
    assert granted == {"client_id": made["client_id"], "scopes": ["payouts:write"]}
    client = world.system.merchants.client(made["client_id"])
    assert client is not None
    assert (client.scopes, client.known_to) == (("payouts:write",), ("Ada",))
    new = {"action": "create_client", "merchant_id": "mer_1", "scopes": ["payouts:write"]}
    assert "error" in invoke("admin", new)
    assert invoke("admin", new | {"by": "Ada"})["scopes"] == ["payouts:write"]


def test_a_merchants_first_client_may_not_pay_out(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(world.system), "seal", type("Seal", (), {"encrypt": lambda *_: "sealed"})())
    made = invoke("admin", sample("admin_create_merchant"))
    client = world.system.merchants.client(made["client_id"])
    assert client is not None
    assert "payouts:write" not in client.scopes


def test_a_client_made_before_keeps_its_scopes(world: World) -> None:
    """What is stored says which; a document from before there were scopes says nothing and had all."""
    merchants = world.system.merchants
    world.has(Client("cli_1", "mer_1", (), SCOPES))
    document = '{"client_id": "cli_2", "merchant_id": "mer_1", "secret_hashes": ["x"]}'
    item = {"pk": {"S": "CLIENT#cli_2"}, "sk": {"S": "CLIENT"}, "document": {"S": document}}
    aws("dynamodb").put_item(TableName="MerchantsTable", Item=item)
    assert [getattr(merchants.client(each), "scopes", None) for each in ("cli_1", "cli_2")] == [SCOPES, SCOPES]
