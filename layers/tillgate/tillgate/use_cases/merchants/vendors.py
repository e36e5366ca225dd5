"""Operators' work on the accounts of a merchant's vendors."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tillgate.domain.merchants.vendor import Vendor, approved, called_off, with_account
from tillgate.domain.shared.refusals import NotFound
from tillgate.store.merchants.items import Missing
from tillgate.use_cases.merchants.accounts import find_merchant, random_part
from tillgate.wiring import System


def create_vendor(system: System, merchant_id: str, *, name: str, psp_account: str) -> dict[str, Any]:
    """Its first account is valid at once: no money of the vendor can be waiting for anyone yet."""
    find_merchant(system, merchant_id)
    vendor = Vendor(f"ven_{random_part()}", merchant_id, name, psp_account)
    system.merchants.create_vendor(vendor)
    return {"vendor_id": vendor.vendor_id}


def update_vendor(
    system: System,
    merchant_id: str,
    vendor_id: str,
    *,
    name: str | None = None,
    psp_account: str | None = None,
    by: str | None = None,
) -> dict[str, Any]:
    """Changes name or psp_account. A new account waits for `System.vendor_account_delay` or a second person's approval;
    until then payouts to the vendor wait too.
    """

    def changed(vendor: Vendor) -> Vendor:
        vendor = vendor if name is None else replace(vendor, name=name)
        if psp_account is None:
            return vendor
        return with_account(vendor, psp_account, by or "", system.now(), system.vendor_account_delay)

    return vendor_view(system, _changed_vendor(system, merchant_id, vendor_id, changed))


def approve_vendor_account(
    system: System, merchant_id: str, vendor_id: str, psp_account: str, *, by: str
) -> dict[str, Any]:
    """The new account is valid at once. `psp_account`: the one that is meant. Raises `OperationNotAllowed`."""
    vendor = _changed_vendor(
        system, merchant_id, vendor_id, lambda vendor: approved(vendor, psp_account, by, system.now())
    )
    return vendor_view(system, vendor)


def call_off_vendor_account(system: System, merchant_id: str, vendor_id: str) -> dict[str, Any]:
    """The previous account stays, and payouts go on. Raises `OperationNotAllowed`."""
    vendor = _changed_vendor(system, merchant_id, vendor_id, lambda vendor: called_off(vendor, system.now()))
    return vendor_view(system, vendor)


def vendor_view(system: System, vendor: Vendor) -> dict[str, Any]:
    """`psp_account`: where its money goes now. `new_account`: the one that waits, and until when; else null."""
    now = system.now()
    new = vendor.waiting(now)
    waiting = (
        {
            "psp_account": new.psp_account,
            "asked_by": new.asked_by,
            "valid_from": new.valid_from.isoformat(timespec="seconds").replace("+00:00", "Z"),
        }
        if new
        else None
    )
    return {
        "vendor_id": vendor.vendor_id,
        "name": vendor.name,
        "psp_account": vendor.account_at(now),
        "suspended": vendor.suspended,
        "new_account": waiting,
    }


def suspend_vendor(system: System, merchant_id: str, vendor_id: str, suspended: bool) -> dict[str, Any]:
    _changed_vendor(system, merchant_id, vendor_id, lambda vendor: replace(vendor, suspended=suspended))
    return {"vendor_id": vendor_id, "suspended": suspended}


def _changed_vendor(system: System, merchant_id: str, vendor_id: str, change: Callable[[Vendor], Vendor]) -> Vendor:
    try:
        return system.merchants.change_vendor(merchant_id, vendor_id, change)
    except Missing:
        raise NotFound("this vendor does not exist") from None
