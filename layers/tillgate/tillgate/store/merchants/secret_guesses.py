"""Counts wrong guesses of a client's secret, to slow down guessing (RG-9).

Guesses are counted per client and address, in quarters of an hour: whoever guesses locks out only their own
address, never the merchant. Only a hash of the address is kept, for a day.
"""

import hashlib
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from tillgate.store.shared.conditions import write

WINDOW = timedelta(minutes=15)
MOST = 10
KEPT = timedelta(days=1)


class Guesses:
    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def locked_for(self, client_id: str, place: str, now: datetime) -> int:
        """Seconds until the next guess is allowed; 0 if it is allowed now."""
        key = _key(client_id, place, now)
        item = self._dynamodb.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")
        return _left(now) if item and int(item["guesses"]["N"]) >= MOST else 0

    def count(self, client_id: str, place: str, now: datetime) -> None:
        write(
            self._dynamodb.update_item,
            TableName=self._table,
            Key=_key(client_id, place, now),
            UpdateExpression="ADD guesses :one SET expires_epoch = :expires",
            ExpressionAttributeValues={
                ":one": {"N": "1"},
                ":expires": {"N": str(int((now + KEPT).timestamp()))},
            },
        )


def _key(client_id: str, place: str, now: datetime) -> dict[str, Any]:
    hashed = hashlib.sha256(place.encode()).hexdigest()[:16]
    return {"pk": {"S": f"GUESSES#{client_id[:100]}#{hashed}"}, "sk": {"S": str(_window(now))}}


def _window(now: datetime) -> int:
    return int(now.timestamp() // WINDOW.total_seconds())


def _left(now: datetime) -> int:
    return ceil((_window(now) + 1) * WINDOW.total_seconds() - now.timestamp())
