"""Operators' decisions on a payout, with a name and a reason that stay in it (RG-6, GO-4).

approve, refuse     a payout that waits for a second person: it is sent, or FAILED without having been sent
resolve             the outcome of a payout if its PSP cannot tell it
"""

from collections.abc import Callable
from dataclasses import replace

from tillgate.domain.payments.operations import OperationStatus
from tillgate.domain.payouts.approval import approved, refused
from tillgate.domain.payouts.payout import Payout, PayoutStatus, learned
from tillgate.domain.psp.facts import Fact
from tillgate.domain.shared.refusals import NotFound, OperationNotAllowed, Refusal
from tillgate.store.shared.transactions import LostRace
from tillgate.use_cases.operators.resolve import check_who_and_why
from tillgate.use_cases.payouts.pay_out import as_the_psp_knows, send
from tillgate.use_cases.shared.load_order import TRIES, ConcurrentChange
from tillgate.wiring import System

OUTCOMES = {"PAID": OperationStatus.SUCCEEDED, "FAILED": OperationStatus.FAILED}


def approve_payout(system: System, payout_id: str, *, by: str, reason: str) -> Payout:
    """Raises `OperationNotAllowed` unless it waits, for someone other than `by`, and can still be sent."""

    def decide(payout: Payout) -> Payout:
        after = approved(payout, by, reason, system.now())
        merchant = system.merchants.merchant(payout.merchant_id, fresh=True)
        if merchant is None or merchant.suspended:
            raise OperationNotAllowed("the merchant is suspended; resume the merchant, or refuse the payout")
        if as_the_psp_knows(system, payout) is None:
            raise OperationNotAllowed("the saved instrument was deleted; refuse the payout")
        return after

    return send(system, _change(system, payout_id, decide, by, reason))


def refuse_payout(system: System, payout_id: str, *, by: str, reason: str) -> Payout:
    """Returns the sum to its day's limit. Raises `OperationNotAllowed` unless it waits, for someone other than `by`."""
    return _change(system, payout_id, lambda payout: refused(payout, by, reason, system.now()), by, reason)


def resolve_payout(system: System, payout_id: str, *, outcome: str, by: str, reason: str) -> Payout:
    """Raises a `Refusal` unless the payout is PROCESSING: the PSP's word is never overruled."""
    if outcome not in OUTCOMES:
        raise Refusal(f"outcome must be one of {', '.join(OUTCOMES)}")

    def decide(payout: Payout) -> Payout:
        if payout.status is not PayoutStatus.PROCESSING:
            raise OperationNotAllowed(f"the payout is {payout.status}")
        fact = Fact(payout.payout_id, payout.request_key, OUTCOMES[outcome])
        return replace(learned(payout, fact, system.now()) or payout, resolution=f"{by}: {reason}")

    return _change(system, payout_id, decide, by, reason)


def _change(system: System, payout_id: str, decide: Callable[[Payout], Payout], by: str, reason: str) -> Payout:
    """Saves the decision; reads and decides again if the payout or its day has changed in the meantime."""
    check_who_and_why(by, reason)
    for _ in range(TRIES):
        payout = system.payouts.load(payout_id)
        if payout is None:
            raise NotFound("this payout does not exist")
        try:
            return system.payouts.save(payout, decide(payout))
        except LostRace:
            continue
    raise ConcurrentChange
