"""The function of the vendors' payouts, and what the API shows of them, on DynamoDB's conditions out of moto."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.marketplace.pay_vendors import app
from tests.functions.scripted_psp import ScriptedPsp
from tests.functions.world import NOON, World
from tillgate.connectors.api import Capabilities
from tillgate.domain.ledger.entries import CLEARING, Account, Entry, Posting, vendor_account
from tillgate.domain.merchants.vendor import Vendor
from tillgate.domain.payments.operations import OperationStatus
from tillgate.domain.payouts.payout import Payout, opened, taken
from tillgate.domain.psp.facts import Fact
from tillgate.runtime.aws import client
from tillgate.store.ledger.entries import OPEN_SHARDS, posts, shard_of
from tillgate.store.shared.transactions import LostRace
from tillgate.use_cases.marketplace.pay_out_vendors import pay_shard


class PayingPsp(ScriptedPsp):
    """Pays vendors, but for those with the account `refused`."""

    def __init__(self) -> None:
        super().__init__()
        self.capabilities = Capabilities(methods=frozenset({"card"}), payouts=frozenset({"vendor"}))
        self.paid: list[tuple[str | None, int]] = []
        self.said: list[Fact] | None = []

    def pay_out(self, payout: Payout, notification_url: str) -> list[Fact]:
        refused = payout.account == "refused"
        self.paid += [] if refused else [(payout.account, payout.amount)]
        status = OperationStatus.FAILED if refused else OperationStatus.SUCCEEDED
        said = Fact(payout.payout_id, payout.request_key, status)
        self.said = [*(self.said or []), said]
        return [said]

    def ask_payout(self, payout: Payout) -> list[Fact] | None:
        if self.said is None:
            return None
        return [fact for fact in self.said if fact.payment_id == payout.payout_id]


@pytest.fixture
def psp(world: World, monkeypatch: pytest.MonkeyPatch) -> PayingPsp:
    monkeypatch.setenv("PAYOUT_HOLD_DAYS", "7")
    world.has_merchant()
    paying = PayingPsp()
    world.system.connectors["sandbox"] = paying
    return paying


def account(number: int) -> Account:
    return Account("mer_1", f"ven_{number}", "EUR", "sandbox")


def entry(number: int, amount: int = 100, name: str = "e", days: int = 8) -> Entry:
    vendor = f"ven_{number}"
    kind = "capture" if amount > 0 else "refund"
    postings = (Posting(CLEARING, amount), Posting(vendor_account(vendor), -amount))
    at = NOON - timedelta(days=days)
    return Entry(name, at, "EUR", vendor, kind, "sub", postings, merchant_id="mer_1")


def sold(world: World, *entries: Entry, psp_account: str = "acct") -> None:
    for vendor_id in {each.vendor_id for each in entries}:
        name = psp_account if psp_account == "refused" else f"{psp_account}_{vendor_id}"
        world.system.merchants.save_vendor(Vendor(vendor_id, "mer_1", "Baker", name))
    for each in entries:
        client("dynamodb").transact_write_items(TransactItems=posts("OrdersTable", "mer_1", [each]))


def run_all() -> list[dict[str, Any]]:
    starts = [{"shard": shard, "after": None, "captured_until": None} for shard in range(OPEN_SHARDS)]
    return [app.handler(start, None) for start in starts]


def test_every_account_of_every_shard_is_paid_and_none_twice(world: World, psp: PayingPsp) -> None:
    sold(world, *(entry(number, 100 + number) for number in range(40)))
    done = run_all()
    assert sorted(psp.paid) == sorted((f"acct_ven_{number}", 100 + number) for number in range(40))
    assert sum(each["counts"]["paid"] for each in done) == 40
    assert len({shard_of(account(number)) for number in range(40)}) > 4
    run_all()
    assert len(psp.paid) == 40


def test_a_payout_takes_more_entries_than_a_transaction_has_room_for(world: World, psp: PayingPsp) -> None:
    sold(world, *(entry(1, 2, name=f"e{number}") for number in range(205)))
    run_all()
    assert psp.paid == [("acct_ven_1", 410)]
    (payout,) = world.call("list_payouts", path={"vendor_id": "ven_1"}).json["items"]
    assert (payout["status"], payout["amount"], payout["entry_count"]) == ("PAID", 410, 205)
    found, cursor = [], None
    while True:
        query = {"limit": "100"} | ({"cursor": cursor} if cursor else {})
        page = world.call("list_payout_entries", path={"payout_id": payout["payout_id"]}, query=query).json
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert [sum(one["amount"] for one in found if one["kind"] == "capture"), len(found)] == [410, 205]


def test_when_the_time_is_over_the_next_call_goes_on(world: World, psp: PayingPsp) -> None:
    sold(world, *(entry(number) for number in range(40)))
    shard = shard_of(account(0))
    mine = {f"acct_ven_{number}" for number in range(40) if shard_of(account(number)) == shard}
    calls, after = 0, None
    while True:
        walk = pay_shard(world.system, shard, NOON, after=after, seconds=0)
        calls += 1
        after = walk.next
        if after is None:
            break
    assert calls == len(mine) + 1
    assert {name for name, _ in psp.paid} == mine


def test_who_cannot_be_paid_holds_up_nobody_and_fails_the_execution(world: World, psp: PayingPsp) -> None:
    sold(world, entry(1), psp_account="refused")
    sold(world, entry(2))
    left = [one for each in run_all() for one in each["not_paid"]]
    assert [one["vendor_id"] for one in left] == ["ven_1"]
    assert psp.paid == [("acct_ven_2", 100)]
    with pytest.raises(app.NotAllPaid):
        app.handler({"accounts": left, "redriven": 0}, None)
    with pytest.raises(app.NotAllPaid):
        app.handler({"accounts": left, "redriven": 1}, None)
    world.system.merchants.save_vendor(Vendor("ven_1", "mer_1", "Baker", "acct_mended"))
    world.system.merchants._kept.clear()
    assert app.handler({"accounts": left, "redriven": 2}, None) == {}
    assert psp.paid[-1] == ("acct_mended", 100)
    (payout,) = world.call("list_payouts", path={"vendor_id": "ven_1"}).json["items"]
    assert (payout["status"], payout["attempts"]) == ("PAID", 3)


@pytest.mark.parametrize("status", [OperationStatus.SUCCEEDED, OperationStatus.PENDING, None])
def test_one_that_failed_is_not_asked_for_again_while_it_may_have_been_paid(
    world: World, psp: PayingPsp, status: OperationStatus | None
) -> None:
    """RG-6: an operator, or the PSP itself, has called it failed; the PSP leads."""
    sold(world, entry(1), psp_account="refused")
    run_all()
    (payout,) = world.call("list_payouts", path={"vendor_id": "ven_1"}).json["items"]
    psp.said = [Fact(payout["payout_id"], f"{payout['payout_id']}-1", status)] if status else None
    world.system.merchants.save_vendor(Vendor("ven_1", "mer_1", "Baker", "acct_mended"))
    world.system.merchants._kept.clear()
    run_all()
    assert psp.paid == []
    (payout,) = world.call("list_payouts", path={"vendor_id": "ven_1"}).json["items"]
    expected = "PAID" if status is OperationStatus.SUCCEEDED else "FAILED"
    assert (payout["status"], payout["attempts"]) == (expected, 1)


def test_an_error_of_ours_holds_up_nobody(world: World, psp: PayingPsp, monkeypatch: pytest.MonkeyPatch) -> None:
    sold(world, entry(1), entry(2))
    real = world.system.merchants.vendor

    def broken(merchant_id: str, vendor_id: str) -> Vendor | None:
        if vendor_id == "ven_1":
            raise RuntimeError("out of order")
        return real(merchant_id, vendor_id)

    monkeypatch.setattr(world.system.merchants, "vendor", broken)
    assert [one["vendor_id"] for each in run_all() for one in each["not_paid"]] == ["ven_1"]
    assert psp.paid == [("acct_ven_2", 100)]


def test_an_operator_can_say_until_when(world: World, psp: PayingPsp) -> None:
    sold(world, entry(1, days=0))
    start = {"shard": shard_of(account(1)), "after": None, "captured_until": None}
    app.handler(start, None)
    assert psp.paid == []
    app.handler(start | {"captured_until": "2030-01-01T14:00:00+02:00"}, None)
    assert psp.paid == [("acct_ven_1", 100)]


def test_an_entry_is_in_one_payout_at_most(world: World, psp: PayingPsp) -> None:
    """Whatever an index that is late shows."""
    sold(world, entry(1))
    payouts = world.system.payouts
    first = payouts.take(account(1), None, [entry(1)], NOON)
    for before in (first, None, replace(first, version=7)):
        with pytest.raises(LostRace):
            payouts.take(account(1), before, [entry(1)], NOON)
    sold(world, entry(1, name="e2"))
    second = payouts.take(account(1), first, [entry(1, name="e2")], NOON)
    assert (second.amount, second.version) == (200, 2)
    with pytest.raises(LostRace):
        payouts.take(account(1), second, [entry(1, name="never written")], NOON)
    assert payouts.latest(account(1)) == second


def test_payouts_are_each_merchants_own(world: World, psp: PayingPsp) -> None:
    sold(world, entry(1))
    run_all()
    (payout,) = world.call("list_payouts", path={"vendor_id": "ven_1"}).json["items"]
    world.has_merchant("mer_2")
    path = {"payout_id": payout["payout_id"]}
    assert world.call("get_payout", path=path).json == payout
    for name in ("get_payout", "list_payout_entries"):
        assert world.call(name, path=path, token=world.token("mer_2")).refusal == (404, "not_found")
        assert world.call(name, path={"payout_id": "ord_1"}).refusal == (404, "not_found")
    assert world.call("list_payouts", path={"vendor_id": "ven_1"}, token=world.token("mer_2")).status == 404
    assert payout["totals"] == {"captured": 100, "fees": 0, "refunded": 0, "returned": 0}


def test_a_payout_says_what_it_is_the_sum_of() -> None:
    payout = taken(opened(account(1), 1, NOON), [entry(1), entry(1, -30, name="r")], NOON)
    assert payout.amount == payout.totals["captured"] - payout.totals["refunded"] == 70
