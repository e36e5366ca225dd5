"""Items of the orders table as written: an order with the attributes for indexes, stream and console, and a change of
its history."""

import json
import zlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

from tillgate.domain.orders.deadlines import next_due, unwinding, windows
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.operations import Actor
from tillgate.domain.shared.identifiers import parent_of
from tillgate.domain.shoppers.erasure import has_personal_data, is_over
from tillgate.store.orders import vendor_sums
from tillgate.store.orders.mapping import events_to_json, order_to_json
from tillgate.store.shared.due_index import KEPT, instant, shard_of
from tillgate.store.shared.keys import history_prefix, primary_key

PASSING = ("due_shard", "due_at", "unwinding", "customer")  # optional attributes of an order's item
PACKED_ABOVE = 100_000  # bytes of an order's JSON; compressed, it and its writes take at most a quarter
WINDOW_GRACE = timedelta(minutes=2)  # the window's own execution comes first, the sweep finds what it missed


def order_item(order: Order, announced: int | None) -> dict[str, Any]:
    """The order as JSON, with the attributes for indexes, the stream and operators in the console."""
    created_at = instant(order.created_at)
    item: dict[str, Any] = {
        **primary_key(order.order_key),
        "version": {"N": str(order.version)},
        "order": {"S": order_to_json(replace(vendor_sums.without_allotments(order), customer=None))},
        "merchant_id": {"S": order.merchant_id},
        "order_reference": {"S": order.order_reference},
        "status": {"S": order.status},
        "updated_at": {"S": instant(order.updated_at)},
        "list_key": {"S": vendor_sums.list_key(order)},
        "listed_at": {"S": f"{created_at}#{order.order_key.replace('#', '-')}"},
        "windows": {"M": {name: {"S": instant(at)} for name, at in windows(order).items()}},
    }
    if announced is not None:
        item["announced"] = {"N": str(announced)}
    if order.invoice:
        item["mails"] = {"N": str(order.invoice.asked)}
    if name := unwinding(order):
        item["unwinding"] = {"S": name}
    if order.customer is not None:
        item["customer"] = {"S": json.dumps(dict(order.customer), ensure_ascii=False)}
    due = next_due(order, WINDOW_GRACE)
    if due:
        item |= {"due_shard": {"S": shard_of(order.order_key)}, "due_at": {"S": instant(due)}}
    elif has_personal_data(order) and is_over(order):
        item |= {"due_shard": {"S": shard_of(order.order_key, KEPT)}, "due_at": {"S": instant(order.updated_at)}}
    return item


def packed(item: dict[str, Any]) -> dict[str, Any]:
    """The item as stored: the JSON of a large order is compressed."""
    document = item["order"]["S"].encode()
    return item if len(document) <= PACKED_ABOVE else item | {"order": {"B": zlib.compress(document)}}


def change_item(order: Order, events: list[Event], actor: Actor, cause: str) -> dict[str, Any]:
    return {
        "pk": {"S": parent_of(order.order_key)},
        "sk": {"S": f"{history_prefix(order.order_key)}{order.version:06d}"},
        "at": {"S": instant(order.updated_at)},
        "actor": {"S": actor},
        "cause": {"S": cause},
        "events": {"S": events_to_json(events)},
    }
