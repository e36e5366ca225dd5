"""Payouts to persons within limits, by clients that may, with a second person: through the deployed system (RG-6)."""

from __future__ import annotations

from functools import partial

import pytest

from tests.flows.client import Answer, Merchant, new_reference
from tests.flows.operators import Operators
from tests.flows.psp_pages import Psp
from tests.flows.races import together

pytestmark = pytest.mark.flow


def pay(merchant: Merchant, amount: int, reference: str = "", key: str | None = None) -> Answer:
    body = {"payout_reference": reference or new_reference(), "amount": amount, "currency": "EUR"}
    return merchant.call("POST", "/payouts", body | {"instrument": {"token": "tok_visa"}}, key=key)


def left_today(merchant: Merchant) -> int:
    (limit,) = merchant.call("GET", "/account").expect(200)["payout_limits"]
    return int(limit["left_today"])


def test_nobody_pays_out_until_an_operator_says_so(operators: Operators) -> None:
    merchant = operators.merchant("No payouts")
    pay(merchant, 1).refused(403, "forbidden")
    granted = operators.client(merchant, ["payouts:write"])
    pay(granted, 1_000_000_000_000).refused(422, "payout_limit_exceeded")
    pay(granted, 1).refused(422, "payout_limit_exceeded")
    assert merchant.call("GET", "/account").expect(200)["payout_limits"] == []


def test_up_to_the_limits(operators: Operators) -> None:
    merchant = operators.payer("Limits", per_payout=200, per_day=500)
    assert "one payout is 200 at most" in pay(merchant, 201).refused(422, "payout_limit_exceeded")["detail"]
    assert [pay(merchant, 200).status for _ in range(2)] == [201, 201]
    refused = pay(merchant, 101).refused(422, "payout_limit_exceeded")
    assert refused["detail"] == "100 of 500 EUR is left today (UTC), in minor units"
    assert left_today(merchant) == 100
    assert pay(merchant, 100).status == 201
    assert left_today(merchant) == 0


@pytest.mark.race
def test_payouts_at_once_never_exceed_the_day_together(operators: Operators) -> None:
    """Real threads; who meets another tries again, with the same key, until told."""
    merchant = operators.payer("Race", per_payout=100, per_day=300)

    def told(reference: str) -> int:
        while (answer := pay(merchant, 100, reference, reference)).status == 409:
            assert answer.code == "concurrent_request"
        return answer.status

    statuses = together(*[partial(told, new_reference()) for _ in range(5)])
    assert sorted(statuses) == [201] * 3 + [422] * 2
    assert left_today(merchant) == 0


def test_over_the_threshold_a_second_person_decides(operators: Operators, psp: Psp) -> None:
    merchant = operators.payer("Second person", approval_above=1000)
    first, second = pay(merchant, 2000).expect(201), pay(merchant, 3000).expect(201)
    for payout in (first, second):
        assert (payout["status"], payout["approval"]) == ("OPEN", "WAITING")
        assert psp.payout(payout["payout_id"]) is None
    waiting = {item.get("payout_id") for item in operators.call("list_work")["items"]}
    assert {first["payout_id"], second["payout_id"]} <= waiting
    why = {"by": "Grace", "reason": "the claim was shown"}
    assert "another" in operators.refused("approve_payout", payout_id=first["payout_id"], **why | {"by": "Ada"})
    assert operators.call("approve_payout", payout_id=first["payout_id"], **why)["status"] == "PAID"
    assert operators.call("refuse_payout", payout_id=second["payout_id"], **why)["status"] == "FAILED"
    told = [merchant.call("GET", f"/payouts/{each['payout_id']}").expect(200) for each in (first, second)]
    assert [(each["status"], each["approval"]) for each in told] == [("PAID", "APPROVED"), ("FAILED", "REFUSED")]
    assert psp.payout(second["payout_id"]) is None
    assert left_today(merchant) == 1_000_000 - 2000
