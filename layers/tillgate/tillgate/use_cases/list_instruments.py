"""A shopper's saved instruments, newest first (RG-5)."""

from tillgate.domain.instruments import SavedInstrument
from tillgate.wiring import System

from .shoppers import load_shopper


def list_instruments(
    system: System, merchant_id: str, shopper_key: str, *, limit: int, before: str | None
) -> tuple[list[SavedInstrument], bool]:
    """And whether there are more. Raises `NotFound` for a shopper of another merchant."""
    found, more = system.instruments.page(merchant_id, shopper_key, limit, before)
    if not found:
        load_shopper(system, merchant_id, shopper_key)
    return found, more
