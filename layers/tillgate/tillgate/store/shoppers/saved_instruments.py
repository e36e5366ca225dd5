"""Saved instruments (RG-5), in their shopper's partition, and what has to be settled with their PSPs.

| what | table | pk | sk |
| --- | --- | --- | --- |
| saved instrument | shoppers | the shopper's | `PROFILE#TOKEN#token` |
| its PSP has to be asked, or told of the deletion | orders, index `due` | `SETTLING#token` | `SETTLING` |

A token names its shopper, so an instrument is found with one read. Registrations and deletions are written together
with what has to be settled, so after any crash the sweep synchronizes the PSP with what is stored here.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tillgate.domain.shared.modes import Mode
from tillgate.domain.shoppers.saved_instruments import SavedInstrument, StoredInstrument, is_token, shopper_key_of
from tillgate.store.shared.conditions import succeeds, write
from tillgate.store.shared.documents import from_json, leave_defaults, to_json
from tillgate.store.shared.due_index import instant
from tillgate.store.shared.idempotency import Record, Release
from tillgate.store.shared.transactions import Cancelled, LostRace, NoSuchShopper, transact
from tillgate.store.shoppers.shoppers import PROFILE, partition, primary_key

SHARD = "INSTRUMENTS"
PREFIX = f"{PROFILE}#TOKEN#"  # next to the profile, so that one query reads both
_IS_THERE = "attribute_exists(pk)"
_IS_NEW = "attribute_not_exists(pk)"


@dataclass(frozen=True, slots=True)
class Settling:
    """The PSP has to be synchronized with what is stored under `token`. `psp_token` if it is known."""

    merchant_id: str
    token: str
    connector: str
    due_at: str
    psp_token: str | None = None
    tries: int = 0
    mode: Mode | None = None

    @property
    def shopper_key(self) -> str:
        return shopper_key_of(self.token)


@dataclass(frozen=True, slots=True)
class Page:
    """`has_shopper` is False if there is no such shopper (any more)."""

    instruments: list[SavedInstrument]
    has_more: bool
    has_shopper: bool


class Gone(Exception):
    """The instrument was deleted in the meantime."""


class Instruments:
    def __init__(self, dynamodb: Any, orders: str, shoppers: str) -> None:
        self._dynamodb = dynamodb
        self._orders = orders
        self._shoppers = shoppers

    def find(self, merchant_id: str, token: str) -> SavedInstrument | None:
        """One of this merchant's; reads nothing if it is no token of ours."""
        if not is_token(token):
            return None
        key = _key(merchant_id, token)
        item = self._dynamodb.get_item(TableName=self._shoppers, Key=key, ConsistentRead=True).get("Item")
        return _read(item) if item else None

    def page(self, merchant_id: str, shopper_key: str, limit: int, before: str | None = None) -> Page:
        """A shopper's instruments older than the token `before`, newest first: one read."""
        newest = f"{PREFIX}{before}" if before else f"{PREFIX}~"
        answer = self._dynamodb.query(
            TableName=self._shoppers,
            KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :newest",
            ExpressionAttributeValues={
                ":pk": {"S": partition(merchant_id, shopper_key)},
                ":first": {"S": PROFILE},  # comes last, and proves that the shopper exists
                ":newest": {"S": newest},
            },
            ScanIndexForward=False,
            Limit=limit + 2,  # one is `before` itself, one shows whether there are more
            ConsistentRead=True,
        )
        items = [item for item in answer["Items"] if item["sk"]["S"] != newest]
        found = [_read(item) for item in items if item["sk"]["S"].startswith(PREFIX)]
        there = any("profile" in item or "instrument" in item for item in answer["Items"])
        return Page(found[:limit], len(found) > limit, there)

    def begin(
        self, instrument: SavedInstrument, due_at: datetime, record: Record[SavedInstrument] | None
    ) -> SavedInstrument:
        """Records a registration before it is sent. Raises `NoSuchShopper`, `KeyTaken`."""
        promise = self._promise(settling_of(instrument, due_at))
        try:
            self._transact_once([self._in_use(instrument), self.saving(instrument)[1], promise], record, instrument)
        except Cancelled as cancelled:
            raise (NoSuchShopper if cancelled.failed(0) else LostRace) from None
        return instrument

    def activate(self, instrument: SavedInstrument, record: Record[SavedInstrument] | None = None) -> None:
        """The PSP has stored it. Raises `Gone` only if it was deleted in the meantime."""
        put = {"TableName": self._shoppers, "Item": _item(instrument), "ConditionExpression": _IS_THERE}
        try:
            self._transact_once([{"Put": put}, self._kept(instrument.token)], record, instrument)
        except Cancelled:  # the only condition
            raise Gone from None

    def refuse(self, instrument: SavedInstrument, release: Release | None) -> None:
        """The PSP refused it: nothing is stored, and its idempotency key is free again."""
        actions = [self._gone(instrument), self._kept(instrument.token)]
        if release:
            actions.append(release.action(self._orders))
        transact(self._dynamodb, actions)

    def remove(self, instrument: SavedInstrument, due_at: datetime) -> Settling:
        """Deletes it at once; its PSP is still to be told."""
        settling = settling_of(instrument, due_at)
        transact(self._dynamodb, [self._gone(instrument), self._promise(settling)])
        return settling

    def saving(self, instrument: SavedInstrument) -> list[dict[str, Any]]:
        """The writes that store an instrument of an existing shopper; for a transaction."""
        put = {"TableName": self._shoppers, "Item": _item(instrument), "ConditionExpression": _IS_NEW}
        shopper = {"TableName": self._shoppers, "Key": primary_key(instrument.merchant_id, instrument.shopper_key)}
        return [{"ConditionCheck": shopper | {"ConditionExpression": "attribute_exists(profile)"}}, {"Put": put}]

    def _in_use(self, instrument: SavedInstrument) -> dict[str, Any]:
        """The shopper exists, and is marked as used now: unused shoppers are erased after a time (GO-7)."""
        use = {
            "TableName": self._shoppers,
            "Key": primary_key(instrument.merchant_id, instrument.shopper_key),
            "ConditionExpression": "attribute_exists(profile)",
            "UpdateExpression": "SET due_at = :now",
            "ExpressionAttributeValues": {":now": {"S": instant(instrument.created_at)}},
        }
        return {"Update": use}

    def promise(
        self,
        merchant_id: str,
        token: str,
        connector: str,
        at_psp: StoredInstrument,
        due_at: datetime,
        mode: Mode | None = None,
    ) -> None:
        """What the PSP has stored is not stored here, so it has to be deleted there too."""
        settling = Settling(merchant_id, token, connector, instant(due_at), at_psp.psp_token, mode=mode)
        write(self._dynamodb.put_item, **self._promise(settling)["Put"])

    def settled(self, settling: Settling) -> None:
        """Nothing is left to do, unless something new was promised in the meantime."""
        succeeds(
            self._dynamodb.delete_item,
            TableName=self._orders,
            Key=_settling_key(settling.token),
            ConditionExpression="due_at = :seen",
            ExpressionAttributeValues={":seen": {"S": settling.due_at}},
        )

    def postpone(self, settling: Settling, due_at: datetime) -> None:
        """Retries later, unless something new was promised in the meantime."""
        later = replace(settling, due_at=instant(due_at), tries=settling.tries + 1)
        succeeds(
            self._dynamodb.put_item,
            **self._promise(later)["Put"],
            ConditionExpression="due_at = :seen",
            ExpressionAttributeValues={":seen": {"S": settling.due_at}},
        )

    def due(self, now: datetime, limit: int) -> list[Settling]:
        """What has to be settled now, longest overdue first."""
        answer = self._dynamodb.query(
            TableName=self._orders,
            IndexName="due",
            KeyConditionExpression="due_shard = :shard AND due_at <= :now",
            ExpressionAttributeValues={":shard": {"S": SHARD}, ":now": {"S": instant(now)}},
            Limit=limit,
        )
        found = (self._read_settling(item["pk"]["S"].removeprefix("SETTLING#")) for item in answer["Items"])
        return [settling for settling in found if settling]

    def _read_settling(self, token: str) -> Settling | None:
        key = _settling_key(token)
        item = self._dynamodb.get_item(TableName=self._orders, Key=key, ConsistentRead=True).get("Item")
        return from_json(Settling, item["settling"]["S"]) if item else None

    def _promise(self, settling: Settling) -> dict[str, Any]:
        item = {
            **_settling_key(settling.token),
            "due_shard": {"S": SHARD},
            "due_at": {"S": settling.due_at},
            "settling": {"S": to_json(settling)},
        }
        return {"Put": {"TableName": self._orders, "Item": item}}

    def _kept(self, token: str) -> dict[str, Any]:
        return {"Delete": {"TableName": self._orders, "Key": _settling_key(token)}}

    def _gone(self, instrument: SavedInstrument) -> dict[str, Any]:
        key = _key(instrument.merchant_id, instrument.token)
        return {"Delete": {"TableName": self._shoppers, "Key": key}}

    def _transact_once(
        self, actions: list[dict[str, Any]], record: Record[SavedInstrument] | None, made: SavedInstrument
    ) -> None:
        written = [*actions, record.action(self._orders, made)] if record else actions
        try:
            transact(self._dynamodb, written)
        except Cancelled as cancelled:
            cancelled.raise_if_key_taken(len(actions))
            raise


def settling_of(instrument: SavedInstrument, due_at: datetime) -> Settling:
    psp_token = instrument.at_psp.psp_token if instrument.at_psp else None
    named = (instrument.merchant_id, instrument.token, instrument.connector)
    return Settling(*named, instant(due_at), psp_token, mode=instrument.mode)


def token_of(item: dict[str, Any]) -> str | None:
    """The token of one of a shopper's items, if it is a saved instrument."""
    sk: str = item["sk"]["S"]
    return sk.removeprefix(PREFIX) if sk.startswith(PREFIX) else None


def _key(merchant_id: str, token: str) -> dict[str, Any]:
    return primary_key(merchant_id, shopper_key_of(token), f"{PREFIX}{token}")


def _settling_key(token: str) -> dict[str, Any]:
    return {"pk": {"S": f"SETTLING#{token}"}, "sk": {"S": "SETTLING"}}


def _item(instrument: SavedInstrument) -> dict[str, Any]:
    document = to_json(instrument, leave_defaults)
    return {**_key(instrument.merchant_id, instrument.token), "instrument": {"S": document}}


def _read(item: dict[str, Any]) -> SavedInstrument:
    return from_json(SavedInstrument, item["instrument"]["S"])
