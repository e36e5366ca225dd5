"""Creates shoppers and their addresses, apart from orders, which refer to them by their keys (CM-9)."""

from collections.abc import Callable, Mapping
from typing import Any

from tillgate.domain.shared.refusals import NotFound, OperationNotAllowed
from tillgate.domain.shoppers.shopper import MOST_ADDRESSES, Address, Shopper
from tillgate.runtime.backoff import tries
from tillgate.store.shared.transactions import LostRace
from tillgate.store.shoppers.shoppers import NoRoom
from tillgate.use_cases.shared.email_keys import email_key
from tillgate.use_cases.shared.idempotency import IdempotencyGuard
from tillgate.use_cases.shared.load_order import TRIES, ConcurrentChange
from tillgate.use_cases.shared.random_keys import random_key
from tillgate.wiring import System


def create_shopper(
    system: System, merchant_id: str, fields: Mapping[str, Any], guard: IdempotencyGuard[Shopper]
) -> Shopper:
    shopper = Shopper(random_key("shp"), merchant_id, created_at=system.now(), **fields)
    found_by = email_key(system, shopper.email)
    return _in_time(lambda: system.shoppers.create(shopper, guard.at_once(), found_by))


def load_shopper(system: System, merchant_id: str, shopper_key: str) -> Shopper:
    """Raises `NotFound`, also for another merchant's shopper and for an erased one."""
    shopper = system.shoppers.load(merchant_id, shopper_key)
    if shopper is None:
        raise NotFound("this shopper does not exist")
    return shopper


def add_address(
    system: System, merchant_id: str, shopper_key: str, fields: Mapping[str, Any], guard: IdempotencyGuard[Shopper]
) -> tuple[Shopper, str]:
    """The shopper, and the new address's key."""
    address = Address(random_key("adr"), created_at=system.now(), **fields)

    def add() -> Shopper:
        shopper = load_shopper(system, merchant_id, shopper_key)
        try:
            return system.shoppers.add_address(shopper, address, guard.at_once(address.address_key))
        except NoRoom:
            if len(shopper.addresses) < MOST_ADDRESSES:
                raise LostRace from None  # erased just now, or the last free place was taken
            raise OperationNotAllowed(f"a shopper can have at most {MOST_ADDRESSES} addresses") from None

    return _in_time(add), address.address_key


def _in_time(write: Callable[[], Shopper]) -> Shopper:
    for _ in tries(TRIES):
        try:
            return write()
        except LostRace:
            continue
    raise ConcurrentChange
