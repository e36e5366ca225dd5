"""Settlement by balance transactions; vendors and their payouts by Connect."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.connectors.stripe.cases import Clock, asked, learned, op, outcomes
from tests.psps.stripe.conftest import NewCase
from tests.psps.stripe.stand_in import OPERATOR, Psp
from tillgate.connectors.stripe import wire
from tillgate.connectors.stripe.connector import StripeConnector
from tillgate.connectors.v1 import BankCredit, Case, Kind, NoAnswer, Outcome, Settlement


def told(stripe: StripeConnector, clock: Clock) -> tuple[list[Settlement], list[BankCredit]]:
    every = list(stripe.settled(clock.now - timedelta(days=1)))
    lines = [each for each in every if isinstance(each, Settlement)]
    return lines, [each for each in every if isinstance(each, BankCredit)]


def lines(stripe: StripeConnector, clock: Clock, case: Case) -> list[Settlement]:
    return [line for line in told(stripe, clock)[0] if line.case == case.id]


def test_a_payout_explains_each_capture_and_refund_with_its_fee(
    stripe: StripeConnector, psp: Psp, taken: Case, held: Case, clock: Clock
) -> None:
    case = asked(taken, op(2, Kind.REFUND, 999, case=taken.id))
    (refund,) = stripe.perform(case, case.ops[1])
    own = psp.backoffice("refund", taken.memory["intent"], amount=1)
    held = asked(held, op(2, Kind.CAPTURE, 2000, case=held.id))
    capture = stripe.perform(held, held.ops[1])[1]
    assert lines(stripe, clock, case) == []
    payout = psp.backoffice("payout")
    found = {line.reference: line for line in lines(stripe, clock, case)}
    assert set(found) == {case.memory["charge"], refund.reference, own["id"]}
    charge, back = found[case.memory["charge"]], found[refund.reference]
    assert (charge.kind, charge.amount, charge.fee, charge.payout) == (Kind.CAPTURE, 4999, 94, payout["id"])
    assert (back.kind, back.amount, back.fee, back.state) == (Kind.REFUND, 999, 0, "SETTLED")
    assert charge.payout_arrives_at
    (part,) = lines(stripe, clock, held)
    assert (part.reference, part.amount, part.fee) == (capture.reference, 2000, 53)


def test_the_lines_of_a_payout_add_up_to_it(stripe: StripeConnector, psp: Psp, taken: Case, clock: Clock) -> None:
    psp.backoffice("payout")
    begun = asked(taken, op(2, Kind.REFUND, 4000, case=taken.id))
    stripe.perform(begun, begun.ops[1])
    payout = psp.backoffice("payout")
    every, payouts = told(stripe, clock)
    (credit,) = [each for each in payouts if each.payout == payout["id"]]
    mine = [line for line in every if line.payout == payout["id"]]
    signs = {Kind.CAPTURE: 1, Kind.REFUND: -1}
    assert (
        credit.amount
        == payout["amount"]
        == sum(signs[line.kind] * line.amount - line.fee for line in mine if line.kind)
    )
    assert [line.net for line in mine] == [-4000]
    assert credit.others == {}


def test_what_is_not_ours_is_named_so_that_the_credit_is_explained(
    stripe: StripeConnector, psp: Psp, taken: Case, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another system's charge in the same account, and Stripe's own transactions; the payout's own is left out."""
    psp.backoffice("payout")
    real = psp.call

    def with_others(method: str, path: str, *more: Any) -> tuple[int, bytes]:
        status, body = real(method, path, *more)
        if "/balance_transactions?" not in path:
            return status, body
        page = json.loads(body)
        line = page["data"][0]
        foreign = {**line, "id": "txn_1", "type": "charge", "net": 500}
        foreign["source"] = {"id": "ch_1", "metadata": {}}
        fee = {**line, "id": "txn_2", "type": "stripe_fee", "net": -200, "source": None}
        itself = {**line, "id": "txn_3", "type": "payout", "net": -9999, "source": "po_1"}
        return status, json.dumps({**page, "data": [*page["data"], foreign, fee, itself]}).encode()

    monkeypatch.setattr(psp, "call", with_others)
    monkeypatch.setattr("tests.psps.stripe.stand_in.check_answer", lambda answer: None)
    for credit in told(stripe, clock)[1]:
        assert credit.others == {"charge": 500, "stripe_fee": -200}


