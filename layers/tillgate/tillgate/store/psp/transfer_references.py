"""References of awaited bank transfers: the item `TRANSFER#reference` names the payment (EV-13)."""

from typing import Any

from tillgate.domain.orders.order import Order


def changes(table: str, before: Order, after: Order) -> list[dict[str, Any]]:
    """The writes for the transaction that gives the shopper a reference."""
    known = {payment.payment_id for payment in before.payments if payment.instructions}
    items = (
        {**_key(each.instructions.reference), "payment_id": {"S": each.payment_id}}
        for each in after.payments
        if each.instructions and each.payment_id not in known
    )
    return [{"Put": {"TableName": table, "Item": item}} for item in items]


def payment_id_of(dynamodb: Any, table: str, reference: str) -> str | None:
    item = dynamodb.get_item(TableName=table, Key=_key(reference), ConsistentRead=True).get("Item")
    return str(item["payment_id"]["S"]) if item else None


def _key(reference: str) -> dict[str, Any]:
    return {"pk": {"S": f"TRANSFER#{reference}"}, "sk": {"S": "TRANSFER"}}
