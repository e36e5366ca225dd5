"""How often merchants and strangers may call (ADR 128)."""

import os
from collections.abc import Mapping
from typing import Any

from tillgate.domain.merchants.account import Merchant
from tillgate.store.shared.guards import Budget, address_name
from tillgate.use_cases.shared.metering import meter
from tillgate.wiring import System

BURST_SECONDS = 10  # a bucket holds what comes together in this time


def count_merchant(system: System, merchant: Merchant) -> None:
    """A call of a merchant. Raises `TooManyCalls`."""
    per_second = merchant.calls_per_second or float(os.environ.get("MERCHANT_CALLS_PER_SECOND", "100"))
    meter(
        system,
        f"MERCHANT#{merchant.merchant_id}",
        Budget(per_second, max(1, int(per_second * BURST_SECONDS))),
        f"this account may make {per_second:g} calls a second; slow down, or ask the operator for more",
    )


def count_stranger(system: System, context: Mapping[str, Any]) -> None:
    """A call without a token; `context` is its `requestContext` from API Gateway. Raises `TooManyCalls`."""
    address = str((context.get("identity") or {}).get("sourceIp") or "")
    if address:
        per_second = float(os.environ.get("ADDRESS_CALLS_PER_SECOND", "20"))
        budget = Budget(per_second, max(1, int(per_second * BURST_SECONDS)))
        meter(system, f"ADDRESS#{address_name(address)}", budget, "too many calls from your address; wait")
