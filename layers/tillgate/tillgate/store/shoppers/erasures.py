"""Erasures of shoppers, in the shoppers table: recorded first, so that an interrupted one is finished.

The record replaces the profile in the shopper's item: from that write on the shopper is gone, no order can name it and
nothing can be added to it. The remaining items are deleted one by one, each once. The record stays, and names nobody
but the requester.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tillgate.domain.payments.operations import Actor
from tillgate.store.shared.conditions import succeeds, write
from tillgate.store.shared.documents import from_json, leave_defaults, to_json
from tillgate.store.shared.due_index import instant
from tillgate.store.shoppers.shoppers import ERASE, KEPT, PROFILE, USE, due, partition, primary_key


@dataclass(frozen=True, slots=True)
class Erasure:
    """Who requested it, why and when. `by` names an operator."""

    merchant_id: str
    shopper_key: str
    actor: Actor
    begun_at: datetime
    by: str | None = None
    reason: str | None = None
    done_at: datetime | None = None


class Erasures:
    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def begin(self, erasure: Erasure, unused_since: datetime | None = None) -> bool:
        """False if there is no such shopper (any more), or it was used after `unused_since`."""
        where = due(ERASE, erasure.shopper_key, erasure.begun_at)
        values = {":erasure": _json(erasure), ":shard": where["due_shard"], ":at": where["due_at"]}
        condition = "attribute_exists(profile)"
        if unused_since:
            condition += " AND due_at <= :since"
            values[":since"] = {"S": instant(unused_since)}
        return succeeds(
            self._dynamodb.update_item,
            TableName=self._table,
            Key=primary_key(erasure.merchant_id, erasure.shopper_key),
            UpdateExpression="SET erasure = :erasure, due_shard = :shard, due_at = :at "
            "REMOVE profile, addresses, email_key",
            ConditionExpression=condition,
            ExpressionAttributeValues=values,
        )

    def load(self, merchant_id: str, shopper_key: str) -> Erasure | None:
        """The erasure of a shopper, begun or done."""
        key = primary_key(merchant_id, shopper_key)
        item = self._dynamodb.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item", {})
        return from_json(Erasure, item["erasure"]["S"]) if "erasure" in item else None

    def belongings(self, erasure: Erasure) -> Iterator[dict[str, Any]]:
        """All items of the shopper except the record itself, page by page; including those of orders."""
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": partition(erasure.merchant_id, erasure.shopper_key)}},
            ConsistentRead=True,
        )
        return (item for page in pages for item in page["Items"] if item["sk"]["S"] != PROFILE)

    def delete(self, item: dict[str, Any]) -> None:
        write(self._dynamodb.delete_item, TableName=self._table, Key={"pk": item["pk"], "sk": item["sk"]})

    def forget_use(self, merchant_id: str, shopper_key: str, order_key: str) -> None:
        """The order has no personal data any more."""
        self.delete(primary_key(merchant_id, shopper_key, f"{USE}{order_key}"))

    def finish(self, erasure: Erasure) -> None:
        """Everything is deleted: nothing is due any more."""
        write(
            self._dynamodb.update_item,
            TableName=self._table,
            Key=primary_key(erasure.merchant_id, erasure.shopper_key),
            UpdateExpression="SET erasure = :erasure REMOVE due_shard, due_at",
            ExpressionAttributeValues={":erasure": _json(erasure)},
        )

    def postpone(self, erasure: Erasure, until: datetime) -> None:
        """Something could not be erased yet and is retried at `until`. An erasure finished meanwhile stays finished."""
        succeeds(
            self._dynamodb.update_item,
            TableName=self._table,
            Key=primary_key(erasure.merchant_id, erasure.shopper_key),
            UpdateExpression="SET due_at = :until",
            ConditionExpression="attribute_exists(due_shard)",
            ExpressionAttributeValues={":until": {"S": instant(until)}},
        )

    def begun(self, shard: int, now: datetime, limit: int) -> list[tuple[str, str]]:
        """Merchant and shopper of erasures that are due to continue, longest waiting first."""
        return self._in_index(f"{ERASE}#{shard}", now, limit)

    def unused(self, shard: int, since: datetime, limit: int) -> list[tuple[str, str]]:
        """Merchant and shopper of those that have not been used since then, longest first."""
        return self._in_index(f"{KEPT}#{shard}", since, limit)

    def _in_index(self, shard: str, until: datetime, limit: int) -> list[tuple[str, str]]:
        answer = self._dynamodb.query(
            TableName=self._table,
            IndexName="due",
            KeyConditionExpression="due_shard = :shard AND due_at <= :until",
            ExpressionAttributeValues={":shard": {"S": shard}, ":until": {"S": instant(until)}},
            Limit=limit,
        )
        return [_whose(item) for item in answer["Items"]]


def is_use(item: dict[str, Any]) -> bool:
    return bool(item["sk"]["S"].startswith(USE))


def order_of(item: dict[str, Any]) -> str:
    return str(item["sk"]["S"].removeprefix(USE))


def _json(erasure: Erasure) -> dict[str, str]:
    return {"S": to_json(erasure, leave_defaults)}


def _whose(item: dict[str, Any]) -> tuple[str, str]:
    merchant_id, _, shopper_key = item["pk"]["S"].removeprefix("SHOPPER#").partition("#")
    return merchant_id, shopper_key
