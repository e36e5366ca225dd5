"""The function of the vendors' payouts, and what the API shows of them, on DynamoDB's conditions out of moto."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest

from functions.marketplace.pay_vendors import app
from tests.functions.scripted_psp import ScriptedPsp, fact, manifest
from tests.functions.world import NOON, ORDER_KEY, World, invoke, sample
from tillgate.connectors.v1 import Case, Fact, Kind, Op
from tillgate.domain.ledger.entries import CLEARING, Account, Entry, Posting, vendor_account
from tillgate.domain.merchants.vendor import Vendor
from tillgate.domain.payments.operations import OperationStatus
from tillgate.domain.payouts.payout import opened, taken
from tillgate.runtime.aws import client
from tillgate.store.ledger.entries import OPEN_SHARDS, posts, shard_of
from tillgate.store.shared.transactions import LostRace
from tillgate.use_cases.marketplace.pay_out_vendors import pay_shard


class PayingPsp(ScriptedPsp):
    """Pays vendors, but for those with the account `refused`."""

    def __init__(self) -> None:
        super().__init__(manifest=manifest(pays=frozenset({"vendor"})))
        self.paid: list[tuple[str | None, int]] = []
        self.said: list[Fact] | None = []

    def start(self, case: Case, op: Op) -> list[Fact]:
        if op.kind is not Kind.PAYOUT:
            return super().start(case, op)
        refused = case.account == "refused"
        self.paid += [] if refused else [(case.account, case.amount)]
        said = fact(case.id, op.id, OperationStatus.FAILED if refused else OperationStatus.SUCCEEDED)
        self.said = [*(self.said or []), said]
        return [said]

    def ask(self, case: Case) -> list[Fact] | None:
        if not case.op(Kind.PAYOUT):
            return super().ask(case)
        return None if self.said is None else [fact for fact in self.said if fact.case == case.id]


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
        world.has(Vendor(vendor_id, "mer_1", "Baker", name))
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
    (payout,) = world.call("list_vendor_payouts", path={"vendor_id": "ven_1"}).json["items"]
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
    world.has(Vendor("ven_1", "mer_1", "Baker", "acct_mended"))
    world.system.merchants.items._kept.clear()
    assert app.handler({"accounts": left, "redriven": 2}, None) == {}
    assert psp.paid[-1] == ("acct_mended", 100)
    (payout,) = world.call("list_vendor_payouts", path={"vendor_id": "ven_1"}).json["items"]
    assert (payout["status"], payout["attempts"]) == ("PAID", 3)


@pytest.mark.parametrize("status", [OperationStatus.SUCCEEDED, OperationStatus.PENDING, None])
def test_one_that_failed_is_not_asked_for_again_while_it_may_have_been_paid(
    world: World, psp: PayingPsp, status: OperationStatus | None
) -> None:
    """RG-6: an operator, or the PSP itself, has called it failed; the PSP leads."""
    sold(world, entry(1), psp_account="refused")
    run_all()
    (payout,) = world.call("list_vendor_payouts", path={"vendor_id": "ven_1"}).json["items"]
    psp.said = [fact(payout["payout_id"], f"{payout['payout_id']}-1", status)] if status else None
    world.has(Vendor("ven_1", "mer_1", "Baker", "acct_mended"))
    world.system.merchants.items._kept.clear()
    run_all()
    assert psp.paid == []
    (payout,) = world.call("list_vendor_payouts", path={"vendor_id": "ven_1"}).json["items"]
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
    (payout,) = world.call("list_vendor_payouts", path={"vendor_id": "ven_1"}).json["items"]
    world.has_merchant("mer_2")
    path = {"payout_id": payout["payout_id"]}
    assert world.call("get_payout", path=path).json == payout
    for name in ("get_payout", "list_payout_entries"):
        assert world.call(name, path=path, token=world.token("mer_2")).refusal == (404, "not_found")
        assert world.call(name, path={"payout_id": "ord_1"}).refusal == (404, "not_found")
    assert world.call("list_vendor_payouts", path={"vendor_id": "ven_1"}, token=world.token("mer_2")).status == 404
    assert payout["totals"] == {"captured": 100, "fees": 0, "refunded": 0, "disputed": 0, "returned": 0, "adjusted": 0}


def test_a_payout_says_what_it_is_the_sum_of() -> None:
    payout = taken(opened(account(1), 1, NOON), [entry(1), entry(1, -30, name="r")], NOON)
    assert payout.amount == payout.totals["captured"] - payout.totals["refunded"] == 70


def adjust(**fields: object) -> dict[str, Any]:
    return invoke("admin", sample("admin_adjust_vendor") | {"connector": "sandbox"} | fields)


def statement(world: World, vendor_id: str = "ven_1", **query: str) -> list[dict[str, str]]:
    path, query = {"vendor_id": vendor_id}, {"currency": "EUR"} | query
    answer = world.call("list_vendor_payouts", function="get_statement", path=path, query=query)
    assert answer.status == 200, answer.text
    return list(csv.DictReader(StringIO(answer.text)))


def test_an_operators_adjustment_is_in_the_statement_and_the_next_payout(world: World, psp: PayingPsp) -> None:
    sold(world, entry(1, 1000))
    made = adjust()
    assert (made["amount"], made["repeated"]) == (-250, False)
    run_all()
    assert psp.paid == [("acct_ven_1", 750)]
    by_kind = {row["kind"]: row for row in statement(world)}
    row = by_kind["adjustment"]
    assert (row["amount"], row["reference"], row["by"]) == ("-2.50", "ticket-4711", "ada@merchant.example")
    assert row["reason"] == sample("admin_adjust_vendor")["reason"]
    (payout,) = world.call("list_vendor_payouts", path={"vendor_id": "ven_1"}).json["items"]
    assert payout["totals"] == {
        "captured": 1000,
        "fees": 0,
        "refunded": 0,
        "disputed": 0,
        "returned": 0,
        "adjusted": -250,
    }
    entries = world.call("list_payout_entries", path={"payout_id": payout["payout_id"]}).json["items"]
    shown = next(one for one in entries if one["kind"] == "adjustment")
    assert (shown["by"], shown["reason"]) == (row["by"], row["reason"])


@pytest.mark.parametrize("key", ["ticket-4711", None])
def test_an_adjustment_is_made_once(world: World, psp: PayingPsp, key: str | None) -> None:
    """By its key, or by all that is said; also at another time."""
    sold(world, entry(1))
    first = adjust(key=key)
    world.passes(timedelta(days=3))
    again = adjust(key=key)
    assert again == first | {"repeated": True}
    assert len([row for row in statement(world) if row["kind"] == "adjustment"]) == 1
    if key:
        assert adjust(key=key, amount=-251)["error"] == "this key was used for another adjustment"
    else:
        assert adjust(key=None, reason="and once more")["repeated"] is False


@pytest.mark.parametrize(
    "wrong",
    [
        {"vendor_id": "ven_9"},
        {"currency": "XXY"},
        {"connector": "none"},
        {"amount": 0},
        {"amount": 1.5},
        {"amount": True},
        {"amount": 10**12 + 1},
        {"by": ""},
        {"reason": " "},
        {"key": ""},
    ],
)
def test_an_adjustment_that_makes_no_sense_is_refused(world: World, psp: PayingPsp, wrong: dict[str, Any]) -> None:
    sold(world, entry(1))
    before = world.everything()
    assert "error" in adjust(**wrong)
    assert world.everything() == before


def test_nothing_is_paid_out_of_a_balance_below_zero(world: World, psp: PayingPsp) -> None:
    """Though single entries are ripe: the account is held until what is earned is more, and the payout says so."""
    sold(world, entry(1, 100, "sale"), entry(1, -160, "back", days=1))
    assert sum(each["counts"]["held"] for each in run_all()) == 1
    assert psp.paid == []
    (payout,) = world.call("list_vendor_payouts", path={"vendor_id": "ven_1"}).json["items"]
    assert (payout["status"], payout["amount"], payout["held"], payout["opening_balance"]) == ("OPEN", -60, True, 0)
    assert [row["owed"] for row in statement(world)] == ["0.00", "0.60"]
    sold(world, entry(1, 100, "more"))
    run_all()
    assert psp.paid == [("acct_ven_1", 40)]
    (payout,) = world.call("list_vendor_payouts", path={"vendor_id": "ven_1"}).json["items"]
    assert (payout["status"], payout["held"], payout["opening_balance"]) == ("PAID", False, -60)


def test_what_went_back_just_now_is_not_paid_out_for_want_of_an_index(
    world: World, psp: PayingPsp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The index does not show the refund yet; the table does."""
    sold(world, entry(1, 100, "sale"), entry(1, -160, "back", days=0))
    dynamodb = world.system.ledger._dynamodb
    real = dynamodb.get_paginator

    class Late:
        """Pages of the index without the newest entry."""

        def paginate(self, **query: Any) -> Any:
            for page in real("query").paginate(**query):
                late = "IndexName" in query
                yield page | {"Items": [one for one in page["Items"] if not (late and "back" in one["sk"]["S"])]}

    monkeypatch.setattr(dynamodb, "get_paginator", lambda _: Late())
    run_all()
    assert psp.paid == []
    (payout,) = world.call("list_vendor_payouts", path={"vendor_id": "ven_1"}).json["items"]
    assert (payout["amount"], payout["entry_count"]) == (-60, 2)


