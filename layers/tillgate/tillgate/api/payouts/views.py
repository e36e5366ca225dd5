"""Views of a payout and of the ledger entries that it pays."""

from typing import Any

from tillgate.api.http.instants import instant
from tillgate.domain.ledger.entries import Entry
from tillgate.domain.payouts.payout import Payout, PayoutStatus


def payout_view(payout: Payout) -> dict[str, Any]:
    view: dict[str, Any] = {
        "payout_id": payout.payout_id,
        "status": payout.status,
        "pending": payout.status is PayoutStatus.PROCESSING,
        "amount": payout.amount,
        "currency": payout.currency,
        "connector": payout.connector,
        "reason_code": payout.reason_code,
        "psp_reference": payout.psp_reference,
        "attempts": payout.attempt,
        "paid_at": instant(payout.paid_at) if payout.paid_at else None,
        "created_at": instant(payout.created_at),
        "updated_at": instant(payout.updated_at),
    }
    return view | (_of_vendor(payout) if payout.vendor_id else _of_person(payout))


def _of_vendor(payout: Payout) -> dict[str, Any]:
    """In `totals`, captured - fees - refunded + returned + adjusted is the amount. `held`: the vendor owes money."""
    return {
        "vendor_id": payout.vendor_id,
        "held": payout.is_held,
        "opening_balance": payout.opening_balance,
        "entry_count": payout.entries,
        "totals": {"adjusted": 0, "disputed": 0, **payout.totals},
    }


def _of_person(payout: Payout) -> dict[str, Any]:
    given = {"shopper_key": payout.shopper_key, "description": payout.description}
    return {
        "payout_reference": payout.payout_reference,
        "metadata": dict(payout.metadata),
        "approval": payout.approval,
        **{name: value for name, value in given.items() if value is not None},
    }


def entry_view(entry: Entry) -> dict[str, Any]:
    """`amount` is what the vendor gets for it; negative if it is deducted."""
    return {
        "entry_id": entry.entry_id,
        "kind": entry.kind,
        "reference": entry.reference,
        "amount": entry.earned,
        "currency": entry.currency,
        "at": instant(entry.at),
        **({"by": entry.by, "reason": entry.reason} if entry.reason else {}),
    }
