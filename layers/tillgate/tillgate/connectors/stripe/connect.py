"""Vendors with Stripe Connect: separate charges and transfers (TH-4, RG-6).

The shopper's payment is a charge of the platform's account. A vendor's share of it is nothing at Stripe until it is
captured: then it is a transfer to the vendor's account, out of that charge, less the platform's fee. A payout takes
what is in the vendor's account to the vendor's bank.
"""

import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta

from tillgate.connectors.stripe import reading
from tillgate.connectors.stripe.amounts import NotPayable, to_bank, to_stripe
from tillgate.connectors.stripe.finding import SETTLED
from tillgate.connectors.stripe.intents import OP, refund, tags
from tillgate.connectors.stripe.reasons import reason
from tillgate.connectors.stripe.wire import JSON, Answer, Unclear, Wire
from tillgate.connectors.v1 import Case, Fact, Kind, Op, Outcome

_PAYOUTS = {
    "pending": Outcome.PENDING,
    "in_transit": Outcome.PENDING,
    "paid": Outcome.SUCCEEDED,
    "failed": Outcome.FAILED,
    "canceled": Outcome.FAILED,
}
_SKEW = timedelta(minutes=5)


class Connect:
    """A vendor's share (`case.parent`), or a payout to a vendor."""

    def __init__(self, wire: Wire, now: datetime) -> None:
        self._wire = wire
        self._now = now

    def start(self, case: Case, op: Op) -> list[Fact]:
        if op.kind is Kind.PAYOUT:
            return self._pay_out(case, op)
        intent = _intent(case)
        return [_fact(case, op, Outcome.SUCCEEDED, reference=f"{intent}:{case.id}", remember={"parent": intent})]

    def perform(self, case: Case, op: Op) -> list[Fact]:
        try:
            return self._transfer(case, op) if op.kind is Kind.CAPTURE else self._give_back(case, op)
        except NotPayable as error:
            return [_not_payable(case, op, error)]

    def ask(self, case: Case) -> list[Fact]:
        """Raises `Unclear`."""
        return list(self._payouts(case) if case.op(Kind.PAYOUT) else self._shares(case))

    def _transfer(self, case: Case, op: Op) -> list[Fact]:
        share = op.amount - op.fee
        if share == 0:
            return [_fact(case, op, Outcome.SUCCEEDED, reference=f"{case.id}:fee")]
        charge = self._wire.get(f"payment_intents/{_intent(case)}")["latest_charge"]
        body = {
            "amount": to_stripe(share, case.currency),
            "currency": case.currency.lower(),
            "destination": case.account,
            "metadata": tags(case, op),
            "source_transaction": charge,
            "transfer_group": case.parent.id if case.parent else case.id,
        }
        answer = self._wire.post("transfers", body, op.id)
        if answer.done:
            return [_fact(case, op, Outcome.SUCCEEDED, reference=str(answer.body["id"]))]
        return [self._refused(case, op, answer)]

    def _give_back(self, case: Case, op: Op) -> list[Fact]:
        """A refund of the shopper; before it, of a share that was transferred, the vendor's part back to the platform.

        A cancel is a refund too: the shopper's money was captured with the whole payment. The refund comes last, so who
        finds it can rely on both. A vendor whose account cannot give its part back does not keep the shopper from the
        money: the platform bears it, and operators read why.
        """
        kept = self._reverse(case, op) if op.kind is Kind.REFUND else None
        answer = self._wire.post("refunds", refund(case, op, _intent(case)), op.id)
        if not answer.done:
            return [self._refused(case, op, answer)]
        outcome = Outcome.PENDING if answer.body["status"] in ("pending", "requires_action") else Outcome.SUCCEEDED
        return [_fact(case, op, outcome, reference=str(answer.body["id"]), raw_reason=kept)]

    def _reverse(self, case: Case, op: Op) -> str | None:
        """Why the vendor's account keeps its part of a refund; None if it is back. Raises `Unclear`."""
        part = _borne(case, op)
        transfer = self._transferred(case) if part else None
        if transfer is None:
            return None
        body = {"amount": to_stripe(part, case.currency), "metadata": tags(case, op)}
        answer = self._wire.post(f"transfers/{transfer['id']}/reversals", body, f"{op.id}:reversal")
        if answer.not_begun:
            raise Unclear(str(answer.status))
        if answer.done or answer.key_was_used:
            return None
        return f"transfer_not_reversed: {reason(answer.error)[1]}"

    def _transferred(self, case: Case) -> JSON | None:
        group = case.parent.id if case.parent else case.id
        known = {op.id for op in case.ops}
        transfers = self._wire.every("transfers", {"transfer_group": group})
        return next((each for each in transfers if each["metadata"].get(OP) in known), None)

    def _shares(self, case: Case) -> Iterator[Fact]:
        begun = case.op(Kind.AUTHORIZE)
        if begun:
            yield _fact(case, begun, Outcome.SUCCEEDED, reference=f"{_intent(case)}:{case.id}")
        if any(op.kind is Kind.CAPTURE for op in case.ops) and (transfer := self._transferred(case)):
            op = next(op for op in case.ops if op.id == transfer["metadata"][OP])
            yield _fact(case, op, Outcome.SUCCEEDED, reference=str(transfer["id"]))
        if any(op.kind in (Kind.REFUND, Kind.CANCEL) for op in case.ops):
            ours = {op.id: op for op in case.ops}
            for each in self._wire.every("refunds", {"payment_intent": _intent(case)}):
                known = ours.get(str((each.get("metadata") or {}).get(OP)))
                if known:
                    yield _fact(case, known, reading.outcome_of_refund(each, known), reference=str(each["id"]))

    def _pay_out(self, case: Case, op: Op) -> list[Fact]:
        try:
            amount = to_bank(op.amount, case.currency)
        except NotPayable as error:
            return [_not_payable(case, op, error)]
        body = {"amount": amount, "currency": case.currency.lower(), "metadata": tags(case, op)}
        answer = self._account(case).post("payouts", body, op.id)
        if not answer.done:
            return [self._refused(case, op, answer)]
        return [_payout(case, op, answer.body)]

    def _payouts(self, case: Case) -> Iterator[Fact]:
        """A fact for each attempt that Stripe knows."""
        created = {"gte": int((case.created_at - _SKEW).timestamp())}
        attempts = {op.id: op for op in case.ops if op.kind is Kind.PAYOUT}
        told = set()
        for each in self._account(case).every("payouts", {"created": created}):
            op = attempts.get(str((each.get("metadata") or {}).get(OP)))
            if op:
                told.add(op.id)
                yield _payout(case, op, each)
        latest = list(attempts.values())[-1]
        if latest.id not in told and self._now < latest.requested_at + SETTLED:
            raise Unclear("it may still be under way")

    def _account(self, case: Case) -> Wire:
        if not case.account:
            raise Unclear("a payout needs the vendor's account")
        return self._wire.within(case.account)

    def _refused(self, case: Case, op: Op, answer: Answer) -> Fact:
        if answer.not_begun or answer.key_was_used:
            raise Unclear(str(answer.status))
        ours, theirs = reason(answer.error)
        return _fact(case, op, Outcome.FAILED, reason=ours, raw_reason=theirs)


