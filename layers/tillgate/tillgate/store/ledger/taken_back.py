"""Which orders' technical payments a bank took back whose vendors are not debited yet: their payouts wait (TH-10).

| what | pk | sk |
| --- | --- | --- |
| such an order | `TAKEN_BACK#merchant` | the order's key |

It is written in the transaction that records what the bank did, and deleted in the one in which the order takes over
that no vendor has any of it. Where nothing is left to take over it stays a while, so a reader asks the order as well.
"""

from datetime import timedelta
from typing import Any

from tillgate.domain.orders.order import Order

KEPT = timedelta(days=35)


def changes(table: str, before: Order, after: Order) -> list[dict[str, Any]]:
    was, now = vendors_hold_what_is_gone(before), vendors_hold_what_is_gone(after)
    if was == now:
        return []
    key = {"pk": {"S": _name(after.merchant_id)}, "sk": {"S": after.order_key}}
    if was:
        return [{"Delete": {"TableName": table, "Key": key}}]
    forgotten = {"expires_epoch": {"N": str(int((after.updated_at + KEPT).timestamp()))}}
    return [{"Put": {"TableName": table, "Item": key | forgotten}}]


def vendors_hold_what_is_gone(order: Order) -> bool:
    return any(payment.vendors_hold_what_is_gone for payment in order.payments)


def orders(dynamodb: Any, table: str, merchant_id: str) -> list[str]:
    """Their keys: one consistent query, which nearly always finds nothing."""
    pages = dynamodb.get_paginator("query").paginate(
        TableName=table,
        KeyConditionExpression="pk = :merchant",
        ExpressionAttributeValues={":merchant": {"S": _name(merchant_id)}},
        ConsistentRead=True,
    )
    return [item["sk"]["S"] for page in pages for item in page["Items"]]


def _name(merchant_id: str) -> str:
    return f"TAKEN_BACK#{merchant_id}"