def test_what_nobody_pays_out_is_an_operators_and_fails_no_run(world: World, psp: PayingPsp) -> None:
    """Money of bank transfers lies on our own account: it is paid by hand and booked as an adjustment."""
    psp.can(pays=frozenset())
    sold(world, entry(1, 250))
    done = run_all()
    assert sum(each["counts"]["by_hand"] for each in done) == 1
    assert [each["not_paid"] for each in done] == [[]] * OPEN_SHARDS
    adjust(amount=-250, reason="paid by hand")
    assert statement(world)[-1]["balance"] == "0.00"


def test_a_statement_begins_where_it_is_asked_to(world: World, psp: PayingPsp) -> None:
    sold(world, entry(1, 100, "old", days=9), entry(1, 70, "new", days=1))
    rows = statement(world, since="2029-12-30T00:00:00Z")
    assert [(row["kind"], row["balance"]) for row in rows] == [("opening_balance", "1.00"), ("capture", "1.70")]


# Single-vendor orders.


@pytest.fixture
def baker(world: World, psp: PayingPsp) -> str:
    world.has(Vendor("ven_1", "mer_1", "Baker", "acct_ven_1"))
    return "ven_1"


def test_a_single_vendor_order_is_in_statement_and_payout(world: World, psp: PayingPsp, baker: str) -> None:
    """Captured with a fee, refunded in part: as a vendor payment would be."""
    world.paid(vendor_id=baker)
    world.call("capture_payment", {"fee": 500})
    world.call("refund_payment", {"amount": 1000})
    told = [(row["kind"], row["gross"], row["fee"], row["amount"], row["reference"]) for row in statement(world)]
    assert told == [
        ("capture", "49.99", "5.00", "44.99", "A-1001"),
        ("refund", "-10.00", "-1.00", "-9.00", "A-1001"),
    ]
    world.passes(timedelta(days=8))
    run_all()
    assert psp.paid == [("acct_ven_1", 4999 - 500 - 1000 + 100)]
    (payout,) = world.call("list_vendor_payouts", path={"vendor_id": baker}).json["items"]
    assert payout["totals"] == {
        "captured": 4999,
        "fees": 400,
        "refunded": 1000,
        "disputed": 0,
        "returned": 0,
        "adjusted": 0,
    }


