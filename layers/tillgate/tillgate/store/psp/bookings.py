"""Each booking on our own account counts once: the item `BOOKING#id` has its payment and amount (EV-13)."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from tillgate.domain.orders.events import Event
from tillgate.domain.payments.events import MoneyReceived


class Booking(NamedTuple):
    """The booked amount, and the payment that took it or its first part. Minor units of the order's currency."""

    payment_id: str
    amount: int


def changes(table: str, events: Iterable[Event]) -> list[dict[str, Any]]:
    """The writes for the transaction that records received money; it fails if a booking was recorded before."""
    told: dict[str, Booking] = {}
    for event in events:
        if isinstance(event, MoneyReceived):
            first = told.get(event.booking_id, Booking(event.payment_id, 0))
            told[event.booking_id] = first._replace(amount=first.amount + event.amount)
    return [
        {
            "Put": {
                "TableName": table,
                "Item": {**_key(booking_id), "payment_id": {"S": each.payment_id}, "amount": {"N": str(each.amount)}},
                "ConditionExpression": "attribute_not_exists(pk)",
            }
        }
        for booking_id, each in told.items()
    ]


def find(dynamodb: Any, table: str, booking_id: str) -> Booking | None:
    item = dynamodb.get_item(TableName=table, Key=_key(booking_id), ConsistentRead=True).get("Item")
    return Booking(item["payment_id"]["S"], int(item["amount"]["N"])) if item else None


def _key(booking_id: str) -> dict[str, Any]:
    return {"pk": {"S": f"BOOKING#{booking_id}"}, "sk": {"S": "BOOKING"}}
