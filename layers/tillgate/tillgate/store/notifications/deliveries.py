"""Notifications on their way to merchants, in the orders table: one item for each notification and receiver.

| what | pk | sk |
| --- | --- | --- |
| the delivery of one change of an order to one receiver | order key | `NOTIFICATION#version#receiver` |

Index `by_merchant` lists them (`NOTIFICATIONS#merchant`). In index `due` each receiver has a shard of its own for its
waiting deliveries (`ENDPOINT#...`, see `receivers`), and one for those that it never took (`DEAD#...`). An item lives
for 31 days.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from tillgate.domain.notifications.delivery import Delivery
from tillgate.domain.orders.order import Order
from tillgate.store.shared import lists, shards
from tillgate.store.shared.conditions import succeeds
from tillgate.store.shared.documents import from_json, leave_defaults, to_json
from tillgate.store.shared.due_index import instant
from tillgate.store.shared.idempotency import Record
from tillgate.store.shared.reading import get_many
from tillgate.store.shared.transactions import Cancelled, transact

LIFE = timedelta(days=31)
_PREFIX = "NOTIFICATION#"


class Deliveries:
    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def add(self, delivery: Delivery) -> bool:
        """False if it exists: the same change was processed twice."""
        return succeeds(self._dynamodb.put_item, **self.addition(delivery)["Put"])

    def addition(self, delivery: Delivery) -> dict[str, Any]:
        """`add` as an action of a transaction."""
        put = {"TableName": self._table, "Item": _item(delivery), "ConditionExpression": "attribute_not_exists(pk)"}
        return {"Put": put}

    def save(self, before: Delivery, after: Delivery) -> bool:
        """False if it was changed since it was read."""
        return succeeds(self._dynamodb.put_item, **self._put(before, after))

    def save_once(self, before: Delivery, after: Delivery, record: Record, order: Order) -> bool:
        """`save` together with an idempotency key, in one transaction. Raises `KeyTaken`."""
        actions = [{"Put": self._put(before, after)}, record.action(self._table, order)]
        try:
            transact(self._dynamodb, actions)
        except Cancelled as cancelled:
            cancelled.raise_if_key_taken(1)
            return False
        return True

    def _put(self, before: Delivery, after: Delivery) -> dict[str, Any]:
        return {
            "TableName": self._table,
            "Item": _item(after),
            "ConditionExpression": "attempts = :attempts AND delivery_status = :status",
            "ExpressionAttributeValues": {
                ":attempts": {"N": str(len(before.attempts))},
                ":status": {"S": before.status},
            },
        }

    def load(self, notification_id: str) -> Delivery | None:
        key = _key_of(notification_id)
        if key is None:
            return None
        item = self._dynamodb.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")
        return from_json(Delivery, item["delivery"]["S"]) if item else None

    def of_order(self, order_key: str, before: str | None = None) -> Iterator[Delivery]:
        """An order's notifications, those of its latest changes first; `before`: those after this one in the list."""
        after = (_key_of(before) if before else None) or {"sk": {"S": f"{_PREFIX}~"}}
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :after",
            ExpressionAttributeValues={":pk": {"S": order_key}, ":first": {"S": _PREFIX}, ":after": after["sk"]},
            ScanIndexForward=False,
        )
        items = (item for page in pages for item in page["Items"] if item["sk"] != after["sk"])
        return (from_json(Delivery, item["delivery"]["S"]) for item in items)

    def list_page(self, merchant_id: str, limit: int, before: str | None) -> tuple[list[Delivery], str | None]:
        """A page of a merchant's notifications, newest first, and where the next page begins."""
        name = f"NOTIFICATIONS#{merchant_id}"
        items, position = lists.page(
            self._dynamodb, self._table, name, since=" ", newest=before or "~", below=before, limit=limit
        )
        return self._load_many(items), position

    def waiting(self, endpoint: str, until: datetime, limit: int) -> list[Delivery]:
        """Deliveries to a receiver that are due, longest overdue first. Read again, as the index may lag."""
        found = self._load_many(self._query_due(f"ENDPOINT#{endpoint}", instant(until), limit), consistent=True)
        return [each for each in found if each.next_attempt_at and each.next_attempt_at <= until]

    def dead(self, endpoint: str, limit: int) -> list[Delivery]:
        """Deliveries that a receiver did not take for 72 hours, the oldest first."""
        found = self._load_many(self._query_due(f"DEAD#{endpoint}", "~", limit), consistent=True)
        return [each for each in found if each.needs_operator]

    def has_dead(self, endpoint: str) -> bool:
        """As the index says, a moment behind."""
        return bool(self._query_due(f"DEAD#{endpoint}", "~", 1))

    def first_due(self, endpoint: str) -> datetime | None:
        """When the next delivery to a receiver is due."""
        answer = self._query_due(f"ENDPOINT#{endpoint}", "~", 1)
        return datetime.fromisoformat(answer[0]["due_at"]["S"]) if answer else None

    def _load_many(self, items: list[dict[str, Any]], *, consistent: bool = False) -> list[Delivery]:
        """Loads what an index returned, in its order, without what has been deleted."""
        places = [(self._table, item["pk"]["S"], item["sk"]["S"]) for item in items]
        found = get_many(self._dynamodb, places, consistent=consistent)
        return [from_json(Delivery, found[place]["delivery"]["S"]) for place in places if place in found]

    def _query_due(self, shard: str, until: str, limit: int) -> list[dict[str, Any]]:
        answer = self._dynamodb.query(
            TableName=self._table,
            IndexName="due",
            KeyConditionExpression="due_shard = :shard AND due_at <= :until",
            ExpressionAttributeValues={":shard": {"S": shard}, ":until": {"S": until}},
            Limit=limit,
        )
        items: list[dict[str, Any]] = answer["Items"]
        return items


def _item(delivery: Delivery) -> dict[str, Any]:
    key = _key_of(delivery.notification_id) or {}
    item: dict[str, Any] = {
        **key,
        "delivery": {"S": to_json(delivery, leave_defaults)},
        "attempts": {"N": str(len(delivery.attempts))},
        "delivery_status": {"S": delivery.status},
        "list_key": {"S": shards.list_key(f"NOTIFICATIONS#{delivery.merchant_id}", delivery.notification_id)},
        "listed_at": {"S": f"{instant(delivery.created_at)}#{delivery.notification_id}"},
        "expires_epoch": {"N": str(int((delivery.since + LIFE).timestamp()))},
    }
    if delivery.next_attempt_at:
        item["due_shard"] = {"S": f"ENDPOINT#{delivery.endpoint_id}"}
        item["due_at"] = {"S": instant(delivery.next_attempt_at)}
    if delivery.needs_operator:
        item["due_shard"] = {"S": f"DEAD#{delivery.endpoint_id}"}
        item["due_at"] = {"S": instant(delivery.created_at)}
    return item


def order_key_of(notification_id: str) -> str | None:
    """The order key in a notification's id; None if the id is malformed."""
    prefix, _, rest = notification_id.partition("_")
    key, _, tail = rest.partition("_")
    return f"ord_{key}" if prefix == "ntf" and key and tail else None


def _key_of(notification_id: str) -> dict[str, Any] | None:
    order_key = order_key_of(notification_id)
    version, _, receiver = notification_id.split("_", 2)[-1].partition("_")
    if order_key is None or not version.isdecimal() or not receiver:
        return None
    return {"pk": {"S": order_key}, "sk": {"S": f"{_PREFIX}{int(version):06d}#{receiver}"}}
