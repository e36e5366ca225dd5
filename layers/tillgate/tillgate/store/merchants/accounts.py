"""The merchants table: accounts, their credentials and their vendors.

| what | pk | sk |
| --- | --- | --- |
| merchant | `MERCHANT#id` | `PROFILE` |
| vendor of a merchant | `MERCHANT#id` | `VENDOR#id` |
| API client | `CLIENT#id` | `CLIENT` |
| wrong guesses of a client's secret from one place | `GUESSES#id#place` | quarter of an hour |

Merchants and vendors are read often and change rarely: a process keeps them for a minute, so that a suspension bites
within that time and a warm call reads nothing here.
"""

import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tillgate.domain.merchants.account import SCOPES, Client, Merchant
from tillgate.domain.merchants.vendor import Vendor
from tillgate.runtime.backoff import tries
from tillgate.store.shared.conditions import succeeds, write
from tillgate.store.shared.documents import from_json, to_json
from tillgate.store.shared.failures import Contended
from tillgate.store.shared.reading import Lookup

KEPT_SECONDS = 60
TRIES = 8  # every race has a winner


def _document(value: Merchant | Vendor | Client) -> str:
    """The JSON to store. Raises ValueError if it could not be read again, which would lock the account out."""
    try:
        document = to_json(value)
    except TypeError as error:
        raise ValueError(str(error)) from None
    from_json(type(value), document)
    return document


class Merchants:
    def __init__(self, dynamodb: Any, table: str, now: Callable[[], float] = time.monotonic) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._now = now
        self._kept: dict[tuple[str, str], tuple[float, Any]] = {}

    def merchant(self, merchant_id: str, *, fresh: bool = False) -> Merchant | None:
        if not fresh:
            return self._keep(Merchant, f"MERCHANT#{merchant_id}", "PROFILE")
        document = self._read(f"MERCHANT#{merchant_id}", "PROFILE")
        return from_json(Merchant, document) if document else None

    def lookup(self, merchant_id: str) -> Lookup[Merchant | None]:
        """The account as stored now."""
        place = (self._table, f"MERCHANT#{merchant_id}", "PROFILE")
        return Lookup(place, lambda item: from_json(Merchant, item["document"]["S"]) if item else None)

    def change_merchant(self, merchant_id: str, change: Callable[[Merchant], Merchant]) -> Merchant:
        """Reads, changes and writes an account, and retries if it was changed in the meantime.

        Raises KeyError if there is none, and `Contended` if others keep writing it.
        """
        for _ in tries(TRIES):
            document = self._read(f"MERCHANT#{merchant_id}", "PROFILE")
            if document is None:
                raise KeyError(merchant_id)
            changed = change(from_json(Merchant, document))
            if self._replace(f"MERCHANT#{merchant_id}", "PROFILE", document, _document(changed)):
                self._kept.pop((f"MERCHANT#{merchant_id}", "PROFILE"), None)
                return changed
        raise Contended(f"the account {merchant_id} is being changed by others")

    def vendor(self, merchant_id: str, vendor_id: str) -> Vendor | None:
        return self._keep(Vendor, f"MERCHANT#{merchant_id}", f"VENDOR#{vendor_id}")

    def client(self, client_id: str) -> Client | None:
        document = self._read(f"CLIENT#{client_id}", "CLIENT")
        if document is None:
            return None
        # A client from before scopes existed has all of them.
        return from_json(Client, json.dumps({"scopes": SCOPES} | json.loads(document)))

    def vendors(self, merchant_id: str) -> list[Vendor]:
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :vendor)",
            ExpressionAttributeValues={":pk": {"S": f"MERCHANT#{merchant_id}"}, ":vendor": {"S": "VENDOR#"}},
        )
        return [from_json(Vendor, item["document"]["S"]) for page in pages for item in page["Items"]]

    def save_merchant(self, merchant: Merchant) -> None:
        self._write(f"MERCHANT#{merchant.merchant_id}", "PROFILE", _document(merchant))

    def save_vendor(self, vendor: Vendor) -> None:
        self._write(f"MERCHANT#{vendor.merchant_id}", f"VENDOR#{vendor.vendor_id}", _document(vendor))

    def save_client(self, client: Client) -> None:
        self._write(f"CLIENT#{client.client_id}", "CLIENT", _document(client))

    def delete_client(self, client_id: str) -> None:
        key = {"pk": {"S": f"CLIENT#{client_id}"}, "sk": {"S": "CLIENT"}}
        write(self._dynamodb.delete_item, TableName=self._table, Key=key)

    def add_secret(self, client: Client, secret_hash: str, most: int) -> Client:
        """The newest `most` secrets stay valid, so that a rotation has no downtime."""
        changed = replace(client, secret_hashes=(secret_hash, *client.secret_hashes)[:most])
        self.save_client(changed)
        return changed

    def _keep[T](self, kind: type[T], pk: str, sk: str) -> T | None:
        found: T | None
        at, found = self._kept.get((pk, sk), (None, None))
        if at is None or self._now() - at >= KEPT_SECONDS:
            document = self._read(pk, sk)
            found = from_json(kind, document) if document else None
            self._kept[pk, sk] = (self._now(), found)
        return found

    def _read(self, pk: str, sk: str) -> str | None:
        answer = self._dynamodb.get_item(
            TableName=self._table, Key={"pk": {"S": pk}, "sk": {"S": sk}}, ConsistentRead=True
        )
        return answer["Item"]["document"]["S"] if "Item" in answer else None

    def _replace(self, pk: str, sk: str, old: str, new: str) -> bool:
        """False if it has been changed since."""
        return succeeds(
            self._dynamodb.update_item,
            TableName=self._table,
            Key={"pk": {"S": pk}, "sk": {"S": sk}},
            UpdateExpression="SET document = :new",
            ConditionExpression="document = :old",
            ExpressionAttributeValues={":new": {"S": new}, ":old": {"S": old}},
        )

    def _write(self, pk: str, sk: str, document: str) -> None:
        item = {"pk": {"S": pk}, "sk": {"S": sk}, "document": {"S": document}}
        write(self._dynamodb.put_item, TableName=self._table, Item=item)
