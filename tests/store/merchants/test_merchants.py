"""The merchants table: what is kept for a minute."""

from dataclasses import dataclass

import pytest

from tests.functions.world import World
from tillgate.domain.merchants.account import Merchant
from tillgate.domain.merchants.vendor import Vendor
from tillgate.runtime.aws import client
from tillgate.store.merchants.accounts import Merchants


@dataclass
class Clock:
    seconds: float = 0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def merchants(world: World, clock: Clock) -> Merchants:
    return Merchants(client("dynamodb"), "MerchantsTable", clock)


def test_a_merchant_is_kept_for_a_minute(world: World, merchants: Merchants, clock: Clock) -> None:
    world.has(Merchant("mer_1", "Ada"))
    assert merchants.merchant("mer_1") == Merchant("mer_1", "Ada")
    world.has(Merchant("mer_1", "Ada", suspended=True))
    clock.seconds = 59
    assert merchants.merchant("mer_1") == Merchant("mer_1", "Ada")
    assert merchants.merchant("mer_1", fresh=True) == Merchant("mer_1", "Ada", suspended=True)
    clock.seconds = 60
    assert merchants.merchant("mer_1") == Merchant("mer_1", "Ada", suspended=True)


def test_what_is_not_there(merchants: Merchants) -> None:
    assert merchants.merchant("mer_9") is None
    assert merchants.vendor("mer_1", "ven_9") is None
    assert merchants.client("cli_9") is None
    assert merchants.vendors("mer_9") == []


def test_a_vendor_belongs_to_its_merchant(merchants: Merchants) -> None:
    vendor = Vendor("ven_1", "mer_1", "Theatre", "acct_1")
    merchants.create_vendor(vendor)
    assert merchants.vendor("mer_1", "ven_1") == vendor
    assert merchants.vendor("mer_2", "ven_1") is None
    assert merchants.vendors("mer_1") == [vendor]
