"""What an operator may set as a merchant's limit for payouts to persons (RG-6)."""

from typing import Any

import pytest

from tillgate.domain.merchants.account import DEFAULT_SCOPES, SCOPES, Client, Merchant
from tillgate.domain.merchants.payout_limits import MOST, PayoutLimit, check_limit
from tillgate.domain.shared.refusals import Refusal


def test_nobody_may_pay_out_by_default() -> None:
    """No scope, and nothing in any currency."""
    assert set(SCOPES) - set(DEFAULT_SCOPES) == {"payouts:write"}
    assert Client("cli_1", "mer_1", ()).scopes == DEFAULT_SCOPES
    limit = Merchant("mer_1", "Ada").payout_limit("EUR")
    assert (limit.per_payout, limit.per_day) == (0, 0)


@pytest.mark.parametrize("limit", [PayoutLimit(), PayoutLimit(1, 1, 0), PayoutLimit(0, MOST), PayoutLimit(MOST, MOST)])
def test_what_is_a_limit(limit: PayoutLimit) -> None:
    check_limit("EUR", limit)


@pytest.mark.parametrize(
    ("currency", "limit", "pointer"),
    [
        ("EURO", (1, 1, None), "/currency"),
        ("EUR", (-1, 1, None), "/per_payout"),
        ("EUR", (1, MOST + 1, None), "/per_day"),
        ("EUR", (True, 1, None), "/per_payout"),
        ("EUR", ("1", 1, None), "/per_payout"),
        ("EUR", (1, 1.5, None), "/per_day"),
        ("EUR", (None, 1, None), "/per_payout"),
        ("EUR", (1, 1, -1), "/approval_above"),
        ("EUR", (2, 1, None), "/per_payout"),
    ],
)
def test_what_is_none(currency: str, limit: Any, pointer: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_limit(currency, PayoutLimit(*limit))
    assert refused.value.pointer == pointer


@pytest.mark.parametrize(("above", "amount", "needs"), [(None, 10**9, False), (100, 100, False), (100, 101, True)])
def test_what_is_over_the_threshold_needs_approval(above: int | None, amount: int, needs: bool) -> None:
    assert PayoutLimit(MOST, MOST, above).needs_approval(amount) is needs
