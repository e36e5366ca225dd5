"""Where aggregates lie in the orders table: an order under its key, its vendor payments and splits beside it."""

from typing import Any

from tillgate.domain.keys import parent_of

VENDOR_PAYMENT = "VENDOR_PAYMENT#"
SPLIT = "SPLIT#"


def primary_key(aggregate_key: str) -> dict[str, Any]:
    order_key, _, digest = aggregate_key.partition("#")
    return {"pk": {"S": order_key}, "sk": {"S": f"{VENDOR_PAYMENT}{digest}" if digest else "ORDER"}}


def aggregate_key(item: dict[str, Any]) -> str:
    """The key of an order, a vendor payment (`ord_x#digest`) or a split (`ord_x#spl_y`)."""
    kind, _, rest = item["sk"]["S"].partition("#")
    order_key: str = item["pk"]["S"]
    return order_key if kind == "ORDER" else f"{order_key}#{rest}"


def history_prefix(aggregate_key: str) -> str:
    digest = aggregate_key.removeprefix(parent_of(aggregate_key))
    return f"VENDOR_CHANGE{digest}#" if digest else "CHANGE#"


def is_split(aggregate_key: str) -> bool:
    return "#spl_" in aggregate_key
