"""What needs an operator of a payout, if anything (GO-4): at most one thing at a time.

A vendor's payout that was RETURNED needs somebody until the vendor's next payout begins, which takes the money.
"""

from datetime import datetime

from tillgate.domain.operators.work_list import LONG, Kind, Trouble
from tillgate.domain.orders.why import Say
from tillgate.domain.payouts.payout import Payout, PayoutStatus


def trouble_of(payout: Payout, say: Say = str) -> Trouble | None:
    if (kind := _kind(payout)) is None:
        return None
    to = f"vendor {payout.vendor_id}" if payout.vendor_id else "a person"
    what = {
        Kind.PAYOUT_APPROVAL: "waits to be approved or refused",
        Kind.NO_OUTCOME: f"has no outcome ({payout.payout_id})",
        Kind.VENDOR_NOT_PAID: f"is {payout.status}: {payout.reason_code} ({payout.payout_id})",
    }[kind]
    whose = {"payout_id": payout.payout_id}
    ways = {
        Kind.PAYOUT_APPROVAL: ({"action": "approve_payout", **whose}, {"action": "refuse_payout", **whose}),
        Kind.NO_OUTCOME: tuple(
            {"action": "resolve_payout", "outcome": outcome, **whose}
            for outcome in (PayoutStatus.PAID, PayoutStatus.FAILED)
        ),
        Kind.VENDOR_NOT_PAID: (
            {"action": "retry_work", "item": payout.payout_id},
            {"action": "suspend_vendor", "merchant_id": payout.merchant_id, "vendor_id": payout.vendor_id},
        ),
    }[kind]
    return Trouble(kind, f"{say(payout.amount)} {payout.currency} to {to} {what}", payout.amount, ways)


def waits_since(payout: Payout) -> datetime:
    """Since when its receiver waits for the money."""
    return payout.updated_at if payout.status is PayoutStatus.RETURNED else payout.created_at


def _kind(payout: Payout) -> Kind | None:
    if payout.waits_for_operator:
        return Kind.PAYOUT_APPROVAL
    if payout.status is PayoutStatus.PROCESSING and payout.checks >= LONG:
        return Kind.NO_OUTCOME
    refused = payout.status is PayoutStatus.FAILED and payout.amount > 0
    if payout.vendor_id and (refused or payout.status is PayoutStatus.RETURNED):
        return Kind.VENDOR_NOT_PAID
    return None
