"""The shoppers table: personal data, and nothing else.

| what | pk | sk |
| --- | --- | --- |
| address of a shopper | `SHOPPER#merchant#shopper key` | `ADDRESS#address key` |
| shopper; connectors' notes are attributes of their own | `SHOPPER#merchant#shopper key` | `PROFILE` |
| saved instrument (see `saved_instruments`) | `SHOPPER#merchant#shopper key` | `PROFILE#TOKEN#token` |
| an order of the shopper | `SHOPPER#merchant#shopper key` | `USE#order key` |

A shopper and its addresses are adjacent: one query reads them and nothing else. The merchant's id is in the key, so
another merchant's shopper is not found. The shards `KEPT#n` of index `due` hold when a shopper was last used, `ERASE#n`
the erasures that are not finished (see `erasures`).
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from zlib import crc32

from tillgate.domain.shoppers.shopper import MOST_ADDRESSES, Address, Shopper
from tillgate.store.shared.conditions import succeeds
from tillgate.store.shared.documents import from_json, leave_defaults, to_json
from tillgate.store.shared.due_index import instant
from tillgate.store.shared.idempotency import Record
from tillgate.store.shared.transactions import Cancelled, LostRace, transact

PROFILE = "PROFILE"
USE = "USE#"
KEPT, ERASE = "KEPT", "ERASE"
SHARDS = 8
_ADDRESS = "ADDRESS#"


class NoRoom(Exception):
    """The shopper is gone, or has the maximum number of addresses."""


class Shoppers:
    """`keys_table` holds the idempotency keys: they are written with what they guard."""

    def __init__(self, dynamodb: Any, table: str, keys_table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._keys_table = keys_table

    def create(self, shopper: Shopper, record: Record[Shopper] | None, email_key: str | None = None) -> Shopper:
        """`email_key`: by which its orders are found. Raises `KeyTaken`, or `LostRace` against the same call."""
        profile = {
            **primary_key(shopper.merchant_id, shopper.shopper_key),
            "profile": {"S": to_json(shopper, leave_defaults)},
            "addresses": {"N": "0"},
            **due(KEPT, shopper.shopper_key, shopper.created_at),
            **({"email_key": {"S": email_key}} if email_key else {}),
        }
        put = {"TableName": self._table, "Item": profile, "ConditionExpression": "attribute_not_exists(pk)"}
        try:
            self._write([{"Put": put}], record, shopper)
        except Cancelled:
            raise LostRace from None
        return shopper

    def add_address(self, shopper: Shopper, address: Address, record: Record[Shopper] | None) -> Shopper:
        """The shopper with that address. Raises `NoRoom`, `KeyTaken`, or `LostRace` against another change of it."""
        after = replace(shopper, addresses=(*shopper.addresses, address))
        item = {
            **primary_key(shopper.merchant_id, shopper.shopper_key, f"{_ADDRESS}{address.address_key}"),
            "address": {"S": to_json(address, leave_defaults)},
        }
        actions = [self._count_address(shopper, address.created_at), {"Put": {"TableName": self._table, "Item": item}}]
        try:
            self._write(actions, record, after)
        except Cancelled as cancelled:
            raise (NoRoom if cancelled.failed(0) else LostRace) from None
        return after

    def load(self, merchant_id: str, shopper_key: str) -> Shopper | None:
        """The shopper with its addresses, oldest first: one read."""
        answer = self._dynamodb.query(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND sk <= :profile",
            ExpressionAttributeValues={":pk": {"S": partition(merchant_id, shopper_key)}, ":profile": {"S": PROFILE}},
            ConsistentRead=True,
        )
        profile = next((item for item in answer["Items"] if "profile" in item), None)
        if profile is None:
            return None
        found = [from_json(Address, item["address"]["S"]) for item in answer["Items"] if "address" in item]
        addresses = tuple(sorted(found, key=_age))
        return replace(from_json(Shopper, profile["profile"]["S"]), addresses=addresses)

    def notes(self, merchant_id: str, shopper_key: str, connector: str) -> dict[str, str]:
        """A connector's notes about the shopper, such as the PSP's customer."""
        key = primary_key(merchant_id, shopper_key)
        item = self._dynamodb.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item") or {}
        found: dict[str, str] = json.loads(item[_notes(connector)]["S"]) if _notes(connector) in item else {}
        return found

    def keep_notes(self, merchant_id: str, shopper_key: str, connector: str, notes: Mapping[str, str]) -> None:
        """They are erased with the shopper's profile; nothing is kept of one who is gone."""
        succeeds(
            self._dynamodb.update_item,
            TableName=self._table,
            Key=primary_key(merchant_id, shopper_key),
            UpdateExpression="SET #notes = :notes",
            ConditionExpression="attribute_exists(profile)",
            ExpressionAttributeNames={"#notes": _notes(connector)},
            ExpressionAttributeValues={":notes": {"S": json.dumps(dict(notes), sort_keys=True)}},
        )

    def named(
        self, merchant_id: str, shopper_key: str, address_key: str | None, *, order_key: str, now: datetime
    ) -> list[dict[str, Any]]:
        """The writes beside a new order that names a shopper: first a use of the shopper, on condition that it exists;
        then, if it names an address, a check that it exists; last that it is an order of the shopper.
        """
        profile, place = primary_key(merchant_id, shopper_key), partition(merchant_id, shopper_key)
        use = {"ConditionExpression": "attribute_exists(profile)", "UpdateExpression": "SET due_at = :now"}
        values = {"ExpressionAttributeValues": {":now": {"S": instant(now)}}}
        actions: list[dict[str, Any]] = [{"Update": {"TableName": self._table, "Key": profile, **use, **values}}]
        if address_key:
            key = primary_key(merchant_id, shopper_key, f"{_ADDRESS}{address_key}")
            check = {"TableName": self._table, "Key": key, "ConditionExpression": "attribute_exists(pk)"}
            actions.append({"ConditionCheck": check})
        item = {"pk": {"S": place}, "sk": {"S": f"{USE}{order_key}"}}
        return [*actions, {"Put": {"TableName": self._table, "Item": item}}]

    def _count_address(self, shopper: Shopper, now: datetime) -> dict[str, Any]:
        return {
            "Update": {
                "TableName": self._table,
                "Key": primary_key(shopper.merchant_id, shopper.shopper_key),
                "UpdateExpression": "SET due_at = :now ADD addresses :one",
                "ConditionExpression": "attribute_exists(profile) AND addresses < :most",
                "ExpressionAttributeValues": {
                    ":one": {"N": "1"},
                    ":most": {"N": str(MOST_ADDRESSES)},
                    ":now": {"S": instant(now)},
                },
            }
        }

    def _write(self, actions: list[dict[str, Any]], record: Record[Shopper] | None, shopper: Shopper) -> None:
        if record:
            actions = [*actions, record.action(self._keys_table, shopper)]
        try:
            transact(self._dynamodb, actions)
        except Cancelled as cancelled:
            if record:
                cancelled.raise_if_key_taken(len(actions) - 1)
            raise


def _notes(connector: str) -> str:
    return f"notes_{connector}"


def partition(merchant_id: str, shopper_key: str) -> str:
    return f"SHOPPER#{merchant_id}#{shopper_key}"


def primary_key(merchant_id: str, shopper_key: str, sort_key: str = PROFILE) -> dict[str, Any]:
    return {"pk": {"S": partition(merchant_id, shopper_key)}, "sk": {"S": sort_key}}


def due(kind: str, shopper_key: str, at: datetime) -> dict[str, Any]:
    """A shopper's attributes for index `due`."""
    shard = crc32(shopper_key.encode()) % SHARDS
    return {"due_shard": {"S": f"{kind}#{shard}"}, "due_at": {"S": instant(at)}}


def _age(address: Address) -> tuple[datetime, str]:
    return address.created_at, address.address_key
