"""What PSPs have settled, operation by operation (GO-4): with the PSP's fee, and the payout that it came in.

| what | pk | sk |
| --- | --- | --- |
| a line, by its payment | `SETTLED#payment id` | `kind#reference` |
| the same, by the PSP's payout to the bank | `BANK#connector#payout` | `payment id#kind#reference` |

A line that is told again replaces itself. So a credit on the bank account is explained by one query. What is new of a
line is booked in the same transaction, on condition that nobody has told it meanwhile.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tillgate.runtime.backoff import tries
from tillgate.store.shared.documents import from_json, leave_defaults, to_json
from tillgate.store.shared.transactions import Cancelled, LostRace, transact

TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledLine:
    """Minor units, UTC. `fee`: what the PSP kept of the amount. `payout`: the PSP's transfer to the bank."""

    payment_id: str
    connector: str
    kind: str
    """CAPTURE or REFUND."""
    reference: str
    currency: str
    amount: int
    state: str
    """MARKED or SETTLED."""
    as_of: datetime
    fee: int = 0
    payout: str | None = None
    payout_arrives_at: datetime | None = None


class Settlements:
    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def save(self, line: SettledLine, booked: Callable[[SettledLine | None], list[dict[str, Any]]]) -> None:
        """`booked`: the writes for what the line says beyond what it said before (None: it is told for the first time).

        A line that says nothing new is not written. Raises `LostRace` if others keep writing it.
        """
        key = {"pk": {"S": f"SETTLED#{line.payment_id}"}, "sk": {"S": f"{line.kind}#{line.reference}"}}
        for _ in tries(TRIES):
            stored = self._dynamodb.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")
            earlier = from_json(SettledLine, stored["line"]["S"]) if stored else None
            if earlier == line:
                return
            try:
                books = booked(earlier)
                transact(self._dynamodb, [*self._puts(key, line, stored, books), *books])
                return
            except Cancelled:
                continue
        raise LostRace

    def _puts(
        self, key: dict[str, Any], line: SettledLine, stored: dict[str, Any] | None, books: list[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        text = {"line": {"S": to_json(line, leave_defaults)}}
        booked = [{"M": {name: each["Put"]["Item"][name] for name in ("pk", "sk")}} for each in books]
        known = (stored or {}).get("booked", {"L": []})["L"]
        put: dict[str, Any] = {"TableName": self._table, "Item": key | text | {"booked": {"L": known + booked}}}
        put["ConditionExpression"] = "line = :line" if stored else "attribute_not_exists(pk)"
        if stored:
            put["ExpressionAttributeValues"] = {":line": stored["line"]}
        if not line.payout:
            return [{"Put": put}]
        place = f"{line.payment_id}#{line.kind}#{line.reference}"
        by_payout = {"pk": {"S": f"BANK#{line.connector}#{line.payout}"}, "sk": {"S": place}}
        return [{"Put": put}, {"Put": {"TableName": self._table, "Item": by_payout | text}}]

    def of_payment(self, payment_id: str) -> list[SettledLine]:
        return self._lines(f"SETTLED#{payment_id}")

    def of_payout(self, connector: str, payout: str) -> list[SettledLine]:
        """The lines that make up one of the PSP's payouts to the bank."""
        return self._lines(f"BANK#{connector}#{payout}")

    def booked(self, payment_id: str) -> list[dict[str, Any]]:
        """The keys of what was booked for a payment's lines."""
        found = self._items(f"SETTLED#{payment_id}")
        return [key["M"] for item in found for key in item.get("booked", {"L": []})["L"]]

    def _lines(self, pk: str) -> list[SettledLine]:
        return [from_json(SettledLine, item["line"]["S"]) for item in self._items(pk)]

    def _items(self, pk: str) -> list[dict[str, Any]]:
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": pk}},
            ConsistentRead=True,
        )
        return [item for page in pages for item in page["Items"]]
