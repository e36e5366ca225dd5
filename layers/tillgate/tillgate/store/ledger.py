"""The ledger: entries are written in the transaction of the change they follow from, read a vendor and currency each.

pk LEDGER#<merchant>#<vendor>    sk <currency>#<instant>#<entry>
"""

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import TypeAdapter

from tillgate.domain.ledger import Entry, is_balanced

_ENTRY = TypeAdapter(Entry)


def posts(table: str, merchant_id: str, entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """The writes of entries. Raises ValueError for one that does not balance: it is never saved, nor its change."""
    return [{"Put": {"TableName": table, "Item": _item(merchant_id, entry)}} for entry in entries]


def _item(merchant_id: str, entry: Entry) -> dict[str, Any]:
    if not is_balanced(entry):
        raise ValueError(f"{entry.entry_id} does not balance")
    instant = entry.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return {
        "pk": {"S": _account(merchant_id, entry.vendor_id)},
        "sk": {"S": f"{entry.currency}#{instant}#{entry.entry_id}"},
        "entry": {"S": _ENTRY.dump_json(entry, exclude_defaults=True).decode()},
    }


class Ledger:
    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def entries(self, merchant_id: str, vendor_id: str, currency: str) -> Iterator[Entry]:
        """Of one vendor in one currency, oldest first."""
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :account AND begins_with(sk, :currency)",
            ExpressionAttributeValues={
                ":account": {"S": _account(merchant_id, vendor_id)},
                ":currency": {"S": f"{currency}#"},
            },
            ConsistentRead=True,
        )
        return (_ENTRY.validate_json(item["entry"]["S"]) for page in pages for item in page["Items"])


def _account(merchant_id: str, vendor_id: str) -> str:
    return f"LEDGER#{merchant_id}#{vendor_id}"
