"""Vendors are paid out by the deployed state machine; the PSP's books and the statement agree with the payouts."""

from __future__ import annotations

import csv
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest

from tests.flows.client import JSON, Answer, Merchant, eventually, new_reference
from tests.flows.inside import Inside, rfc3339
from tests.flows.operators import Operators
from tests.flows.psp_pages import Psp
from tillgate.domain.ledger.entries import Account
from tillgate.store.ledger.entries import shard_of

pytestmark = pytest.mark.flow


@dataclass
class Market:
    """A merchant of its own with vendors; what was captured just now counts as held long enough."""

    merchant: Merchant
    operators: Operators
    inside: Inside
    psp: Psp

    @property
    def until(self) -> str:
        return rfc3339(datetime.now(UTC) + timedelta(minutes=1))

    def vendor(self, psp_account: str = "acct_baker") -> str:
        merchant_id = self.merchant.account["merchant_id"]
        made = self.operators.call("create_vendor", merchant_id=merchant_id, name="Baker", psp_account=psp_account)
        return str(made["vendor_id"])

    def sells(self, parts: dict[str, tuple[int, int]]) -> dict[str, JSON]:
        """An order that is split over vendors, amount and fee each, and captured; their payments."""
        order = self.merchant.order(amount=sum(amount for amount, _ in parts.values()), multi_vendor=True)
        technical = self.merchant.start(order)
        self.reaches(technical, "AUTHORIZED")
        paid = {}
        for vendor, (amount, fee) in parts.items():
            body = {"technical_payment_id": technical["payment_id"], "vendor_id": vendor, "amount": amount, "fee": fee}
            path = f"/orders/{order['order_key']}/vendor-payments"
            part = self.merchant.call("POST", path, body | {"sub_order_reference": new_reference()}).expect(201)
            self.reaches(part, "AUTHORIZED")
            self.merchant.done(part, "capture")
            paid[vendor] = self.reaches(part, "CAPTURED")
        return paid

    def reaches(self, payment: JSON, status: str) -> JSON:
        """On a machine so busy that the PSP's answer came too late it is asked for."""
        now = self.merchant.payment(payment)
        while now["status"] != status or now["pending"]:
            eventually(lambda: not self.merchant.done(payment, "sync")["pending"], within=60)
            now = self.merchant.payment(payment)
            assert now["status"] == status, now
        return now

    def run(self) -> None:
        """The state machine, started as an operator does who pays out early."""
        states, machine = self.inside.aws("stepfunctions"), self.inside.resources["PayVendors"]
        started = states.start_execution(stateMachineArn=machine, input=json.dumps({"captured_until": self.until}))

        def ended() -> JSON | None:
            found: JSON = states.describe_execution(executionArn=started["executionArn"])
            return None if found["status"] == "RUNNING" else found

        found = eventually(ended, within=120)
        assert found is not None
        assert found["status"] == "SUCCEEDED", found

    def pay_shard(self, vendor: str) -> JSON:
        """The function, as the state machine calls it for a vendor's shard."""
        shard = shard_of(Account(self.merchant.account["merchant_id"], vendor, "EUR", "sandbox"))
        payload = json.dumps({"shard": shard, "after": None, "captured_until": self.until}).encode()
        answer = self.inside.aws("lambda").invoke(
            FunctionName=self.inside.resources["PayVendorsFunction"], Payload=payload
        )
        assert "FunctionError" not in answer
        done: JSON = json.loads(answer["Payload"].read())
        return done

    def payouts(self, vendor: str) -> list[JSON]:
        found: list[JSON] = self.merchant.call("GET", f"/vendors/{vendor}/payouts").expect(200)["items"]
        return found

    def becomes(self, vendor: str, *wanted: tuple[str, int]) -> list[JSON]:
        """The vendor's payouts once they have these statuses and amounts, newest first."""

        def reached() -> list[JSON] | None:
            found = self.payouts(vendor)
            return found if [(one["status"], one["amount"]) for one in found] == list(wanted) else None

        found = eventually(reached, within=60)
        assert found is not None
        return found

    def paid_by_psp(self, vendor: str) -> int:
        told = [self.psp.payout(payout["payout_id"]) for payout in self.payouts(vendor)]
        return sum(op["amount"] for one in told if one for op in one["operations"] if op["status"] == "succeeded")

    def statement(self, vendor: str) -> list[dict[str, str]]:
        text = self.merchant.call("GET", f"/vendors/{vendor}/statement?currency=EUR").text
        return list(csv.DictReader(StringIO(text)))


@pytest.fixture(scope="module")
def market(operators: Operators, inside: Inside, psp: Psp) -> Market:
    return Market(operators.merchant("Bazaar"), operators, inside, psp)


