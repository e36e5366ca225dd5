"""A vendor of a merchant (TH-4)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Vendor:
    vendor_id: str
    merchant_id: str
    name: str
    psp_account: str
    suspended: bool = False
