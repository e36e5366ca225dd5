"""Which orders are on the operators' work list: written with the change that adds or removes them (GO-4)."""

from typing import Any

from tillgate.domain.operators.work_list import troubles
from tillgate.domain.orders.order import Order
from tillgate.store.shared.work_items import needs, settled


def changes(table: str, before: Order, after: Order) -> list[dict[str, Any]]:
    """The writes to the work list that follow from a change of an order; usually none."""
    needed, still = bool(troubles(before)), bool(troubles(after))
    if needed == still:
        return []
    return [needs(table, after.order_key, after.updated_at) if still else settled(table, after.order_key)]
