"""Keys of aggregates in the orders table: an order under its key, its vendor payments and splits next to it."""

from typing import Any

from tillgate.domain.shared.identifiers import parent_of

VENDOR_PAYMENT = "VENDOR_PAYMENT#"
SPLIT = "SPLIT#"
VENDOR_SUMS = "VENDOR_SUMS#"


def primary_key(aggregate_key: str) -> dict[str, Any]:
    order_key, _, digest = aggregate_key.partition("#")
    return {"pk": {"S": order_key}, "sk": {"S": f"{VENDOR_PAYMENT}{digest}" if digest else "ORDER"}}


def aggregate_key(pk: str, sk: str) -> str:
    """The key of an order, a payout, or a vendor payment (`ord_x#digest`)."""
    kind, _, digest = sk.partition("#")
    return pk if kind in ("ORDER", "PAYOUT") else f"{pk}#{digest}"


def history_prefix(aggregate_key: str) -> str:
    digest = aggregate_key.removeprefix(parent_of(aggregate_key))
    return f"VENDOR_CHANGE{digest}#" if digest else "CHANGE#"
