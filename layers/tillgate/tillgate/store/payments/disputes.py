"""The list of a merchant's disputes: one item per dispute in index `by_merchant`, written with the order's change.

pk DISPUTE#<dispute id>    sk DISPUTE    its details are in its order
"""

from typing import Any

from tillgate.domain.orders.order import Order
from tillgate.store.shared.due_index import instant

_PREFIX = "DISPUTE#"


def changes(table: str, before: Order, after: Order) -> list[dict[str, Any]]:
    """The writes for disputes opened between the two states of the order; none for most changes."""
    known = {dispute.dispute_id for payment in before.payments for dispute in payment.disputes}
    return [
        _put(table, after.merchant_id, dispute.dispute_id, f"{instant(dispute.opened_at)}#{dispute.dispute_id}")
        for payment in after.payments
        for dispute in payment.disputes
        if dispute.dispute_id not in known
    ]


def list_ids(
    dynamodb: Any, table: str, merchant_id: str, *, limit: int, before: str | None
) -> tuple[list[str], str | None]:
    """A page of dispute ids, newest first, and where the next page begins."""
    answer = dynamodb.query(
        TableName=table,
        IndexName="by_merchant",
        KeyConditionExpression="list_key = :disputes AND listed_at < :before",
        ExpressionAttributeValues={":disputes": {"S": _list_key(merchant_id)}, ":before": {"S": before or "9999"}},
        ScanIndexForward=False,
        Limit=limit + 1,  # so that the last page says that it is the last
    )
    items = answer["Items"][:limit]
    more = len(answer["Items"]) > limit
    return [item["pk"]["S"].removeprefix(_PREFIX) for item in items], items[-1]["listed_at"]["S"] if more else None


def _put(table: str, merchant_id: str, dispute_id: str, listed_at: str) -> dict[str, Any]:
    item = {
        "pk": {"S": f"{_PREFIX}{dispute_id}"},
        "sk": {"S": "DISPUTE"},
        "list_key": {"S": _list_key(merchant_id)},
        "listed_at": {"S": listed_at},
    }
    return {"Put": {"TableName": table, "Item": item}}


def _list_key(merchant_id: str) -> str:
    return f"{merchant_id}#DISPUTES"
