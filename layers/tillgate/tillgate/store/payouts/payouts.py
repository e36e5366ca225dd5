"""Payouts, in the orders table: each is one item, written on condition of its version.

| what | pk | sk |
| --- | --- | --- |
| a payout, to a vendor or to a person | `out_...` | `PAYOUT` |
| a merchant's reference of a person's payout, to make it unique | `PAYOUT_REFERENCE#merchant#ref.` | `REFERENCE` |
| the sum paid out on a day: see `day_use` | `PAYOUT_DAY#merchant#currency` | the day |
| a vendor's latest payout in a currency | `LEDGER#merchant#vendor` | `LATEST#currency#connector` |

A vendor's payout is written together with the entries that it takes, and with those that its outcome posts. What needs
an operator is on the work list (`work_items`) with the change that makes it so.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from tillgate.domain.ledger.entries import Account, Entry
from tillgate.domain.payouts.payout import Payout, is_payout, moved, opened, posted, taken
from tillgate.domain.payouts.payout_work import trouble_of, waits_since
from tillgate.store.ledger import books
from tillgate.store.ledger.entries import posts, takes, vendor_key, waiting
from tillgate.store.payouts import day_use
from tillgate.store.payouts.day_use import DayIsFull, key_of, used_of
from tillgate.store.shared import lists, shards
from tillgate.store.shared.documents import from_json, leave_defaults, to_json
from tillgate.store.shared.due_index import instant, shard_of
from tillgate.store.shared.idempotency import Record
from tillgate.store.shared.transactions import Cancelled, LostRace, transact
from tillgate.store.shared.work_items import needs, settled


class ReferenceUsed(Exception):
    """The merchant has used this payout reference."""


class Payouts:
    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def load(self, payout_id: str) -> Payout | None:
        """The current state, or None."""
        item = self._get({"pk": {"S": payout_id}, "sk": {"S": "PAYOUT"}}) if is_payout(payout_id) else None
        return from_json(Payout, item["payout"]["S"]) if item else None

    def latest(self, account: Account) -> Payout | None:
        """A vendor's latest payout: two reads."""
        head = self._get(_head_key(account))
        return self.load(head["payout_id"]["S"]) if head else None

    def used(self, merchant_id: str, currency: str, day: str) -> int:
        """The sum of the account's payouts to persons on that day, in minor units."""
        return used_of(self._get(key_of(merchant_id, currency, day)))

    def create(self, payout: Payout, per_day: int, record: Record[Payout] | None = None) -> Payout:
        """Saves a person's payout and counts it towards its day.

        Raises `ReferenceUsed`, `DayIsFull` beyond `per_day`, or `KeyTaken` for a repeated idempotency key.
        """
        if payout.amount > per_day:
            raise DayIsFull(self.used(payout.merchant_id, payout.currency, payout.counted_on or ""))
        reference = {
            "pk": {"S": f"PAYOUT_REFERENCE#{payout.merchant_id}#{payout.payout_reference}"},
            "sk": {"S": "REFERENCE"},
            "payout_id": {"S": payout.payout_id},
        }
        actions = [self._put(item, "attribute_not_exists(pk)") for item in (_item(payout), reference)]
        actions += [day_use.takes(self._table, payout, per_day), *self._work(None, payout)]
        try:
            self._transact(actions, record, payout)
        except Cancelled as cancelled:
            if cancelled.failed(1):
                raise ReferenceUsed from None
            raise (DayIsFull(used_of(cancelled.item(2))) if cancelled.failed(2) else LostRace) from None
        return payout

    def save(
        self,
        before: Payout,
        after: Payout,
        record: Record[Payout] | None = None,
        unless: Sequence[dict[str, Any]] = (),
    ) -> Payout:
        """Saves a change with what it posts in the ledger or returns to its day. `unless`: conditions on other items.

        Raises `LostRace` if it was changed since, or a condition does not hold.
        """
        after = replace(after, version=before.version + 1)
        actions = [self._replace(after), *posts(self._table, after.merchant_id, posted(before, after))]
        actions += books.puts(self._table, after.merchant_id, moved(before, after))
        actions += [*day_use.changes(self._table, before, after), *self._work(before, after), *unless]
        self._must(actions, record, after)
        return after

    def take(
        self, account: Account, before: Payout | None, entries: Sequence[Entry], now: datetime, opening: int = 0
    ) -> Payout:
        """Puts open entries into a vendor's payout, or into a new one if `before` is over or None.

        `opening` is its sum before this run.

        Raises `LostRace` if another run took one of them or changed the payout.
        """
        if before is not None and not before.is_over:
            after = replace(taken(before, entries, now, opening), version=before.version + 1)
            actions = [self._replace(after)]
        else:
            after = taken(opened(account, before.number + 1 if before else 1, now), entries, now, opening)
            actions = [self._put(_item(after), "attribute_not_exists(pk)"), self._head(account, before, after)]
        moves = takes(self._table, entries, after.payout_id)
        self._must([*actions, *self._work(before, after), *moves], None, after)
        return after

    def _work(self, before: Payout | None, after: Payout) -> list[dict[str, Any]]:
        """What follows for the operators' work list. A vendor's next payout takes the one before it off the list."""
        needed = before is not None and trouble_of(before) is not None
        needs_now = trouble_of(after) is not None
        if before and needed and (before.payout_id != after.payout_id or not needs_now):
            return [settled(self._table, before.payout_id)]
        return [needs(self._table, after.payout_id, waits_since(after))] if needs_now and not needed else []

    def page(self, merchant_id: str, vendor_id: str, limit: int, before: str | None) -> tuple[list[Payout], str | None]:
        """A vendor's payouts, newest first, and where the next page begins."""
        return self._page(_list_name(merchant_id, vendor_id), limit, before)

    def to_persons(self, merchant_id: str, limit: int, before: str | None) -> tuple[list[Payout], str | None]:
        """A merchant's payouts to persons, newest first, and where the next page begins."""
        return self._page(_list_name(merchant_id, None), limit, before)

    def _page(self, name: str, limit: int, before: str | None) -> tuple[list[Payout], str | None]:
        items, position = lists.page(
            self._dynamodb, self._table, name, since=" ", newest=before or "9999~", below=before, limit=limit
        )
        found = (self.load(item["pk"]["S"]) for item in items)
        return [payout for payout in found if payout], position

    def _head(self, account: Account, before: Payout | None, after: Payout) -> dict[str, Any]:
        put: dict[str, Any] = {
            "TableName": self._table,
            "Item": _head_key(account) | {"payout_id": {"S": after.payout_id}},
            "ConditionExpression": "attribute_not_exists(pk)",
        }
        if before is not None:
            values = {":before": {"S": before.payout_id}}
            put |= {"ConditionExpression": "payout_id = :before", "ExpressionAttributeValues": values}
        return {"Put": put}

    def _replace(self, after: Payout) -> dict[str, Any]:
        put = self._put(_item(after), "version = :read")
        put["Put"]["ExpressionAttributeValues"] = {":read": {"N": str(after.version - 1)}}
        return put

    def _put(self, item: dict[str, Any], condition: str) -> dict[str, Any]:
        return {"Put": {"TableName": self._table, "Item": item, "ConditionExpression": condition}}

    def _must(self, actions: list[dict[str, Any]], record: Record[Payout] | None, after: Payout) -> None:
        try:
            self._transact(actions, record, after)
        except Cancelled:
            raise LostRace from None

    def _transact(self, actions: list[dict[str, Any]], record: Record[Payout] | None, after: Payout) -> None:
        more = [record.action(self._table, after)] if record else []
        try:
            transact(self._dynamodb, [*actions, *more])
        except Cancelled as cancelled:
            cancelled.raise_if_key_taken(len(actions))
            raise

    def _get(self, key: dict[str, Any]) -> dict[str, Any] | None:
        item: dict[str, Any] | None = self._dynamodb.get_item(TableName=self._table, Key=key, ConsistentRead=True).get(
            "Item"
        )
        return item


