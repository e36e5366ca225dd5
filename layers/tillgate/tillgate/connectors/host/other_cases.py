"""Cases that are no payments: the storing of an instrument, a payout."""

from collections.abc import Mapping

from tillgate.connectors.host.cases import Urls
from tillgate.connectors.v1 import Case, Kind, Op, Outcome
from tillgate.domain.payouts.payout import Payout, PayoutStatus
from tillgate.domain.shoppers.saved_instruments import SavedInstrument

_PAID_OUT = {
    PayoutStatus.PAID: Outcome.SUCCEEDED,
    PayoutStatus.FAILED: Outcome.FAILED,
    PayoutStatus.RETURNED: Outcome.REVERSED,
}


def of_registration(
    saved: SavedInstrument,
    urls: Urls,
    instrument: Mapping[str, str] | None = None,
    shopper_memory: Mapping[str, str] | None = None,
) -> Case:
    """The storing of an instrument without a payment; its token is its id and the key of its request."""
    stored = {"token": saved.at_psp.psp_token} if saved.at_psp else None
    return Case(
        id=saved.token,
        merchant=saved.merchant_id,
        order_reference="",
        method=saved.method,
        amount=0,
        currency="",
        created_at=saved.created_at,
        return_url=f"{urls.back(saved.token)}?merchant_id={saved.merchant_id}",
        notify_url=urls.notifications,
        ops=(Op(id=saved.token, kind=Kind.SETUP, amount=0, requested_at=saved.created_at),),
        instrument=instrument or stored,
        saves_as=saved.token,
        shopper={"key": saved.shopper_key},
        shopper_memory=shopper_memory or {},
    )


def of_payout(payout: Payout, urls: Urls, token: str | None = None) -> Case:
    """One operation for each attempt: earlier ones have failed. `token`: the PSP's own, of the receiver."""
    earlier = (_attempt(payout, number, Outcome.FAILED) for number in range(1, payout.attempt))
    latest = _attempt(payout, payout.attempt, _PAID_OUT.get(payout.status))
    return Case(
        id=payout.payout_id,
        merchant=payout.merchant_id,
        order_reference=payout.payout_reference or "",
        method="",
        amount=payout.amount,
        currency=payout.currency,
        created_at=payout.created_at,
        notify_url=urls.notifications,
        ops=(*earlier, latest),
        reference=payout.psp_reference,
        instrument={"token": token} if token else None,
        shopper={"key": payout.shopper_key} if payout.shopper_key else {},
        description=payout.description or "",
        account=payout.account,
    )


def _attempt(payout: Payout, number: int, outcome: Outcome | None) -> Op:
    return Op(
        id=f"{payout.payout_id}-{number}",
        kind=Kind.PAYOUT,
        amount=payout.amount,
        requested_at=payout.updated_at,
        outcome=outcome,
    )
