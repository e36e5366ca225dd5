"""How vendor payments affect their order's items, as actions of the same transactions.

ORDER                    allotted_<n>: how much of payment n belongs to vendors; a conditional ADD, so that the sum
                         never exceeds it, and no new version, so that concurrent payments do not race
VENDOR_PAYMENT#<digest>  an aggregate of its own, stored like any order; history under VENDOR_CHANGE#<digest>#<n>
VENDOR_SUMS#<n>#<shard>  sums over the vendor payments of payment n, sharded so that thousands of changes do not
                         collide; in index `due` until the order has taken them over, in case the stream fails
"""

from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

from tillgate.domain.marketplace.vendor_payments import claim, sums_of
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.payment import Payment, VendorSums
from tillgate.domain.shared.identifiers import parent_of
from tillgate.store.shared import shards
from tillgate.store.shared.due_index import instant, shard_of
from tillgate.store.shared.keys import VENDOR_SUMS, primary_key

SUM_SHARDS = 8
SUMS_GRACE = timedelta(minutes=5)  # the stream comes first


def with_allotments(order: Order, item: dict[str, Any]) -> Order:
    """The order with the allotments in its item."""
    if order.kind != "technical":
        return order
    payments = tuple(replace(payment, allotted=_stored(item, payment)) for payment in order.payments)
    return replace(order, payments=payments)


def without_allotments(order: Order) -> Order:
    if order.kind != "technical":
        return order
    return replace(order, payments=tuple(replace(payment, allotted=0) for payment in order.payments))


def as_read(order: Order) -> tuple[str, dict[str, Any]]:
    """The condition that no allotment has changed since the order was read, and its values."""
    condition, values = "", {}
    for payment in order.payments if order.kind == "technical" else ():
        name = _attribute(payment.payment_id)
        if payment.allotted:
            condition += f" AND {name} = :{name}"
            values[f":{name}"] = {"N": str(payment.allotted)}
        elif payment.authorized:
            condition += f" AND (attribute_not_exists({name}) OR {name} = :zero)"
            values[":zero"] = {"N": "0"}
    return condition, values


def allot(table: str, order: Order, payment: Payment, amount: int) -> dict[str, Any]:
    """Allots `amount` of a technical payment, on condition that it has room and the order has not changed."""
    name = _attribute(payment.payment_id)
    return {
        "Update": {
            "TableName": table,
            "Key": primary_key(order.order_key),
            "UpdateExpression": f"ADD {name} :amount",
            "ConditionExpression": f"version = :read AND (attribute_not_exists({name}) OR {name} <= :room)",
            "ExpressionAttributeValues": {
                ":amount": {"N": str(amount)},
                ":read": {"N": str(order.version)},
                ":room": {"N": str(payment.unallotted + payment.allotted - amount)},
            },
        }
    }


def give_room_back(table: str, order_key: str, payment_id: str, amount: int) -> dict[str, Any]:
    """Returns an allotment that is not needed; a negative amount: the PSP carved it after all."""
    return _add(table, primary_key(order_key), {_attribute(payment_id): -amount})


def consequences(table: str, before: Order, after: Order) -> list[dict[str, Any]]:
    """How a change of a vendor payment affects the sums, and the allotment if it failed."""
    share = after.share
    if share is None:
        return []
    order_key = parent_of(after.order_key)
    was, became = asdict(sums_of(before)), asdict(sums_of(after))
    changed = {name: became[name] - was[name] for name in became if became[name] != was[name]}
    actions = []
    if changed:
        shard = crc32(after.order_key.encode()) % SUM_SHARDS
        sk = f"{VENDOR_SUMS}{_number(share.technical_payment_id)}#{shard}"
        actions.append(_add_to_sums(table, order_key, sk, changed, after.updated_at))
    freed = claim(before) - claim(after)
    if freed:
        actions.append(give_room_back(table, order_key, share.technical_payment_id, freed))
    return actions


def list_key(order: Order) -> str:
    """The list that an order belongs to: its merchant's, or for a vendor payment its order's.

    If there are more lists by now, its next change moves the order; all of them are read.
    """
    if order.share:
        return vendors_of(parent_of(order.order_key))
    return shards.list_key(order.merchant_id, order.order_key)


def vendors_of(order_key: str) -> str:
    return f"{order_key}#VENDOR_PAYMENTS"


def read_sums(items: list[dict[str, Any]], order_key: str) -> dict[str, VendorSums]:
    """Adds up the shards of each technical payment that has any."""
    sums: dict[str, dict[str, int]] = {}
    for item in items:
        number = item["sk"]["S"].split("#")[1]
        found = sums.setdefault(f"pay_{order_key.removeprefix('ord_')}_{number}", {})
        for name in VendorSums.__slots__:
            found[name] = found.get(name, 0) + int(item.get(name, {"N": "0"})["N"])
    return {payment_id: VendorSums(**found) for payment_id, found in sums.items()}


def _add_to_sums(table: str, order_key: str, sk: str, numbers: dict[str, int], at: datetime) -> dict[str, Any]:
    """Adds to the sums and puts them into index `due`. `changes` tells equal sums apart."""
    action = _add(table, {"pk": {"S": order_key}, "sk": {"S": sk}}, numbers | {"changes": 1})
    update = action["Update"]
    update["UpdateExpression"] += " SET due_shard = :shard, due_at = if_not_exists(due_at, :due)"
    update["ExpressionAttributeValues"] |= {
        ":shard": {"S": shard_of(order_key)},
        ":due": {"S": instant(at + SUMS_GRACE)},
    }
    return action


def _add(table: str, key: dict[str, Any], numbers: dict[str, int]) -> dict[str, Any]:
    return {
        "Update": {
            "TableName": table,
            "Key": key,
            "UpdateExpression": "ADD " + ", ".join(f"{name} :{name}" for name in numbers),
            "ExpressionAttributeValues": {f":{name}": {"N": str(number)} for name, number in numbers.items()},
        }
    }


def _attribute(payment_id: str) -> str:
    return f"allotted_{_number(payment_id)}"


def _number(payment_id: str) -> str:
    return payment_id.rpartition("_")[2]


def _stored(item: dict[str, Any], payment: Payment) -> int:
    return int(item.get(_attribute(payment.payment_id), {"N": "0"})["N"])
