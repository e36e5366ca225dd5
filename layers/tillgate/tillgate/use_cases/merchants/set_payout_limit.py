"""An operator sets how much a merchant may pay out to persons in a currency (RG-6)."""

from dataclasses import replace

from tillgate.domain.merchants.account import Merchant
from tillgate.domain.merchants.payout_limits import PayoutLimit, check_limit
from tillgate.domain.shared.refusals import Refusal
from tillgate.use_cases.merchants.accounts import changed_merchant
from tillgate.wiring import System


def set_payout_limit(system: System, merchant_id: str, currency: str, limit: PayoutLimit) -> Merchant:
    """Effective everywhere within a minute; today's payouts still count. Raises `Refusal` for an invalid limit."""
    if not (limit.set_by or "").strip() or not (limit.reason or "").strip():
        raise Refusal("pass who decides (by) and why (reason)")
    check_limit(currency, limit)

    def changed(merchant: Merchant) -> Merchant:
        return replace(merchant, payout_limits=merchant.payout_limits | {currency: limit})

    return changed_merchant(system, merchant_id, changed)
