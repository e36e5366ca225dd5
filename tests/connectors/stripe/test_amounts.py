"""Minor units: Stripe's differ from ISO 4217 for a few currencies."""

import pytest

from tillgate.connectors.stripe.amounts import NotPayable, from_stripe, to_bank, to_stripe
from tillgate.domain.shared.currencies import DECIMALS

# As Stripe's table has them.
ZERO = ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"]
IN_HUNDREDTHS = ["ISK", "UGX"]  # of no decimals; written with two at Stripe
THREE = ["BHD", "JOD", "KWD", "OMR", "TND"]
TWO = ["EUR", "USD", "GBP", "HUF", "TWD", "COP", "IDR"]


def at_stripe(currency: str) -> int:
    """Stripe's decimals, by its table."""
    return 0 if currency in ZERO else 3 if currency in THREE else 2


@pytest.mark.parametrize("currency", [*ZERO, *IN_HUNDREDTHS, *THREE, *TWO])
def test_the_same_money_is_sent_and_comes_back(currency: str) -> None:
    ours = 120 * 10 ** DECIMALS[currency]
    assert to_stripe(ours, currency) == 120 * 10 ** at_stripe(currency)
    assert from_stripe(to_stripe(ours, currency), currency) == ours


@pytest.mark.parametrize(("amount", "currency"), [(5124, "KWD"), (1001, "TND"), (50001, "MGA")])
def test_an_amount_is_refused_and_never_rounded(amount: int, currency: str) -> None:
    with pytest.raises(NotPayable):
        to_stripe(amount, currency)


@pytest.mark.parametrize("currency", IN_HUNDREDTHS)
def test_a_part_of_the_least_unit_is_no_amount_of_ours(currency: str) -> None:
    with pytest.raises(NotPayable):
        from_stripe(150, currency)


@pytest.mark.parametrize("currency", ["HUF", "TWD"])
def test_a_bank_is_paid_whole_forints_and_dollars(currency: str) -> None:
    assert to_bank(1000, currency) == to_stripe(1000, currency) == 1000
    assert to_stripe(1050, currency) == 1050
    with pytest.raises(NotPayable):
        to_bank(1050, currency)
