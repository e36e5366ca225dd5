"""The ledger: entries are written in the transaction of the change that causes them, read per vendor and currency.

pk LEDGER#<merchant>#<vendor>    sk <currency>#<instant>#<entry>
                                 sk ADJUSTMENT#<key>    the adjustment made under a key

An open entry, which is in no payout yet, is also in index `due`, in its account's shard and sorted by account:

due_shard OPEN#<shard>           due_at <merchant>#<vendor>#<currency>#<connector>#<0|instant>

So a payout finds the entries of one account that it can take (those that are not held come first), and a run goes from
one account with open entries to the next, with one small query each. A payout that waits for a run sorts before its
account's entries. The entries of a payout are in index `by_merchant` under the payout's id. The indexes lag, so their
results are read again, and taken on condition that they are still open.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import batched
from typing import Any
from zlib import crc32

from tillgate.domain.ledger.entries import Account, Entry, is_balanced
from tillgate.domain.ledger.movements import movement_of_entry
from tillgate.store.ledger import books
from tillgate.store.shared.documents import from_json, leave_defaults, to_json
from tillgate.store.shared.transactions import Cancelled, LostRace, transact

OPEN_SHARDS = 16
LATE = timedelta(minutes=15)  # longer than an index lags behind its table
MOST_AT_ONCE = 90  # entries per transaction: DynamoDB allows a hundred actions, including the payout and its head

Key = dict[str, Any]


def posts(table: str, merchant_id: str, entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """The writes of entries. Raises ValueError for one that does not balance: neither it nor its change is saved."""
    return [{"Put": {"TableName": table, "Item": _item(merchant_id, entry)}} for entry in entries]


def takes(table: str, entries: Iterable[Entry], payout_id: str) -> list[dict[str, Any]]:
    """The writes that put entries into a payout, each on condition that the entry is in none."""
    return [
        {
            "Update": {
                "TableName": table,
                "Key": _key(entry),
                "UpdateExpression": "SET payout_id = :payout, list_key = :payout, listed_at = :at "
                "REMOVE due_shard, due_at",
                "ConditionExpression": "attribute_exists(pk) AND attribute_not_exists(payout_id)",
                "ExpressionAttributeValues": {
                    ":payout": {"S": payout_id},
                    ":at": {"S": f"{_instant(entry.at)}#{entry.entry_id.replace('@', '-')}"},
                },
            }
        }
        for entry in entries
    ]


def _item(merchant_id: str, entry: Entry) -> dict[str, Any]:
    if not is_balanced(entry):
        raise ValueError(f"{entry.entry_id} does not balance")
    entry = replace(entry, merchant_id=merchant_id)
    item = _key(entry) | {"entry": {"S": to_json(replace(entry, payout_id=None), leave_defaults)}}
    if entry.payout_id:
        return item | {"payout_id": {"S": entry.payout_id}}
    since = _instant(entry.at) if entry.is_held else f"0#{_instant(entry.at)}"
    position = f"{_name(entry.account)}#{since}"
    return item | {"due_shard": {"S": f"OPEN#{shard_of(entry.account)}"}, "due_at": {"S": position}}


class Adjusted(Exception):
    """This vendor already has an adjustment under this key."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(entry.entry_id)
        self.entry = entry


