"""A shopper's saved instruments, newest first (RG-5)."""

from tillgate.domain.shared.refusals import NotFound
from tillgate.store.shoppers.saved_instruments import Page
from tillgate.wiring import System


def list_instruments(system: System, merchant_id: str, shopper_key: str, *, limit: int, before: str | None) -> Page:
    """Raises `NotFound`, also for another merchant's shopper and for an erased one."""
    page = system.instruments.page(merchant_id, shopper_key, limit, before)
    if not page.has_shopper:
        raise NotFound("this shopper does not exist")
    return page
