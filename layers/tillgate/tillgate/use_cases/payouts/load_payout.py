"""Reads a payout for its owner."""

from tillgate.domain.payouts.payout import Payout
from tillgate.domain.shared.refusals import NotFound
from tillgate.wiring import System


def load_payout(system: System, payout_id: str, merchant_id: str) -> Payout:
    """Raises `NotFound`, also for another merchant's payout."""
    payout = system.payouts.load(payout_id)
    if payout is None or payout.merchant_id != merchant_id:
        raise NotFound("this payout does not exist")
    return payout
