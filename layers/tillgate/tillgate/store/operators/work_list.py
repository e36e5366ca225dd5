"""The operators' work list, in the orders table: one item for each order that needs an operator, written with the
change that adds or removes it, so that it cannot drift. A payout that waits for an operator is in the list itself.

| what | pk | sk |
| --- | --- | --- |
| an order that needs an operator | `WORK#order key` | `WORK` |
"""

from datetime import UTC
from typing import Any

from tillgate.domain.operators.work_list import troubles
from tillgate.domain.orders.order import Order
from tillgate.store.shared.due_index import WORK


def changes(table: str, before: Order, after: Order) -> list[dict[str, Any]]:
    """The writes to the work list that follow from a change of an order; usually none."""
    needed, needs = bool(troubles(before)), bool(troubles(after))
    if needed == needs:
        return []
    key = {"pk": {"S": f"WORK#{after.order_key}"}, "sk": {"S": "WORK"}}
    if not needs:
        return [{"Delete": {"TableName": table, "Key": key}}]
    since = after.updated_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return [{"Put": {"TableName": table, "Item": {**key, "due_shard": {"S": WORK}, "due_at": {"S": since}}}}]


def waiting(dynamodb: Any, table: str, limit: int) -> list[tuple[str, str]]:
    """Keys of orders and payouts, and since when they need an operator, longest first."""
    answer = dynamodb.query(
        TableName=table,
        IndexName="due",
        KeyConditionExpression="due_shard = :shard",
        ExpressionAttributeValues={":shard": {"S": WORK}},
        Limit=limit,
    )
    return [(item["pk"]["S"].removeprefix("WORK#"), item["due_at"]["S"]) for item in answer["Items"]]
