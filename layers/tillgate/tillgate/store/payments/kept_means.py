"""What a payment is paid with, sealed, until its authorization is decided. It is in no event and in no order.

| what | pk | sk |
| --- | --- | --- |
| the means of a payment | `MEANS#payment id` | `MEANS` |

It is written with the outcome that is not known, and deleted with the one that decides. The table's TTL deletes what is
of no use any more: after the PSP's key window the request is not repeated.
"""

from datetime import datetime
from typing import Any


class KeptMeans:
    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def keeping(self, payment_id: str, sealed: str, until: datetime) -> dict[str, Any]:
        """The write, beside an order's change."""
        expires = {"expires_epoch": {"N": str(int(until.timestamp()))}}
        return {"Put": {"TableName": self._table, "Item": {**_key(payment_id), "sealed": {"S": sealed}, **expires}}}

    def forgetting(self, payment_id: str) -> dict[str, Any]:
        """The write, beside an order's change; nothing happens if nothing is kept."""
        return {"Delete": {"TableName": self._table, "Key": _key(payment_id)}}

    def load(self, payment_id: str) -> str | None:
        found = self._dynamodb.get_item(TableName=self._table, Key=_key(payment_id), ConsistentRead=True).get("Item")
        return found["sealed"]["S"] if found else None


def _key(payment_id: str) -> dict[str, Any]:
    return {"pk": {"S": f"MEANS#{payment_id}"}, "sk": {"S": "MEANS"}}
