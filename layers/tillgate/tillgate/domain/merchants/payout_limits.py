"""What an account may pay out to persons (RG-6). An operator sets the limit; until then it is zero."""

from dataclasses import dataclass
from datetime import datetime

from tillgate.domain.shared.currencies import DECIMALS
from tillgate.domain.shared.refusals import Refusal

MOST = 10**15  # minor units


@dataclass(frozen=True, slots=True)
class PayoutLimit:
    """A limit in one currency, in minor units. Days are UTC.

    A payout above `approval_above` waits for an operator, the second person; None: no payout waits.
    """

    per_payout: int = 0
    per_day: int = 0
    approval_above: int | None = None
    set_by: str | None = None
    set_at: datetime | None = None
    reason: str | None = None

    def needs_approval(self, amount: int) -> bool:
        return self.approval_above is not None and amount > self.approval_above


NOTHING = PayoutLimit()


def check_limit(currency: str, limit: PayoutLimit) -> None:
    """Raises `Refusal` for an invalid limit."""
    if currency not in DECIMALS:
        raise Refusal("currency is a code of ISO 4217, such as EUR", "/currency")
    for name in ("per_payout", "per_day", "approval_above"):
        amount = getattr(limit, name)
        if amount is None and name == "approval_above":
            continue
        if type(amount) is not int or not 0 <= amount <= MOST:
            raise Refusal(f"{name} is an amount in minor units, 0 to {MOST}", f"/{name}")
    if limit.per_payout > limit.per_day:
        raise Refusal("one payout cannot be more than a day's", "/per_payout")