class Ledger:
    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def entries(self, merchant_id: str, vendor_id: str, currency: str) -> Iterator[Entry]:
        """The entries of one vendor in one currency, oldest first."""
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :account AND begins_with(sk, :currency)",
            ExpressionAttributeValues={
                ":account": {"S": vendor_key(merchant_id, vendor_id)},
                ":currency": {"S": f"{currency}#"},
            },
            ConsistentRead=True,
        )
        return (_read(item) for page in pages for item in page["Items"])

    def adjust(self, entry: Entry) -> None:
        """Posts an operator's adjustment together with its key. Raises `Adjusted` if the key was used before."""
        posting = _item(entry.merchant_id, entry)
        key = {"pk": posting["pk"], "sk": {"S": f"ADJUSTMENT#{entry.reference}"}}
        put = {"TableName": self._table, "Item": key | {"entry": posting["entry"]}}
        once = {"ConditionExpression": "attribute_not_exists(pk)"}
        booked = books.puts(self._table, entry.merchant_id, [movement_of_entry(entry)])
        try:
            transact(
                self._dynamodb, [{"Put": put | once}, {"Put": {"TableName": self._table, "Item": posting}}, *booked]
            )
        except Cancelled as cancelled:
            item = self._dynamodb.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")
            if not cancelled.failed(0) or item is None:
                raise LostRace from None
            raise Adjusted(_read(item)) from None

    def next_account(self, shard: int, after: Account | None) -> Account | None:
        """The next account of a shard with open entries; None after the last."""
        answer = self._dynamodb.query(
            TableName=self._table,
            IndexName="due",
            KeyConditionExpression="due_shard = :shard AND due_at > :after",
            ExpressionAttributeValues={
                ":shard": {"S": f"OPEN#{shard}"},
                ":after": {"S": f"{_name(after)}#~" if after else "#"},
            },
            Limit=1,
        )
        return _account(answer["Items"][0]["due_at"]["S"]) if answer["Items"] else None

    def ripe(self, account: Account, captured_until: datetime, now: datetime) -> Iterator[list[Entry]]:
        """The entries that a payout can take, in batches for one transaction; in their current state.

        Recent entries come first and from the table itself, so that money that has been given back is never paid out
        because an index lags.
        """
        latest = [entry for entry in self._since(account, now - LATE) if not entry.is_held]
        yield from (list(some) for some in batched(latest, MOST_AT_ONCE, strict=False))
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            IndexName="due",
            KeyConditionExpression="due_shard = :shard AND due_at BETWEEN :first AND :last",
            ExpressionAttributeValues={
                ":shard": {"S": f"OPEN#{shard_of(account)}"},
                ":first": {"S": f"{_name(account)}#"},
                ":last": {"S": f"{_name(account)}#{_instant(captured_until)}"},
            },
        )
        known = {_key(entry)["sk"]["S"] for entry in latest}
        keys = (
            {"pk": item["pk"], "sk": item["sk"]}
            for page in pages
            for item in page["Items"]
            if item["sk"]["S"] != "PAYOUT" and item["sk"]["S"] not in known
        )
        for some in batched(keys, MOST_AT_ONCE, strict=False):
            entries = [entry for entry in self._load(list(some)) if entry.payout_id is None]
            if entries:
                yield entries

    def _since(self, account: Account, at: datetime) -> Iterator[Entry]:
        """The open entries of an account that were posted since `at`, oldest first."""
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :account AND sk BETWEEN :first AND :last",
            ExpressionAttributeValues={
                ":account": {"S": vendor_key(account.merchant_id, account.vendor_id)},
                ":first": {"S": f"{account.currency}#{_instant(at)}"},
                ":last": {"S": f"{account.currency}#~"},
            },
            ConsistentRead=True,
        )
        found = (_read(item) for page in pages for item in page["Items"])
        return (entry for entry in found if entry.account == account and entry.payout_id is None)

    def of_payout(self, payout_id: str, limit: int, before: str | None) -> tuple[list[Entry], str | None]:
        """A page of the entries of a payout, newest first, and where the next page begins."""
        answer = self._dynamodb.query(
            TableName=self._table,
            IndexName="by_merchant",
            KeyConditionExpression="list_key = :payout AND listed_at < :before",
            ExpressionAttributeValues={":payout": {"S": payout_id}, ":before": {"S": before or "9999~"}},
            ScanIndexForward=False,
            Limit=limit + 1,
        )
        shown = answer["Items"][:limit]
        entries = self._load([{"pk": item["pk"], "sk": item["sk"]} for item in shown])
        return entries, shown[-1]["listed_at"]["S"] if len(answer["Items"]) > limit else None

    def _load(self, keys: list[Key]) -> list[Entry]:
        """Entries in the order of their keys, at most 100."""
        left: dict[str, Any] = {self._table: {"Keys": keys, "ConsistentRead": True}} if keys else {}
        found: dict[str, Entry] = {}
        while left:
            answer = self._dynamodb.batch_get_item(RequestItems=left)
            found |= {item["sk"]["S"]: _read(item) for item in answer["Responses"].get(self._table, [])}
            left = answer.get("UnprocessedKeys") or {}
        return [found[key["sk"]["S"]] for key in keys if key["sk"]["S"] in found]


def of_order(
    dynamodb: Any, table: str, account: str, currency: str, order_key: str, changed_at: Iterable[datetime]
) -> Iterator[dict[str, Any]]:
    """The items of an order's entries in a vendor's ledger, found by the instants of its changes: for a redaction."""
    payments = f"pay_{order_key.removeprefix('ord_')}_"
    for at in sorted(set(changed_at)):
        pages = dynamodb.get_paginator("query").paginate(
            TableName=table,
            KeyConditionExpression="pk = :account AND begins_with(sk, :first)",
            ExpressionAttributeValues={
                ":account": {"S": account},
                ":first": {"S": f"{currency}#{_instant(at)}#{payments}"},
            },
            ConsistentRead=True,
        )
        for page in pages:
            yield from page["Items"]


def vendor_key(merchant_id: str, vendor_id: str) -> str:
    return f"LEDGER#{merchant_id}#{vendor_id}"


def shard_of(account: Account) -> int:
    return crc32(_name(account).encode()) % OPEN_SHARDS


def waiting(account: Account) -> dict[str, Any]:
    """The index position of a payout that waits for a run, so that the run finds its account."""
    return {"due_shard": {"S": f"OPEN#{shard_of(account)}"}, "due_at": {"S": f"{_name(account)}#0"}}


def _name(account: Account) -> str:
    return "#".join((account.merchant_id, account.vendor_id, account.currency, account.connector))


def _account(position: str) -> Account:
    merchant_id, vendor_id, currency, connector = position.split("#")[:4]
    return Account(merchant_id, vendor_id, currency, connector)


def _key(entry: Entry) -> Key:
    return {
        "pk": {"S": vendor_key(entry.merchant_id, entry.vendor_id)},
        "sk": {"S": f"{entry.currency}#{_instant(entry.at)}#{entry.entry_id}"},
    }


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _read(item: dict[str, Any]) -> Entry:
    entry = from_json(Entry, item["entry"]["S"])
    return replace(entry, payout_id=item["payout_id"]["S"]) if "payout_id" in item else entry
