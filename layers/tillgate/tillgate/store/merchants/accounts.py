"""The merchants table: accounts, their credentials and their vendors.

| what | pk | sk |
| --- | --- | --- |
| merchant | `MERCHANT#id` | `PROFILE` |
| vendor of a merchant | `MERCHANT#id` | `VENDOR#id` |
| API client | `CLIENT#id` | `CLIENT` |
| keys of access tokens (see `token_keys`) | `TOKEN_KEYS`, `TOKEN_SIGNING_KEYS` | |
| wrong guesses of a client's secret from one place | `GUESSES#id#place` | quarter of an hour |
| who changed an account (see `history`) | `HISTORY#merchant` | instant `#` entry id |

Merchants and vendors are read often and change rarely: a process keeps them for a minute, so that a suspension bites
within that time and a warm call reads nothing here. All is written with conditions (see `items`).
"""

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from tillgate.domain.merchants.account import SCOPES, Client, Merchant
from tillgate.domain.merchants.vendor import Vendor
from tillgate.store.merchants.items import Action, Items, Missing, Place, utc_now
from tillgate.store.shared.documents import from_json
from tillgate.store.shared.idempotency import Record
from tillgate.store.shared.reading import Lookup
from tillgate.store.shared.transactions import Cancelled


def of_merchant(merchant_id: str) -> Place[Merchant]:
    return Place(Merchant, f"MERCHANT#{merchant_id}", "PROFILE")


def of_vendor(merchant_id: str, vendor_id: str) -> Place[Vendor]:
    return Place(Vendor, f"MERCHANT#{merchant_id}", f"VENDOR#{vendor_id}")


def of_client(client_id: str) -> Place[Client]:
    """A client from before scopes existed has all of them."""
    return Place(Client, f"CLIENT#{client_id}", "CLIENT", {"scopes": [*SCOPES]})


class Merchants:
    """`keys_table` holds the idempotency keys: they are written with what they guard.

    Raises what `Items` raises: `Taken`, `Missing`, `Contended`, and ValueError for what could not be read again.
    """

    def __init__(
        self,
        dynamodb: Any,
        table: str,
        now: Callable[[], float] = time.monotonic,
        keys_table: str = "",
        wall: Callable[[], datetime] = utc_now,
    ) -> None:
        self._dynamodb = dynamodb
        self._keys_table = keys_table
        self.items = Items(dynamodb, table, now, wall)

    def merchant(self, merchant_id: str, *, fresh: bool = False) -> Merchant | None:
        place = of_merchant(merchant_id)
        return self.items.read(place) if fresh else self.items.kept(place)

    def all(self) -> Iterator[Merchant]:
        """Every account in no order, as stored now, for what runs once in a while: it reads the whole table's keys."""
        found = (self.merchant(each, fresh=True) for each in self.merchant_ids())
        return (each for each in found if each)

    def lookup(self, merchant_id: str) -> Lookup[Merchant | None]:
        """The account as stored now."""
        place = of_merchant(merchant_id)
        return Lookup(
            (self.items.table, place.pk, place.sk), lambda item: place.value(item["document"]["S"]) if item else None
        )

    def create_merchant(self, merchant: Merchant) -> None:
        self.items.create(of_merchant(merchant.merchant_id), merchant)

    def change_merchant(
        self, merchant_id: str, change: Callable[[Merchant], Merchant], record: Record[Merchant] | None = None
    ) -> Merchant:
        """Raises `KeyTaken` too."""
        if record is None:
            return self.items.change(of_merchant(merchant_id), change)
        try:
            return self.items.change(
                of_merchant(merchant_id), change, lambda after: [record.action(self._keys_table, after)]
            )
        except Cancelled as cancelled:
            cancelled.raise_if_key_taken(1)
            raise

    def vendor(self, merchant_id: str, vendor_id: str) -> Vendor | None:
        return self.items.kept(of_vendor(merchant_id, vendor_id))

    def vendor_for(self, merchant_id: str, vendor_id: str) -> tuple[Vendor, Action] | None:
        """As stored now, and the condition, for the transaction of a payout, that it still is."""
        return self.items.read_for(of_vendor(merchant_id, vendor_id))

    def merchant_ids(self) -> Iterator[str]:
        """All merchants, in no order. For operators alone: it reads the whole table, which is small."""
        pages = self._dynamodb.get_paginator("scan").paginate(
            TableName=self.items.table,
            FilterExpression="sk = :profile",
            Select="SPECIFIC_ATTRIBUTES",  # what its grant is for
            ProjectionExpression="pk",
            ExpressionAttributeValues={":profile": {"S": "PROFILE"}},
        )
        for page in pages:
            yield from (item["pk"]["S"].removeprefix("MERCHANT#") for item in page["Items"])

    def vendors(self, merchant_id: str) -> list[Vendor]:
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self.items.table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :vendor)",
            ExpressionAttributeValues={":pk": {"S": f"MERCHANT#{merchant_id}"}, ":vendor": {"S": "VENDOR#"}},
        )
        return [from_json(Vendor, item["document"]["S"]) for page in pages for item in page["Items"]]

    def create_vendor(self, vendor: Vendor) -> None:
        self.items.create(of_vendor(vendor.merchant_id, vendor.vendor_id), vendor)

    def change_vendor(self, merchant_id: str, vendor_id: str, change: Callable[[Vendor], Vendor]) -> Vendor:
        return self.items.change(of_vendor(merchant_id, vendor_id), change)

    def client(self, client_id: str) -> Client | None:
        return self.items.read(of_client(client_id))

    def create_client(self, client: Client) -> None:
        self.items.create(of_client(client.client_id), client)

    def change_client(self, client_id: str, change: Callable[[Client], Client]) -> Client:
        return self.items.change(of_client(client_id), change)

    def delete_client(self, client: Client, change: Callable[[Merchant], Merchant]) -> Merchant:
        """Deletes it with a change of its merchant, both or neither."""
        gone = self.items.deletion(of_client(client.client_id), client)
        try:
            return self.items.change(of_merchant(client.merchant_id), change, lambda _: gone)
        except Cancelled:
            raise Missing(client.client_id) from None
