"""The merchants table: accounts, their credentials and vendors.

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

from pydantic import TypeAdapter

from tillgate.domain.merchants.account import SCOPES, Client, Merchant
from tillgate.domain.merchants.vendor import Vendor
from tillgate.store.shared.conditions import succeeds

KEPT_SECONDS = 60


_MERCHANT = TypeAdapter(Merchant)
_VENDOR = TypeAdapter(Vendor)
_CLIENT = TypeAdapter(Client)
_ALL_SCOPES = {"scopes": SCOPES}  # of a client that was made before clients had scopes


def _document[T](adapter: TypeAdapter[T], value: T) -> bytes:
    """The JSON to store. Raises ValueError for what could not be read again: an account must not lock itself out."""
    document = adapter.dump_json(value, warnings=False)
    adapter.validate_json(document)
    return document


class Merchants:
    def __init__(self, dynamodb: Any, table: str, now: Callable[[], float] = time.monotonic) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._now = now
        self._kept: dict[tuple[str, str], tuple[float, str | None]] = {}

    def merchant(self, merchant_id: str, *, fresh: bool = False) -> Merchant | None:
        read = self._read if fresh else self._keep
        document = read(f"MERCHANT#{merchant_id}", "PROFILE")
        return _MERCHANT.validate_json(document) if document else None

    def change_merchant(self, merchant_id: str, change: Callable[[Merchant], Merchant]) -> Merchant:
        """Reads, changes and writes an account, again if somebody else wrote it meanwhile. Raises KeyError."""
        while True:
            document = self._read(f"MERCHANT#{merchant_id}", "PROFILE")
            if document is None:
                raise KeyError(merchant_id)
            changed = change(_MERCHANT.validate_json(document))
            if self._replace(f"MERCHANT#{merchant_id}", "PROFILE", document, _document(_MERCHANT, changed)):
                self._kept.pop((f"MERCHANT#{merchant_id}", "PROFILE"), None)
                return changed

    def vendor(self, merchant_id: str, vendor_id: str) -> Vendor | None:
        document = self._keep(f"MERCHANT#{merchant_id}", f"VENDOR#{vendor_id}")
        return _VENDOR.validate_json(document) if document else None

    def client(self, client_id: str) -> Client | None:
        document = self._read(f"CLIENT#{client_id}", "CLIENT")
        return _CLIENT.validate_python(_ALL_SCOPES | json.loads(document)) if document else None

    def vendors(self, merchant_id: str) -> list[Vendor]:
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :vendor)",
            ExpressionAttributeValues={":pk": {"S": f"MERCHANT#{merchant_id}"}, ":vendor": {"S": "VENDOR#"}},
        )
        return [_VENDOR.validate_json(item["document"]["S"]) for page in pages for item in page["Items"]]

    def save_merchant(self, merchant: Merchant) -> None:
        self._write(f"MERCHANT#{merchant.merchant_id}", "PROFILE", _document(_MERCHANT, merchant))

    def save_vendor(self, vendor: Vendor) -> None:
        self._write(f"MERCHANT#{vendor.merchant_id}", f"VENDOR#{vendor.vendor_id}", _document(_VENDOR, vendor))

    def save_client(self, client: Client) -> None:
        self._write(f"CLIENT#{client.client_id}", "CLIENT", _document(_CLIENT, client))

    def delete_client(self, client_id: str) -> None:
        self._dynamodb.delete_item(
            TableName=self._table, Key={"pk": {"S": f"CLIENT#{client_id}"}, "sk": {"S": "CLIENT"}}
        )

    def add_secret(self, client: Client, secret_hash: str, most: int) -> Client:
        """The newest `most` secrets stay valid, so that a rotation has no downtime."""
        changed = replace(client, secret_hashes=(secret_hash, *client.secret_hashes)[:most])
        self.save_client(changed)
        return changed

    def _keep(self, pk: str, sk: str) -> str | None:
        kept = self._kept.get((pk, sk))
        if kept and self._now() - kept[0] < KEPT_SECONDS:
            return kept[1]
        document = self._read(pk, sk)
        self._kept[pk, sk] = (self._now(), document)
        return document

    def _read(self, pk: str, sk: str) -> str | None:
        answer = self._dynamodb.get_item(
            TableName=self._table, Key={"pk": {"S": pk}, "sk": {"S": sk}}, ConsistentRead=True
        )
        return answer["Item"]["document"]["S"] if "Item" in answer else None

    def _replace(self, pk: str, sk: str, old: str, new: bytes) -> bool:
        """False if it is not the old one any more."""
        return succeeds(
            self._dynamodb.update_item,
            TableName=self._table,
            Key={"pk": {"S": pk}, "sk": {"S": sk}},
            UpdateExpression="SET document = :new",
            ConditionExpression="document = :old",
            ExpressionAttributeValues={":new": {"S": new.decode()}, ":old": {"S": old}},
        )

    def _write(self, pk: str, sk: str, document: bytes) -> None:
        self._dynamodb.put_item(
            TableName=self._table, Item={"pk": {"S": pk}, "sk": {"S": sk}, "document": {"S": document.decode()}}
        )
