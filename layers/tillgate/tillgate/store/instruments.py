"""Saved instruments (RG-5), in the partition of the shopper whose they are, and what is to be settled with their PSPs.

| what | table | pk | sk |
| --- | --- | --- | --- |
| saved instrument | shoppers | shopper's key | `INSTRUMENT#token` |
| its PSP has to be asked, or told that it is gone | orders, index `due` | `SETTLING#token` | `SETTLING` |

A token names its shopper, so each is found with one read. A registration and a deletion are written together with
what is to be settled, so whatever dies on the way, the sweep brings the PSP in line with what stands here.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from tillgate.domain.instruments import SavedInstrument, shopper_key_of

from .conditions import succeeds
from .idempotency import Record, Release
from .orders import instant
from .transactions import Cancelled, LostRace, NoSuchShopper, transact

SHARD = "INSTRUMENTS"
PREFIX = "INSTRUMENT#"
_DOCUMENT = TypeAdapter(SavedInstrument)
_IS_THERE = "attribute_exists(pk)"
_IS_NEW = "attribute_not_exists(pk)"


@dataclass(frozen=True, slots=True)
class Settling:
    """The PSP is to be brought in line with what is kept under `token`. `psp_token` where it is known."""

    token: str
    connector: str
    due_at: str
    psp_token: str | None = None
    tries: int = 0

    @property
    def shopper_key(self) -> str:
        return shopper_key_of(self.token) or ""


class Instruments:
    def __init__(self, dynamodb: Any, orders: str, shoppers: str) -> None:
        self._dynamodb = dynamodb
        self._orders = orders
        self._shoppers = shoppers

    def find(self, token: str) -> SavedInstrument | None:
        key = _key(token)
        if key is None:
            return None
        item = self._dynamodb.get_item(TableName=self._shoppers, Key=key, ConsistentRead=True).get("Item")
        return _read(item) if item else None

    def page(self, shopper_key: str, limit: int, before: str | None = None) -> tuple[list[SavedInstrument], bool]:
        """A shopper's instruments, newest first, those older than the token `before`; and whether there are more."""
        newest = f"{PREFIX}{before}" if before else f"{PREFIX}~"
        answer = self._dynamodb.query(
            TableName=self._shoppers,
            KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :newest",
            ExpressionAttributeValues={
                ":pk": partition(shopper_key)["pk"],
                ":first": {"S": PREFIX},
                ":newest": {"S": newest},
            },
            ScanIndexForward=False,
            Limit=limit + 2,  # one is `before` itself, one tells whether there are more
            ConsistentRead=True,
        )
        found = [_read(item) for item in answer["Items"] if item["sk"]["S"] != newest]
        return found[:limit], len(found) > limit

    def begin(
        self, instrument: SavedInstrument, due_at: datetime, record: Record[SavedInstrument] | None
    ) -> SavedInstrument:
        """A registration that is about to be sent. Raises `NoSuchShopper`, `KeyTaken`."""
        promise = self._promise(Settling(instrument.token, instrument.connector, instant(due_at)))
        try:
            self._transact([*self.saving(instrument), promise], record, instrument)
        except Cancelled as cancelled:
            raise (NoSuchShopper if cancelled.failed(0) else LostRace) from None
        return instrument

    def activate(self, instrument: SavedInstrument, record: Record[SavedInstrument] | None = None) -> None:
        """The PSP has stored it. Raises `LostRace` if it was deleted meanwhile."""
        put = {"TableName": self._shoppers, "Item": _item(instrument), "ConditionExpression": _IS_THERE}
        try:
            self._transact([{"Put": put}, self._kept(instrument.token)], record, instrument)
        except Cancelled:
            raise LostRace from None

    def refuse(self, instrument: SavedInstrument, release: Release | None) -> None:
        """The PSP would not have it: nothing is kept, and its idempotency key is free again."""
        actions = [self._gone(instrument.token), self._kept(instrument.token)]
        if release:
            actions.append(release.action(self._orders))
        transact(self._dynamodb, actions)

    def remove(self, instrument: SavedInstrument, due_at: datetime) -> Settling:
        """It is gone at once; its PSP is to be told."""
        psp_token = instrument.at_psp.psp_token if instrument.at_psp else None
        settling = Settling(instrument.token, instrument.connector, instant(due_at), psp_token)
        transact(self._dynamodb, [self._gone(instrument.token), self._promise(settling)])
        return settling

    def saving(self, instrument: SavedInstrument) -> list[dict[str, Any]]:
        """The writes that keep an instrument of a shopper who is there; for a transaction."""
        put = {"TableName": self._shoppers, "Item": _item(instrument), "ConditionExpression": _IS_NEW}
        shopper = {"TableName": self._shoppers, "Key": {**partition(instrument.shopper_key), "sk": {"S": "SHOPPER"}}}
        return [{"ConditionCheck": shopper | {"ConditionExpression": _IS_THERE}}, {"Put": put}]

    def promise(self, settling: Settling) -> None:
        self._dynamodb.put_item(**self._promise(settling)["Put"])

    def settled(self, settling: Settling) -> None:
        """Nothing is left to be done; unless something new was promised meanwhile."""
        succeeds(
            self._dynamodb.delete_item,
            TableName=self._orders,
            Key=_settling_key(settling.token),
            ConditionExpression="due_at = :seen",
            ExpressionAttributeValues={":seen": {"S": settling.due_at}},
        )

    def put_off(self, settling: Settling, due_at: datetime) -> None:
        """Tried, and to be tried again later; unless something new was promised meanwhile."""
        later = replace(settling, due_at=instant(due_at), tries=settling.tries + 1)
        succeeds(
            self._dynamodb.put_item,
            **self._promise(later)["Put"],
            ConditionExpression="due_at = :seen",
            ExpressionAttributeValues={":seen": {"S": settling.due_at}},
        )

    def due(self, now: datetime, limit: int) -> list[Settling]:
        """What is to be settled now, longest overdue first."""
        answer = self._dynamodb.query(
            TableName=self._orders,
            IndexName="due",
            KeyConditionExpression="due_shard = :shard AND due_at <= :now",
            ExpressionAttributeValues={":shard": {"S": SHARD}, ":now": {"S": instant(now)}},
            Limit=limit,
        )
        found = (self._settling(item["pk"]["S"].removeprefix("SETTLING#")) for item in answer["Items"])
        return [settling for settling in found if settling]

    def _settling(self, token: str) -> Settling | None:
        item = self._dynamodb.get_item(TableName=self._orders, Key=_settling_key(token), ConsistentRead=True).get(
            "Item"
        )
        if item is None:
            return None
        psp_token = item["psp_token"]["S"] if "psp_token" in item else None
        return Settling(token, item["connector"]["S"], item["due_at"]["S"], psp_token, int(item["tries"]["N"]))

    def _promise(self, settling: Settling) -> dict[str, Any]:
        item: dict[str, Any] = {
            **_settling_key(settling.token),
            "due_shard": {"S": SHARD},
            "due_at": {"S": settling.due_at},
            "connector": {"S": settling.connector},
            "tries": {"N": str(settling.tries)},
        }
        if settling.psp_token:
            item["psp_token"] = {"S": settling.psp_token}
        return {"Put": {"TableName": self._orders, "Item": item}}

    def _kept(self, token: str) -> dict[str, Any]:
        return {"Delete": {"TableName": self._orders, "Key": _settling_key(token)}}

    def _gone(self, token: str) -> dict[str, Any]:
        return {"Delete": {"TableName": self._shoppers, "Key": _key(token)}}

    def _transact(
        self, actions: list[dict[str, Any]], record: Record[SavedInstrument] | None, made: SavedInstrument
    ) -> None:
        written = [*actions, record.action(self._orders, made)] if record else actions
        try:
            transact(self._dynamodb, written)
        except Cancelled as cancelled:
            cancelled.raise_if_key_taken(len(actions))
            raise


def partition(shopper_key: str) -> dict[str, Any]:
    return {"pk": {"S": shopper_key}}


def _key(token: str) -> dict[str, Any] | None:
    shopper_key = shopper_key_of(token)
    return {**partition(shopper_key), "sk": {"S": f"{PREFIX}{token}"}} if shopper_key else None


def _settling_key(token: str) -> dict[str, Any]:
    return {"pk": {"S": f"SETTLING#{token}"}, "sk": {"S": "SETTLING"}}


def _item(instrument: SavedInstrument) -> dict[str, Any]:
    document = _DOCUMENT.dump_json(instrument, exclude_defaults=True).decode()
    return {**(_key(instrument.token) or {}), "instrument": {"S": document}}


def _read(item: dict[str, Any]) -> SavedInstrument:
    return _DOCUMENT.validate_json(item["instrument"]["S"])
