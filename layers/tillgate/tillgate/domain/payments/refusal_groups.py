"""Whose matter a refused payment is, by its reason code: few groups, since each is a series of metrics (ADR 152)."""

from collections.abc import Mapping
from enum import StrEnum


class RefusalGroup(StrEnum):
    """Who has to do something if many payments are refused like that."""

    SHOPPER = "SHOPPER"  # gave up, or has to do it otherwise: nobody
    BANK = "BANK"  # the shopper's bank, or a check against fraud, has said no
    PSP = "PSP"  # an error of the PSP's or of ours, or no reason was told


_OF: Mapping[str, RefusalGroup] = {
    **dict.fromkeys(
        (
            *("CANCELLED_BY_PAYER", "CANCELLED_BY_PAYER_AT_BANK", "BANK_NOT_FOUND", "MANUAL_TRANSFER_REQUESTED"),
            *("AUTHENTICATION_REQUIRED", "EXPIRED_INSTRUMENT"),
        ),
        RefusalGroup.SHOPPER,
    ),
    **dict.fromkeys(
        (
            *("INSUFFICIENT_AMOUNT", "AML_BLOCKED", "REJECTED_BY_BANK", "REFUSED", "SUSPECTED_FRAUD"),
            "CARD_LOST_OR_STOLEN",
        ),
        RefusalGroup.BANK,
    ),
    **dict.fromkeys(("PSP_ERROR", "TRY_AGAIN_LATER", "OTHER"), RefusalGroup.PSP),
}


def refusal_group(reason_code: str | None) -> RefusalGroup:
    return _OF.get(reason_code or "", RefusalGroup.PSP)
