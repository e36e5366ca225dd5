"""Operators' work: says what became of a payout that its PSP cannot tell, with a name and a reason that stay in it."""

from dataclasses import replace

from tillgate.domain.payments.operations import OperationStatus
from tillgate.domain.payouts.payout import Payout, PayoutStatus, learned
from tillgate.domain.psp.facts import Fact
from tillgate.domain.shared.refusals import NotFound, OperationNotAllowed, Refusal
from tillgate.store.shared.transactions import LostRace
from tillgate.use_cases.shared.load_order import ConcurrentChange
from tillgate.wiring import System

OUTCOMES = {"PAID": OperationStatus.SUCCEEDED, "FAILED": OperationStatus.FAILED}


def resolve_payout(system: System, payout_id: str, *, outcome: str, by: str, reason: str) -> Payout:
    """Raises a `Refusal` unless the payout is PROCESSING: what the PSP has told is not overruled."""
    if not by.strip() or not reason.strip():
        raise Refusal("pass who decides (by) and why (reason)")
    if outcome not in OUTCOMES:
        raise Refusal(f"outcome must be one of {', '.join(OUTCOMES)}")
    payout = system.payouts.load(payout_id)
    if payout is None:
        raise NotFound("this payout does not exist")
    if payout.status is not PayoutStatus.PROCESSING:
        raise OperationNotAllowed(f"the payout is {payout.status}")
    fact = Fact(payout.payout_id, payout.request_key, OUTCOMES[outcome])
    after = learned(payout, fact, system.now()) or payout
    try:
        return system.payouts.save(payout, replace(after, resolution=f"{by}: {reason}"))
    except LostRace:
        raise ConcurrentChange from None
