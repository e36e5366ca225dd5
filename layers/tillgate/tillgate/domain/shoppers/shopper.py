"""Shoppers and their addresses: personal data, kept apart from money facts so that it can be erased (CM-9, GO-7)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

MOST_ADDRESSES = 50  # a shopper is always read with all of them


@dataclass(frozen=True, slots=True)
class Address:
    """`country` is ISO 3166-1 alpha-2. An address never changes: another address has another key."""

    address_key: str
    line1: str
    city: str
    country: str
    created_at: datetime
    name: str | None = None
    line2: str | None = None
    postal_code: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Shopper:
    """A merchant's shopper. `shopper_reference` is the merchant's own and need not be unique."""

    shopper_key: str
    merchant_id: str
    created_at: datetime
    shopper_reference: str | None = None
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    locale: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    addresses: tuple[Address, ...] = ()

    @property
    def key(self) -> str:
        return self.shopper_key

    def address(self, address_key: str | None) -> Address | None:
        return next((address for address in self.addresses if address.address_key == address_key), None)
