"""References of awaited bank transfers: the item `TRANSFER#reference` names the payment (EV-13)."""

from collections.abc import Sequence
from itertools import batched
from typing import Any

from tillgate.domain.orders.order import Order
from tillgate.store.shared.reading import get_many

MOST_READ = 100  # items, in one call


def changes(table: str, before: Order, after: Order) -> list[dict[str, Any]]:
    """The writes for the transaction that gives the shopper a reference."""
    known = {payment.payment_id for payment in before.payments if payment.instructions}
    items = (
        {**_key(each.instructions.reference), "payment_id": {"S": each.payment_id}}
        for each in after.payments
        if each.instructions and each.payment_id not in known
    )
    return [{"Put": {"TableName": table, "Item": item}} for item in items]


def payment_ids_of(dynamodb: Any, table: str, references: Sequence[str]) -> dict[str, str]:
    """The payment of each reference that was given to a shopper. Consistent reads."""
    places = {(table, _key(each)["pk"]["S"], "TRANSFER"): each for each in references}
    found: dict[str, str] = {}
    for some in batched(places, MOST_READ, strict=False):
        items = get_many(dynamodb, some, consistent=True)
        found |= {places[place]: str(item["payment_id"]["S"]) for place, item in items.items()}
    return found


def _key(reference: str) -> dict[str, Any]:
    return {"pk": {"S": f"TRANSFER#{reference}"}, "sk": {"S": "TRANSFER"}}