def _item(payout: Payout) -> dict[str, Any]:
    """The payout as JSON, with the attributes for indexes, the stream and operators in the console."""
    item: dict[str, Any] = {
        "pk": {"S": payout.payout_id},
        "sk": {"S": "PAYOUT"},
        "payout": {"S": to_json(payout, leave_defaults)},
        "version": {"N": str(payout.version)},
        "merchant_id": {"S": payout.merchant_id},
        "status": {"S": payout.status},
        "updated_at": {"S": instant(payout.updated_at)},
        "list_key": {"S": shards.list_key(_list_name(payout.merchant_id, payout.vendor_id), payout.payout_id)},
        "listed_at": {"S": f"{instant(payout.created_at)}#{payout.payout_id}"},
    }
    if payout.next_check_at:
        item["due_shard"] = {"S": shard_of(payout.payout_id)}
        item["due_at"] = {"S": instant(payout.next_check_at)}
    account = payout.ledger_account
    if account and payout.waits_for_a_run:
        item |= waiting(account)
    return item


def _list_name(merchant_id: str, vendor_id: str | None) -> str:
    """Payouts to persons are a list of the merchant's, those to a vendor one of the vendor's."""
    return f"PAYOUTS#{merchant_id}#{vendor_id}" if vendor_id else f"PAYOUTS#{merchant_id}"


def _head_key(account: Account) -> dict[str, Any]:
    pk = vendor_key(account.merchant_id, account.vendor_id)
    return {"pk": {"S": pk}, "sk": {"S": f"LATEST#{account.currency}#{account.connector}"}}
