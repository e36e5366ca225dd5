"""Removes a value from all that is stored of an order, for what should never have been taken in.

History is never rewritten otherwise. Here the events stay, and only the text in them is replaced.
"""

import json
from collections.abc import Iterator
from typing import Any

from tillgate.domain.ledger.entries import vendor_of
from tillgate.domain.orders.order import Order
from tillgate.domain.shared.identifiers import parent_of
from tillgate.store.ledger import books, entries
from tillgate.store.orders.items import changes_of, read_changes, read_order
from tillgate.store.psp.settlements import Settlements
from tillgate.store.shared.conditions import succeeds
from tillgate.store.shared.idempotency import ANSWERS
from tillgate.store.shared.keys import primary_key
from tillgate.store.shared.packing import packed, unpacked
from tillgate.store.shared.transactions import Cancelled, LostRace, transact

_KEYS = ("pk", "sk", "list_key", "listed_at", "due_shard", "due_at")


class PartOfTheRecord(Exception):
    """Without this value, what is stored could not be read any more."""


def redact(dynamodb: Any, table: str, order_key: str, value: str, instead: str) -> int:
    """Replaces the value in the order, its vendor payments, their history, deliveries, movements, entries in vendors'
    ledgers, and in the answers that are kept for idempotency keys.

    Returns the number of items changed.

    Raises `PartOfTheRecord` before anything is written, `LostRace` if an item was changed meanwhile. Safe to repeat.
    """
    pages = dynamodb.get_paginator("query").paginate(
        TableName=table,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": parent_of(order_key)}},
        ConsistentRead=True,
    )
    items = [item for page in pages for item in page["Items"]]
    items += _booked(dynamodb, table, order_key, items)
    items += _answered(dynamodb, table, order_key)
    found = [(item, _changes(item, value, instead)) for item in items]
    affected = [(item, changes) for item, changes in found if changes]
    for item, changes in affected:
        _check_readable(item, item | changes)
    for item, changes in affected:
        if "order_reference" in changes and item["sk"] == primary_key(order_key)["sk"]:
            _with_reference(dynamodb, table, item, changes)
        elif not succeeds(dynamodb.update_item, **_update(table, item, changes)):
            raise LostRace
    return len(affected)


def _booked(dynamodb: Any, table: str, order_key: str, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What books and vendors' ledgers have of it: by the instants of its changes, and as its settlements tell."""
    orders = [read_order(item) for item in items if "order" in item]
    changes = [change for item in items if "events" in item for change in read_changes(item)]
    changes += [change for order in orders for change in changes_of(order.waiting)]
    merchant_id, at = orders[0].merchant_id, [change.at for change in changes]
    found = list(books.of_order(dynamodb, table, merchant_id, parent_of(order_key), at))
    for vendor_id in {vendor_of(order) for order in orders} - {None}:
        pk = entries.vendor_key(merchant_id, str(vendor_id))
        found += entries.of_order(dynamodb, table, pk, orders[0].currency, parent_of(order_key), at)
    settlements = Settlements(dynamodb, table)
    keys = [key for order in orders for payment in order.payments for key in settlements.booked(payment.payment_id)]
    known = [item["sk"] for item in found]
    for key in (key for key in keys if key["sk"] not in known):
        answer = dynamodb.get_item(TableName=table, Key=key, ConsistentRead=True)
        found += [answer["Item"]] if "Item" in answer else []
    return found


def _answered(dynamodb: Any, table: str, order_key: str) -> Iterator[dict[str, Any]]:
    """The answers that are kept of calls that created or changed it, or its vendor payments."""
    pages = dynamodb.get_paginator("query").paginate(
        TableName=table,
        IndexName="by_merchant",
        KeyConditionExpression="list_key = :answers",
        ExpressionAttributeValues={":answers": {"S": f"{ANSWERS}{parent_of(order_key)}"}},
    )
    for key in (item for page in pages for item in page["Items"]):
        found = dynamodb.get_item(TableName=table, Key={"pk": key["pk"], "sk": key["sk"]}, ConsistentRead=True)
        yield from [found["Item"]] if "Item" in found else []


def _changes(item: dict[str, Any], value: str, instead: str) -> dict[str, Any]:
    """The attributes that contain the value, without it, and those that are packed together with them."""
    forms = {value, json.dumps(value, ensure_ascii=False)[1:-1], json.dumps(value)[1:-1]}
    plain = unpacked(item)
    without = {
        name: {"S": _replaced(held["S"], forms, instead)}
        for name, held in plain.items()
        if name not in _KEYS and any(form in held.get("S", "") for form in forms)
    }
    after = packed(plain | without) if without else item
    return {name: held for name, held in after.items() if held != item.get(name)}


def _replaced(text: str, forms: set[str], instead: str) -> str:
    for form in forms:
        text = text.replace(form, instead)
    return text


def _check_readable(before: dict[str, Any], after: dict[str, Any]) -> None:
    try:
        if "order" in after:
            kept = read_order(after)
            same = _identity(read_order(before)) == _identity(kept) and len(list(changes_of(kept.waiting))) >= 0
        elif "events" in after:
            same = all(change.events for change in read_changes(after))
        else:
            same = "delivery" not in after or bool(json.loads(after["delivery"]["S"]))
    except (ValueError, KeyError, TypeError):
        same = False
    if not same:
        raise PartOfTheRecord


def _identity(order: Order) -> tuple[object, ...]:
    """What others know the order and its parts by."""
    operations = [(op.operation_id, op.psp_reference) for payment in order.payments for op in payment.operations]
    return order.order_key, order.merchant_id, order.amount, order.share, operations


def _update(table: str, item: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    names = {f"#{number}": name for number, name in enumerate(changes)}
    unchanged = " AND ".join(" = ".join((alias, f":old{alias[1:]}")) for alias in names)
    return {
        "TableName": table,
        "Key": {"pk": item["pk"], "sk": item["sk"]},
        "UpdateExpression": "SET " + ", ".join(f"{alias} = :new{alias[1:]}" for alias in names),
        "ConditionExpression": unchanged,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": {f":new{alias[1:]}": changes[name] for alias, name in names.items()}
        | {f":old{alias[1:]}": item[name] for alias, name in names.items()},
    }


def _with_reference(dynamodb: Any, table: str, item: dict[str, Any], changes: dict[str, Any]) -> None:
    """The order's reference contained the value: it is renamed, and the item that makes it unique with it."""

    def key(attributes: dict[str, Any]) -> dict[str, Any]:
        merchant_id, reference = item["merchant_id"]["S"], attributes["order_reference"]["S"]
        return {"pk": {"S": f"REFERENCE#{merchant_id}#{reference}"}, "sk": {"S": "REFERENCE"}}

    renamed = {"TableName": table, "Item": key(changes) | {"order_key": item["pk"]}}
    actions = [{"Update": _update(table, item, changes)}, {"Put": renamed}]
    actions.append({"Delete": {"TableName": table, "Key": key(item)}})
    try:
        transact(dynamodb, actions)
    except Cancelled:
        raise LostRace from None
