"""The view of a split: its progress and each part's state."""

from collections.abc import Iterable
from typing import Any

from tillgate.api.http.instants import instant
from tillgate.domain.marketplace.splits import Part, Result, Split, payment_id_of


def split_view(split: Split, batches: Iterable[tuple[list[Part], list[Result]]] | None = None) -> dict[str, Any]:
    """`parts` if they were read; the call that starts a split responds without them."""
    view: dict[str, Any] = {
        "split_id": split.split_id,
        "order_key": split.order_key,
        "technical_payment_id": split.technical_payment_id,
        "status": split.status,
        "on_failure": split.on_failure,
        "amount": split.amount,
        "part_count": split.parts,
        "created_at": instant(split.created_at),
        "updated_at": instant(split.updated_at),
    }
    if batches is None:
        return view
    parts = [_part_view(split, *one) for one in _pairs(batches)]
    counts: dict[str, int] = {}
    for part in parts:
        counts[part["status"]] = counts.get(part["status"], 0) + 1
    return view | {"counts": counts, "parts": parts}


def _pairs(batches: Iterable[tuple[list[Part], list[Result]]]) -> Iterable[tuple[Part, Result]]:
    for parts, results in batches:
        yield from zip(parts, [*results, *[Result()] * (len(parts) - len(results))], strict=True)


def _part_view(split: Split, part: Part, result: Result) -> dict[str, Any]:
    return {
        "vendor_id": part.vendor_id,
        "amount": part.amount,
        "sub_order_reference": part.sub_order_reference,
        "fee": part.fee,
        "status": result.state,
        "reason_code": result.reason_code,
        "payment_id": payment_id_of(split, part),
    }
