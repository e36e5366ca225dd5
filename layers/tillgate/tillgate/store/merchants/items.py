"""How the merchants table is read and written: each item is a JSON document under `pk` and `sk`.

Nothing is overwritten that was not read: `create` writes only where nothing is, `change` and `delete` only what is
still as it was read, so that of two changes at once neither is lost and nothing deleted comes back. Every item of this
table is written here or in `connections`, and each change of an account leaves an entry in its history, in the same
transaction (see `history`).
"""

import json
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from tillgate.domain.shared.refusals import OperationNotAllowed
from tillgate.runtime.acting import mark_of, who_acts
from tillgate.runtime.backoff import tries
from tillgate.runtime.bounded import Bounded
from tillgate.store.shared.conditions import succeeds
from tillgate.store.shared.documents import from_plain, to_json
from tillgate.store.shared.failures import Contended
from tillgate.store.shared.transactions import Cancelled, transact

KEPT_SECONDS = 60
TRIES = 8  # every race has a winner

type Action = dict[str, Any]  # of a transaction, on any table


class Place[T](NamedTuple):
    """Where an item is, and what it holds. `defaults`: what items of earlier versions do not have, and meant."""

    kind: type[T]
    pk: str
    sk: str
    defaults: Mapping[str, Any] = {}

    @property
    def name(self) -> str:
        return f"{self.pk}/{self.sk}"

    @property
    def key(self) -> dict[str, Any]:
        return {"pk": {"S": self.pk}, "sk": {"S": self.sk}}

    def value(self, document: str) -> T:
        return from_plain(self.kind, {**self.defaults, **json.loads(document)})


class Taken(Exception):
    """There is an item already where one was to be created."""


class Missing(KeyError):
    """There is no item to change."""


def check_seen(place: str, document: str) -> None:
    """Raises `OperationNotAllowed` if whoever acts was shown another state of it."""
    if not who_acts().has_seen(place, document):
        raise OperationNotAllowed("it has changed since you were shown it; look at it again")


def utc_now() -> datetime:
    return datetime.now(UTC)


