"""An operator blocks an instrument for a merchant, by its fingerprint, or lifts that (US-3)."""

import re
from dataclasses import replace
from typing import Any

from tillgate.domain.merchants.account import Merchant
from tillgate.domain.shared.refusals import NotFound, Refusal
from tillgate.runtime.telemetry import logger
from tillgate.use_cases.operators.resolve import check_who_and_why
from tillgate.wiring import System

MOST_BLOCKED = 500  # they stand in the account, which every call reads
_FINGERPRINT = re.compile(r"[0-9a-f]{24}")


def block_instrument(
    system: System, merchant_id: str, fingerprint: str, *, blocked: bool, by: str, reason: str
) -> dict[str, Any]:
    """Effective everywhere within a minute. Idempotent. Raises `Refusal`, `NotFound`."""
    check_who_and_why(by, reason)
    if not _FINGERPRINT.fullmatch(fingerprint):
        raise Refusal("the fingerprint is that of a payment, as the API shows it", "/fingerprint")

    def changed(merchant: Merchant) -> Merchant:
        others = tuple(each for each in merchant.blocked_fingerprints if each != fingerprint)
        if blocked and len(others) >= MOST_BLOCKED:
            raise Refusal(f"an account can block at most {MOST_BLOCKED} instruments", "/fingerprint")
        return replace(merchant, blocked_fingerprints=(*others, fingerprint) if blocked else others)

    try:
        merchant = system.merchants.change_merchant(merchant_id, changed)
    except KeyError:
        raise NotFound("this merchant does not exist") from None
    who = {"merchant_id": merchant_id, "fingerprint": fingerprint, "by": by, "reason": reason}
    logger.info("instrument blocked" if blocked else "instrument unblocked", extra=who)
    return {"merchant_id": merchant_id, "blocked_fingerprints": list(merchant.blocked_fingerprints)}