def test_vendors_are_paid_and_a_refund_after_that_is_taken_up_by_the_next(market: Market) -> None:
    """Split, captured, paid out, refunded, paid out: at each step both sides' books agree."""
    baker, florist = market.vendor(), market.vendor("acct_florist")
    parts = market.sells({baker: (3000, 300), florist: (2000, 0)})
    market.merchant.done(parts[florist], "refund", amount=500)
    market.run()
    (first,) = market.becomes(baker, ("PAID", 2700))
    market.becomes(florist, ("PAID", 1500))
    assert first["totals"] == {
        "captured": 3000,
        "fees": 300,
        "refunded": 0,
        "disputed": 0,
        "returned": 0,
        "adjusted": 0,
    }
    assert (market.paid_by_psp(baker), market.paid_by_psp(florist)) == (2700, 1500)
    assert market.merchant.call("GET", f"/payouts/{first['payout_id']}").expect(200) == first
    rows = market.statement(baker)
    assert [(row["kind"], row["amount"], row["balance"]) for row in rows] == [
        ("capture", "27.00", "27.00"),
        ("payout", "-27.00", "0.00"),
    ]
    assert {row["payout"] for row in rows} == {first["payout_id"]}

    market.merchant.done(parts[baker], "refund", amount=400)
    market.pay_shard(baker)
    market.becomes(baker, ("OPEN", -360), ("PAID", 2700))  # 40 of its commission go back with it
    market.sells({baker: (1000, 0)})
    market.pay_shard(baker)
    second, _ = market.becomes(baker, ("PAID", 640), ("PAID", 2700))
    assert market.paid_by_psp(baker) == 3340
    assert market.statement(baker)[-1]["balance"] == "0.00"
    entries = market.merchant.call("GET", f"/payouts/{second['payout_id']}/entries").expect(200)["items"]
    assert sorted((entry["kind"], entry["amount"]) for entry in entries) == [("capture", 1000), ("refund", -360)]


def test_what_the_psp_tells_later_is_taken_in(market: Market) -> None:
    """Pending at first; sent back by the receiver's bank; refused."""
    slow, back, refused = (market.vendor(f"acct_payout_{how}") for how in ("pending", "returned", "fails"))
    market.sells({slow: (100, 0), back: (200, 0), refused: (300, 0)})
    for vendor in (slow, back, refused):
        market.pay_shard(vendor)
    market.becomes(slow, ("PAID", 100))
    market.becomes(back, ("RETURNED", 200))
    (failed,) = market.becomes(refused, ("FAILED", 300))
    assert failed["reason_code"] == "REFUSED"
    assert [row["balance"] for row in market.statement(back)] == ["2.00", "0.00", "2.00"]
    assert market.paid_by_psp(refused) == 0


@pytest.mark.race
def test_runs_at_once_pay_a_vendor_once(market: Market) -> None:
    for _ in range(3):
        vendor = market.vendor()
        for _ in range(3):
            market.sells({vendor: (100, 0)})
        with ThreadPoolExecutor(6) as threads:
            list(threads.map(lambda _: market.pay_shard(vendor), range(6)))  # noqa: B023
        market.becomes(vendor, ("PAID", 300))
        assert market.paid_by_psp(vendor) == 300
        assert market.statement(vendor)[-1]["balance"] == "0.00"


def pay_person(merchant: Merchant, token: str, reference: str | None = None, key: str | None = None) -> Answer:
    body = {"payout_reference": reference or new_reference(), "amount": 2500, "currency": "EUR"}
    return merchant.call("POST", "/payouts", body | {"instrument": {"token": token}}, key=key)


def test_a_person_is_paid_out(merchant: Merchant, other_merchant: Merchant, psp: Psp) -> None:
    """RG-6: at once, later, not at all; once a reference and once a key; the PSP's books agree."""
    reference, key = new_reference(), new_reference()
    first = pay_person(merchant, "tok_visa", reference, key)
    payout = first.expect(201)
    assert (payout["status"], payout["pending"], payout["reason_code"]) == ("PAID", False, None)
    again = pay_person(merchant, "tok_visa", reference, key)
    assert (again.json, again.headers["idempotent-replayed"]) == (payout, "true")
    pay_person(merchant, "tok_visa", reference).refused(409, "duplicate_reference")
    path = f"/payouts/{payout['payout_id']}"
    assert merchant.call("GET", path).expect(200) == payout
    other_merchant.call("GET", path).refused(404, "not_found")
    theirs = psp.payout(payout["payout_id"])
    assert theirs is not None
    assert [(op["amount"], op["status"]) for op in theirs["operations"]] == [(2500, "succeeded")]

    refused = pay_person(merchant, "tok_payout_fails").expect(201)
    assert (refused["status"], refused["reason_code"]) == ("FAILED", "REFUSED")
    for token, end in (("tok_pending", "PAID"), ("tok_late_failure", "RETURNED"), ("tok_error", "FAILED")):
        made = pay_person(merchant, token).expect(201)
        path = f"/payouts/{made['payout_id']}"
        eventually(lambda: merchant.call("GET", path).json["status"] == end, within=60)  # noqa: B023


def test_a_saved_instrument_is_paid_out(merchant: Merchant, psp: Psp) -> None:
    """RG-5, RG-6: by our token; only its own shopper's."""
    shopper, other = (merchant.call("POST", "/shoppers", {}).expect(201)["shopper_key"] for _ in range(2))
    body = {"shopper_key": shopper, "method": "card", "instrument": {"token": "tok_visa"}}
    token = merchant.call("POST", "/tokens", body).expect(201)["token"]
    payout = pay_person(merchant, token).expect(201)
    assert payout["status"] == "PAID"
    theirs = psp.payout(payout["payout_id"])
    assert theirs is not None
    assert theirs["status"] == "succeeded"
    stranger = {"payout_reference": new_reference(), "amount": 1, "currency": "EUR", "instrument": {"token": token}}
    merchant.call("POST", "/payouts", stranger | {"shopper_key": other}).refused(422, "invalid_request")
    merchant.call("DELETE", f"/tokens/{token}").expect(204)
    pay_person(merchant, token).refused(422, "invalid_request")


def test_who_may_pay_out(merchant: Merchant, operators: Operators) -> None:
    pay_person(operators.client(merchant, ["orders:read", "orders:write"]), "tok_visa").refused(403, "forbidden")
    assert pay_person(operators.client(merchant, ["payouts:write"]), "tok_visa").status == 201