def test_a_single_vendor_order_of_a_gift_card_and_a_card_has_entries_of_both(
    world: World, psp: PayingPsp, baker: str
) -> None:
    world.created(vendor_id=baker, capture="auto")
    world.started(method="gift_card", amount=1000, instrument={"token": "gc_1000"})
    world.started()
    for number in (1, 2):
        payment_id = f"pay_{ORDER_KEY.removeprefix('ord_')}_{number}"
        world.call("capture_payment", {}, path={"payment_id": payment_id})
    assert [row["amount"] for row in statement(world)] == ["10.00", "39.99"]
    assert statement(world)[-1]["balance"] == "49.99"


def test_the_account_says_whether_a_refund_gives_the_commission_back(world: World, psp: PayingPsp, baker: str) -> None:
    """10.00 sold with 1.00 fee, fully refunded: the vendor stands at 0.00, unless the account keeps commissions."""
    assert world.call("list_orders", function="get_account", query={}).json["refunds_commission"] == "proportional"
    world.paid(vendor_id=baker, amount=1000)
    world.call("capture_payment", {"fee": 100})
    told = invoke("admin", sample("admin_update_merchant") | {"refunds_commission": "kept", "update_url": None})
    assert told["refunds_commission"] == "kept"
    world.call("refund_payment", {})
    assert statement(world)[-1]["balance"] == "0.00", "what was agreed when the order was created holds for it"
    world.system.merchants.items._kept.clear()
    assert world.call("list_orders", function="get_account", query={}).json["refunds_commission"] == "kept"
    other = world.call(
        "create_order", {"order_reference": "A-2", "amount": 1000, "currency": "EUR", "vendor_id": baker}
    )
    path = {"order_key": other.json["order_key"]}
    started = world.call("start_payment", {"method": "card", "instrument": {"token": "tok_visa"}}, path=path)
    path["payment_id"] = started.json["payment_id"]
    world.call("capture_payment", {"fee": 100}, path=path)
    world.call("refund_payment", {}, path=path)
    assert statement(world)[-1]["balance"] == "-1.00"
    wrong = invoke("admin", sample("admin_update_merchant") | {"refunds_commission": "some", "update_url": None})
    assert "error" in wrong


@pytest.mark.parametrize("suspended", [True, None])
def test_a_single_vendor_order_of_nobody_is_refused(world: World, psp: PayingPsp, suspended: bool | None) -> None:
    if suspended:
        world.has(Vendor("ven_1", "mer_1", "Baker", "acct", suspended=True))
    answer = world.call(
        "create_order", {"order_reference": "A-1", "amount": 1, "currency": "EUR", "vendor_id": "ven_1"}
    )
    assert (answer.status, answer.pointers) == (422, ["/vendor_id"])
