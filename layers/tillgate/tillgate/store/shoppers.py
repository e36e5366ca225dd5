"""The shoppers table: personal data, and nothing else.

| what | pk | sk |
| --- | --- | --- |
| address of a shopper | `SHOPPER#merchant#shopper key` | `ADDRESS#address key` |
| shopper | `SHOPPER#merchant#shopper key` | `PROFILE` |
| saved instrument, and whatever else is a shopper's | `SHOPPER#merchant#shopper key` | behind `PROFILE` |

A shopper and its addresses lie side by side: one query reads them and nothing of what lies behind. The merchant's id is
in the key, so another merchant's shopper is not found.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from tillgate.domain.shoppers import MOST_ADDRESSES, Address, Shopper

from .idempotency import Record
from .transactions import Cancelled, LostRace, transact

PROFILE = "PROFILE"
_ADDRESS = "ADDRESS#"
_SHOPPER_ADAPTER = TypeAdapter(Shopper)
_ADDRESS_ADAPTER = TypeAdapter(Address)


class NoRoom(Exception):
    """The shopper is gone, or has all the addresses it may have."""


class Shoppers:
    """`keys_table` is where idempotency keys lie: they are written with what they guard."""

    def __init__(self, dynamodb: Any, table: str, keys_table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._keys_table = keys_table

    def create(self, shopper: Shopper, record: Record[Shopper] | None) -> Shopper:
        """Raises `KeyTaken`, or `LostRace` against the same call."""
        profile = {
            **primary_key(shopper.merchant_id, shopper.shopper_key),
            "profile": {"S": _SHOPPER_ADAPTER.dump_json(shopper, exclude_defaults=True).decode()},
            "addresses": {"N": "0"},
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
            "address": {"S": _ADDRESS_ADAPTER.dump_json(address, exclude_defaults=True).decode()},
        }
        actions = [self._count_address(shopper), {"Put": {"TableName": self._table, "Item": item}}]
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
        found = [_ADDRESS_ADAPTER.validate_json(item["address"]["S"]) for item in answer["Items"] if "address" in item]
        addresses = tuple(sorted(found, key=_age))
        return replace(_SHOPPER_ADAPTER.validate_json(profile["profile"]["S"]), addresses=addresses)

    def _count_address(self, shopper: Shopper) -> dict[str, Any]:
        return {
            "Update": {
                "TableName": self._table,
                "Key": primary_key(shopper.merchant_id, shopper.shopper_key),
                "UpdateExpression": "ADD addresses :one",
                "ConditionExpression": "attribute_exists(profile) AND addresses < :most",
                "ExpressionAttributeValues": {":one": {"N": "1"}, ":most": {"N": str(MOST_ADDRESSES)}},
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


def partition(merchant_id: str, shopper_key: str) -> str:
    return f"SHOPPER#{merchant_id}#{shopper_key}"


def primary_key(merchant_id: str, shopper_key: str, sort_key: str = PROFILE) -> dict[str, Any]:
    return {"pk": {"S": partition(merchant_id, shopper_key)}, "sk": {"S": sort_key}}


def _age(address: Address) -> tuple[datetime, str]:
    return address.created_at, address.address_key
