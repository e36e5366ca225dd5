"""Refunds of vendor payments, listed with their order: of thousands of vendors, a page reads those it shows (US-4).

| what | pk | sk |
| --- | --- | --- |
| a refund of one of its vendor payments | order key | `VENDOR_REFUND#<when requested>#<operation id>` |

Written with the change that requests or observes the refund, and never again: the vendor payment itself knows the rest.
The refunds of the order's own payments are in the order.
"""

from typing import Any

from tillgate.domain.orders.events import Event
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.events import OperationObserved, OperationRequested
from tillgate.domain.payments.operations import OperationType
from tillgate.domain.shared.identifiers import parent_of
from tillgate.store.shared.due_index import instant

PREFIX = "VENDOR_REFUND#"


def added(table: str, part: Order, events: list[Event]) -> list[dict[str, Any]]:
    """The writes for the refunds that a change of a vendor payment begins."""
    begun = (event for event in events if isinstance(event, OperationRequested | OperationObserved))
    return [
        {
            "Put": {
                "TableName": table,
                "Item": {
                    "pk": {"S": parent_of(part.order_key)},
                    "sk": {"S": f"{PREFIX}{instant(event.at)}#{event.operation_id}"},
                    "vendor_payment": {"S": part.order_key},
                },
            }
        }
        for event in begun
        if event.operation is OperationType.REFUND
    ]


def page(dynamodb: Any, table: str, order_key: str, limit: int, before: str | None) -> list[tuple[str, str]]:
    """Positions and keys of the vendor payments, newest first; `before`: the position after which they begin."""
    answer = dynamodb.query(
        TableName=table,
        KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
        ExpressionAttributeValues={
            ":pk": {"S": order_key},
            ":first": {"S": PREFIX},
            ":last": {"S": f"{PREFIX}{before or '9999~'}"},
        },
        ScanIndexForward=False,
        Limit=limit + 1,
        ConsistentRead=True,
    )
    found = [(item["sk"]["S"].removeprefix(PREFIX), item["vendor_payment"]["S"]) for item in answer["Items"]]
    return [each for each in found if each[0] != before][:limit]