def _borne(case: Case, op: Op) -> int:
    """What comes back of the share for a refund: all of it less the fee that goes back with it, as in the ledger. Where
    the fee is kept, the vendor owes more in the end than the share was; that stays in the ledger."""
    earlier = itertools.takewhile(lambda each: each.id != op.id, case.ops)
    done = [each for each in earlier if each.outcome is Outcome.SUCCEEDED]
    taken = [each for each in done if each.kind is Kind.CAPTURE]
    amount, fee = sum(each.amount for each in taken), sum(each.fee for each in taken)
    before = sum(each.amount for each in done if each.kind is Kind.REFUND)
    if not amount:
        return 0
    if not case.refunds_fee:
        return min(op.amount, max(0, amount - fee - before))
    return op.amount - (fee * (before + op.amount) // amount - fee * before // amount)


def _intent(case: Case) -> str:
    """The PaymentIntent of the technical payment. Raises `Unclear`."""
    parent = case.parent
    found = case.memory.get("parent") or (parent and (parent.memory.get("intent") or parent.reference))
    if not found:
        raise Unclear("the technical payment has no PaymentIntent")
    return found


def _payout(case: Case, op: Op, payout: JSON) -> Fact:
    outcome = _PAYOUTS.get(payout["status"], Outcome.UNKNOWN)
    if outcome is Outcome.FAILED and op.outcome in (Outcome.SUCCEEDED, Outcome.REVERSED):
        outcome = Outcome.REVERSED
    failed = outcome in (Outcome.FAILED, Outcome.REVERSED)
    why = str(payout.get("failure_code") or payout["status"])
    return _fact(
        case,
        op,
        outcome,
        reference=str(payout["id"]),
        reason="REJECTED_BY_BANK" if failed else None,
        raw_reason=why if failed else None,
    )


def _not_payable(case: Case, op: Op, error: NotPayable) -> Fact:
    return _fact(case, op, Outcome.FAILED, reason="OTHER", raw_reason=f"amount_not_representable: {error}")


def _fact(case: Case, op: Op, outcome: Outcome, **more: object) -> Fact:
    return Fact(case=case.id, kind=op.kind, outcome=outcome, op=op.id, **more)  # type: ignore[arg-type]