def test_a_payout_of_many_pages_is_told_whole(
    stripe: StripeConnector, psp: Psp, taken: Case, held: Case, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other lists end after so many pages; a payout of thousands of payments does not."""
    begun = asked(taken, op(2, Kind.REFUND, 999, case=taken.id))
    stripe.perform(begun, begun.ops[1])
    held = asked(held, op(2, Kind.CAPTURE, 2000, case=held.id))
    stripe.perform(held, held.ops[1])
    payout = psp.backoffice("payout")
    monkeypatch.setattr(wire, "PAGE", 1)
    monkeypatch.setattr(wire, "MOST_PAGES", 1)
    assert len([line for line in told(stripe, clock)[0] if line.payout == payout["id"]]) >= 3


def test_what_arrived_long_ago_is_not_told_again(stripe: StripeConnector, psp: Psp, taken: Case, clock: Clock) -> None:
    psp.backoffice("payout")
    assert list(stripe.settled(clock.now + timedelta(days=3))) == []


def share(new: NewCase, parent: Case, amount: int, account: str = "acct_1") -> Case:
    return new(None, parent=parent, account=account, amount=amount)


def test_a_vendors_share_is_transferred_less_the_fee_when_it_is_captured(
    stripe: StripeConnector, psp: Psp, taken: Case, new: NewCase
) -> None:
    case = share(new, taken, 3000)
    case = learned(case, stripe.start(case, case.ops[0]))
    assert psp.posts("transfers") == 0
    case = asked(case, op(2, Kind.CAPTURE, 3000, case=case.id, fee=300))
    (fact,) = stripe.perform(case, case.ops[1])
    assert fact.outcome is Outcome.SUCCEEDED
    assert stripe.perform(case, case.ops[1]) == [fact]
    status, shown = psp.call("GET", "/v1/transfers", headers=OPERATOR)
    assert status == 200
    assert f'"id": "{fact.reference}"'.encode() in shown
    assert b'"amount": 2700' in shown
    assert (Kind.CAPTURE, Outcome.SUCCEEDED, case.ops[1].id) in outcomes(stripe.ask(case))


def test_a_refund_of_a_share_goes_to_the_shopper_and_is_taken_from_the_vendor(
    stripe: StripeConnector, psp: Psp, taken: Case, new: NewCase
) -> None:
    case = share(new, taken, 3000)
    case = asked(case, op(2, Kind.CAPTURE, 3000, case=case.id, fee=300))
    (sent,) = stripe.perform(case, case.ops[1])
    case = asked(learned(case, [sent]), op(3, Kind.REFUND, 1500, case=case.id))
    assert outcomes(stripe.perform(case, case.ops[2])) == [(Kind.REFUND, Outcome.SUCCEEDED, case.ops[2].id)]
    assert psp.posts(f"transfers/{sent.reference}/reversals") == 1
    shown = psp.call("GET", "/v1/transfers", headers=OPERATOR)[1]
    assert b'"amount_reversed": 1350' in shown
    assert (Kind.REFUND, Outcome.SUCCEEDED, case.ops[2].id) in outcomes(stripe.ask(case))
    assert [fact for fact in stripe.ask(taken) or [] if fact.kind is Kind.REFUND] == [], "it is counted with the share"


def test_an_account_that_cannot_give_its_part_back_does_not_keep_the_shopper_from_the_money(
    stripe: StripeConnector, psp: Psp, taken: Case, new: NewCase
) -> None:
    case = share(new, taken, 3000)
    case = asked(case, op(2, Kind.CAPTURE, 3000, case=case.id, fee=300))
    (sent,) = stripe.perform(case, case.ops[1])
    gone = b"amount=2700"
    assert psp.call("POST", f"/v1/transfers/{sent.reference}/reversals", gone, OPERATOR)[0] == 200
    case = asked(learned(case, [sent]), op(3, Kind.REFUND, 1500, case=case.id))
    (back,) = stripe.perform(case, case.ops[2])
    assert (back.outcome, back.raw_reason) == (Outcome.SUCCEEDED, "transfer_not_reversed: parameter_invalid")


@pytest.mark.parametrize("refunds_fee", [True, False])
def test_a_whole_refund_takes_back_no_more_than_was_transferred(
    stripe: StripeConnector, psp: Psp, taken: Case, new: NewCase, refunds_fee: bool
) -> None:
    case = replace(share(new, taken, 3000), refunds_fee=refunds_fee)
    case = asked(case, op(2, Kind.CAPTURE, 3000, case=case.id, fee=300))
    case = learned(case, stripe.perform(case, case.ops[1]))
    case = asked(case, op(3, Kind.REFUND, 3000, case=case.id))
    (back,) = stripe.perform(case, case.ops[2])
    assert (back.outcome, back.raw_reason) == (Outcome.SUCCEEDED, None)
    assert b'"amount_reversed": 2700' in psp.call("GET", "/v1/transfers", headers=OPERATOR)[1]


def test_a_share_that_stripe_cannot_count_is_refused(
    stripe: StripeConnector, psp: Psp, taken: Case, new: NewCase
) -> None:
    case = replace(share(new, taken, 3000), currency="KWD")
    case = asked(case, op(2, Kind.CAPTURE, 3000, case=case.id, fee=1))
    (fact,) = stripe.perform(case, case.ops[1])
    assert (fact.outcome, psp.posts("transfers")) == (Outcome.FAILED, 0)


def test_a_share_that_is_given_up_goes_back_to_the_shopper(stripe: StripeConnector, taken: Case, new: NewCase) -> None:
    case = share(new, taken, 3000)
    case = asked(case, op(2, Kind.CANCEL, 3000, case=case.id))
    assert outcomes(stripe.perform(case, case.ops[1])) == [(Kind.CANCEL, Outcome.SUCCEEDED, case.ops[1].id)]


@pytest.mark.parametrize("account", ["acct_refusing", "acct_1"])
def test_a_share_cannot_be_transferred_to_a_refusing_account_or_before_the_whole_is_captured(
    stripe: StripeConnector, taken: Case, held: Case, new: NewCase, account: str
) -> None:
    case = share(new, taken if account == "acct_refusing" else held, 3000, account)
    case = asked(case, op(2, Kind.CAPTURE, 3000, case=case.id))
    assert [fact.outcome for fact in stripe.perform(case, case.ops[1])] == [Outcome.FAILED]


def test_a_vendor_is_paid_out_of_its_own_account_once(
    stripe: StripeConnector, psp: Psp, new: NewCase, clock: Clock
) -> None:
    case = new(None, Kind.PAYOUT, account="acct_1")
    (fact,) = stripe.start(case, case.ops[0])
    assert fact.outcome is Outcome.SUCCEEDED
    assert stripe.start(case, case.ops[0]) == [fact]
    assert {headers["Stripe-Account"] for _, _, headers in psp.sent} == {"acct_1"}
    assert outcomes(stripe.ask(case)) == [(Kind.PAYOUT, Outcome.SUCCEEDED, case.ops[0].id)]
    assert outcomes(stripe.ask(replace(case, reference=fact.reference))) == outcomes([fact])


def test_a_payout_that_was_lost_is_looked_for(stripe: StripeConnector, psp: Psp, new: NewCase, clock: Clock) -> None:
    psp.unanswered = lambda method, path: method == "POST"
    case, never = (new(None, Kind.PAYOUT, account="acct_1") for _ in range(2))
    with pytest.raises(NoAnswer):
        stripe.start(case, case.ops[0])
    assert outcomes(stripe.ask(case)) == [(Kind.PAYOUT, Outcome.SUCCEEDED, case.ops[0].id)]
    assert stripe.ask(never) is None
    clock.now += timedelta(minutes=2)
    assert stripe.ask(never) == []


def test_an_account_that_cannot_be_paid_is_a_refusal(stripe: StripeConnector, new: NewCase) -> None:
    case = new(None, Kind.PAYOUT, account="acct_refusing")
    (fact,) = stripe.start(case, case.ops[0])
    assert (fact.outcome, fact.raw_reason) == (Outcome.FAILED, "payouts_not_allowed")


def test_a_payout_in_forints_has_no_fillers(stripe: StripeConnector, psp: Psp, new: NewCase) -> None:
    case = new(None, Kind.PAYOUT, account="acct_1", currency="HUF", amount=1050)
    (fact,) = stripe.start(case, case.ops[0])
    assert (fact.outcome, psp.sent) == (Outcome.FAILED, [])
