"""Which payment methods apply to an order, as the API shows it (IS-5)."""

from collections.abc import Mapping
from typing import Any

from tillgate.domain.payments.methods import METHODS


def offer_view(
    method: str, connector: str | None, why_not: str | None, can: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Whether a method applies to an order, and if not, why; and what can be done with it (IS-5, TH-11)."""
    return {
        "method": method,
        "applies": why_not is None,
        "connector": connector,
        "limited": METHODS[method].limited,
        "reasons": [why_not] if why_not else [],
        "can": dict(can) if can else None,
    }