class Items:
    """`now`: seconds since an arbitrary start; `kept` items are read again after `KEPT_SECONDS`. `wall`: the time that
    the history has."""

    def __init__(
        self,
        dynamodb: Any,
        table: str,
        now: Callable[[], float] = time.monotonic,
        wall: Callable[[], datetime] = utc_now,
    ) -> None:
        self._dynamodb = dynamodb
        self.table = table
        self._now = now
        self._wall = wall
        self._kept: Bounded[tuple[str, str], tuple[float, Any]] = Bounded()

    def read[T](self, place: Place[T]) -> T | None:
        """As stored now."""
        document = self._document(place)
        return place.value(document) if document else None

    def mark[T](self, place: Place[T]) -> str:
        """Of what is stored now; for whoever is shown it (see `Acting.saw`)."""
        return mark_of(self._document(place) or "")

    def kept[T](self, place: Place[T]) -> T | None:
        """As stored at most a minute ago."""
        found: T | None
        at, found = self._kept.get((place.pk, place.sk), (None, None))
        if at is None or self._now() - at >= KEPT_SECONDS:
            # Half the price, and a second late at most; what seems not to be there may only be new.
            document = self._document(place, consistent=False) or self._document(place)
            found = self._keep(place, place.value(document) if document else None)
        return found

    def read_again[T](self, place: Place[T]) -> T | None:
        """As stored now, and kept for a minute."""
        return self._keep(place, self.read(place))

    def _keep[T](self, place: Place[T], found: T | None) -> T | None:
        self._kept[place.pk, place.sk] = (self._now(), found)
        return found

    def create[T](self, place: Place[T], value: T) -> None:
        """Raises `Taken`, and ValueError for what could not be read again."""
        item = {**place.key, "document": {"S": _document(place, value)}}
        put = {"TableName": self.table, "Item": item, "ConditionExpression": "attribute_not_exists(pk)"}
        if not self._written({"Put": put}, [], self._history(None, value)):
            raise Taken(place.pk)
        self._forget(place)

    def change[T](
        self, place: Place[T], change: Callable[[T], T], beside: Callable[[T], list[Action]] | None = None
    ) -> T:
        """Reads, changes and writes an item, and starts again if it was changed in the meantime.

        `beside`: further writes of the same transaction, made from the changed value. Raises `Missing` if there is no
        item, `Contended` if others keep writing it, `Cancelled` if a condition of `beside` failed (its numbers count
        from 1), ValueError for what could not be read again, and what `change` raises.
        """
        for _ in tries(TRIES):
            document = self._document(place)
            if document is None:
                raise Missing(place.pk)
            check_seen(place.name, document)
            before = place.value(document)
            changed = change(before)
            update = {"Update": self._update(place, document, _document(place, changed))}
            if self._written(update, beside(changed) if beside else [], self._history(before, changed)):
                self._forget(place)
                return changed
        raise Contended(f"{place.pk} is being changed by others")

    def delete[T](self, place: Place[T]) -> None:
        """Raises `Missing` if there is no item (any more)."""
        before = self.read(place)
        if before is None:
            raise Missing(place.pk)
        gone, *entry = self.deletion(place, before)
        if not self._written(gone, [], entry):
            raise Missing(place.pk)
        self._forget(place)

    def deletion[T](self, place: Place[T], value: T) -> list[Action]:
        """The write that deletes an item which is there, and its entry in the history, for a transaction."""
        gone = {"TableName": self.table, "Key": place.key, "ConditionExpression": "attribute_exists(pk)"}
        return [{"Delete": gone}, *self._history(value, None)]

    def read_for[T](self, place: Place[T]) -> tuple[T, Action] | None:
        """As stored now, and the condition, for a transaction on other tables too, that it is still so."""
        document = self._document(place)
        if document is None:
            return None
        check = {
            "TableName": self.table,
            "Key": place.key,
            "ConditionExpression": "document = :read",
            "ExpressionAttributeValues": {":read": {"S": document}},
        }
        return place.value(document), {"ConditionCheck": check}

    def _history(self, before: object, after: object) -> list[Action]:
        from tillgate.store.merchants import history  # only who changes an account loads it

        return history.entries(self.table, before, after, self._wall())

    def _update[T](self, place: Place[T], old: str, new: str) -> Action:
        return {
            "TableName": self.table,
            "Key": place.key,
            "UpdateExpression": "SET document = :new",
            "ConditionExpression": "document = :old",
            "ExpressionAttributeValues": {":new": {"S": new}, ":old": {"S": old}},
        }

    def _written(self, write: Action, more: list[Action], entry: list[Action]) -> bool:
        """False if the item has been changed since it was read, or is there already."""
        if not more and not entry:
            ((kind, parameters),) = write.items()
            one = {"Put": "put_item", "Update": "update_item", "Delete": "delete_item"}[kind]
            return succeeds(getattr(self._dynamodb, one), **parameters)
        try:
            transact(self._dynamodb, [write, *more, *entry])
        except Cancelled as cancelled:
            if any(cancelled.failed(number) for number in range(1, len(more) + 1)):
                raise
            return False
        return True

    def _document[T](self, place: Place[T], *, consistent: bool = True) -> str | None:
        answer = self._dynamodb.get_item(TableName=self.table, Key=place.key, ConsistentRead=consistent)
        return answer["Item"]["document"]["S"] if "Item" in answer else None

    def _forget[T](self, place: Place[T]) -> None:
        self._kept.pop((place.pk, place.sk), None)


def _document[T](place: Place[T], value: T) -> str:
    """The JSON to store. Raises ValueError if it could not be read again, which would lock the account out."""
    try:
        document = to_json(value)
    except TypeError as error:
        raise ValueError(str(error)) from None
    place.value(document)
    return document
