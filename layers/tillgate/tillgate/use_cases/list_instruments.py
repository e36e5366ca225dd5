"""A shopper's saved instruments, newest first (RG-5)."""

from tillgate.domain.instruments import SavedInstrument
from tillgate.wiring import System


def list_instruments(
    system: System, merchant_id: str, shopper_key: str, *, limit: int, before: str | None
) -> tuple[list[SavedInstrument], bool]:
    """And whether there are more. Raises `NotFound` for a shopper of another merchant."""
    return system.instruments.page(shopper_key, limit, before)
