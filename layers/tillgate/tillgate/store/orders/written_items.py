"""Items of the orders table as written: an order with the attributes for indexes, stream and console, and a change of
its history."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from tillgate.domain.orders.deadlines import next_due, unwinding, windows
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.operations import Actor
from tillgate.domain.shared.identifiers import parent_of
from tillgate.domain.shoppers.erasure import has_personal_data, is_over
from tillgate.runtime.tracing import header
from tillgate.store.orders import vendor_sums
from tillgate.store.orders.items import changes_of
from tillgate.store.orders.mapping import events_to_json, order_to_json
from tillgate.store.payments import listed_payments
from tillgate.store.shared.due_index import KEPT, instant, shard_of
from tillgate.store.shared.keys import history_prefix, primary_key

PASSING = ("due_shard", "due_at", "unwinding", "customer", "forward", "trace", "waiting")  # optional attributes
MOST_WAITING = 8000  # characters of changes that wait in the order's item
WINDOW_GRACE = timedelta(minutes=2)  # the window's own execution comes first, the sweep finds what it missed


def order_item(order: Order, announced: int | None) -> dict[str, Any]:
    """The order as JSON, with the attributes for indexes, the stream and operators in the console."""
    item: dict[str, Any] = {
        **primary_key(order.order_key),
        "version": {"N": str(order.version)},
        "order": {"S": order_to_json(replace(vendor_sums.without_allotments(order), customer=None, waiting=()))},
        "merchant_id": {"S": order.merchant_id},
        "order_reference": {"S": order.order_reference},
        "status": {"S": order.status},
        "updated_at": {"S": instant(order.updated_at)},
        "list_key": {"S": vendor_sums.list_key(order)},
        "listed_at": {"S": listed_at(order)},
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


def listed_at(order: Order) -> str:
    """The order's position in its list, by its creation."""
    return f"{instant(order.created_at)}#{order.order_key.replace('#', '-')}"


def for_the_stream(before: Order | None, after: Order, announced: int | None) -> dict[str, Any]:
    """What the stream's filter lets through (`forward_changes`): a change after which something has to be done outside.

    An execution is to be started or stopped, the merchant told, an e-mail sent (ADR 130). It goes on in the same trace.
    """
    concerns = announced is not None or _outside(after) != (_outside(before) if before else ({}, None, 0))
    if not concerns:
        return {}
    told = header()
    return {"forward": {"S": "yes"}} | ({"trace": {"S": told}} if told else {})


def _outside(order: Order) -> tuple[Any, ...]:
    return windows(order), unwinding(order), order.invoice.asked if order.invoice else 0


def entry_of(order: Order, events: list[Event], actor: Actor, cause: str, answers: str | None) -> dict[str, Any]:
    """A change as it waits in the order's item."""
    entry = {"version": order.version, "at": instant(order.updated_at), "actor": actor, "cause": cause}
    marked = {"answers": answers} if answers else {}
    return entry | marked | {"events": json.loads(events_to_json(events))}


def can_wait(waiting: Sequence[dict[str, Any]]) -> bool:
    return len(_text(waiting)) <= MOST_WAITING


def waiting_item(waiting: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"waiting": {"S": _text(waiting)}} if waiting else {}


def change_item(
    order: Order,
    events: list[Event],
    actor: Actor,
    cause: str,
    answers: str | None = None,
    waiting: Sequence[dict[str, Any]] = (),
) -> dict[str, Any]:
    """A change in the history, with those before it that waited for it."""
    waited = [event for change in changes_of(waiting) for event in change.events]
    item: dict[str, Any] = {
        **listed_payments.mark(order, [*waited, *events]),
        "pk": {"S": parent_of(order.order_key)},
        "sk": {"S": f"{history_prefix(order.order_key)}{order.version:06d}"},
        "at": {"S": instant(order.updated_at)},
        "actor": {"S": actor},
        "cause": {"S": cause},
        "events": {"S": events_to_json(events)},
    }
    if answers:
        item["answers"] = {"S": answers}
    return item | ({"earlier": {"S": _text(waiting)}} if waiting else {})


def _text(waiting: Sequence[dict[str, Any]]) -> str:
    return json.dumps(waiting, ensure_ascii=False, separators=(",", ":"))
