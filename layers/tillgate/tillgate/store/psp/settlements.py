"""What PSPs have settled, operation by operation (GO-4): with the PSP's fee, and the payout that it came in.

| what | pk | sk |
| --- | --- | --- |
| a line, by its payment | `SETTLED#payment id` | `kind#reference` |
| the same, by the PSP's payout to the bank | `BANK#connector#account#payout` | `payment id#kind#reference` |
| a payout to the bank | `CREDITS#connector#account` | `payout` |
| how far an account's settlement is known | `SETTLEMENTS#connector` | `account` |

A line that is told again replaces itself, and moves if it has come in another payout. So a credit on the bank account
is explained by one query. What is new of a line is booked in the same transaction, on condition that nobody has told
it meanwhile.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tillgate.domain.psp.accounts import PspAccount
from tillgate.runtime.backoff import tries
from tillgate.store.shared.conditions import write
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
    account: str = "-"
    """Whose account at the PSP, see `PspAccount.name`."""
    net: int | None = None
    """What it added to the payout, in the payout's currency, if the PSP says so."""

    @property
    def added(self) -> int:
        """To the payout."""
        signed = -self.amount if self.kind == "REFUND" else self.amount
        return signed - self.fee if self.net is None else self.net


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """A PSP's payout to the bank. `others`: what is in it beside the lines, by the PSP's word for it."""

    payout: str
    currency: str
    amount: int
    arrives_at: datetime
    others: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far one account's settlement is known (UTC).

    `known_until`: all that arrived before is kept. `asked_at`, `done_at`: when the PSP was last asked, and last told
    everything. `failing_since`: since when it could not be asked; None if it could. `why`: what went wrong.
    """

    asked_at: datetime | None = None
    done_at: datetime | None = None
    known_until: datetime | None = None
    failing_since: datetime | None = None
    why: str = ""


class Settlements:
    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def save(self, line: SettledLine, booked: Callable[[SettledLine | None], list[dict[str, Any]]]) -> None:
        """`booked`: the writes for what the line says beyond what it said before (None: it is told for the first time).

        A line that says nothing new, or is older than what is known, is not written. Raises `LostRace` if others keep
        writing it.
        """
        if not line.reference:
            raise ValueError(f"a line of {line.payment_id} names no operation")
        key = _by_payment(line)
        for _ in tries(TRIES):
            stored = self._dynamodb.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")
            earlier = from_json(SettledLine, stored["line"]["S"]) if stored else None
            if earlier and (earlier == line or earlier.as_of > line.as_of):
                return
            try:
                books = booked(earlier)
                transact(self._dynamodb, [*self._writes(key, line, stored, earlier, books), *books])
                return
            except Cancelled:
                continue
        raise LostRace

    def _writes(
        self,
        key: dict[str, Any],
        line: SettledLine,
        stored: dict[str, Any] | None,
        earlier: SettledLine | None,
        books: list[dict[str, Any]],
    ) -> Iterator[dict[str, Any]]:
        text = {"line": {"S": to_json(line, leave_defaults)}}
        booked = [{"M": {name: each["Put"]["Item"][name] for name in ("pk", "sk")}} for each in books]
        known = (stored or {}).get("booked", {"L": []})["L"]
        put: dict[str, Any] = {"TableName": self._table, "Item": key | text | {"booked": {"L": known + booked}}}
        put["ConditionExpression"] = "line = :line" if stored else "attribute_not_exists(pk)"
        if stored:
            put["ExpressionAttributeValues"] = {":line": stored["line"]}
        yield {"Put": put}
        if earlier and earlier.payout and _by_payout(earlier) != _by_payout(line):
            yield {"Delete": {"TableName": self._table, "Key": _by_payout(earlier)}}
        if line.payout:
            yield {"Put": {"TableName": self._table, "Item": _by_payout(line) | text}}

    def knows(self, line: SettledLine) -> bool:
        """Whether exactly this was told before: then it says nothing new."""
        stored = self._dynamodb.get_item(TableName=self._table, Key=_by_payment(line), ConsistentRead=True).get("Item")
        return stored is not None and from_json(SettledLine, stored["line"]["S"]) == line

    def of_payment(self, payment_id: str) -> list[SettledLine]:
        return self._lines(f"SETTLED#{payment_id}")

    def of_payout(self, account: PspAccount, payout: str) -> list[SettledLine]:
        """The lines that make up one of the PSP's payouts to the bank."""
        return self._lines(f"BANK#{account.connector}#{account.name}#{payout}")

    # ---- payouts to the bank, and how far an account is known

    def add_credit(self, account: PspAccount, credit: Credit) -> None:
        """A payout that is told again replaces itself."""
        item = {"pk": {"S": _credits(account)}, "sk": {"S": credit.payout}}
        text = {"credit": {"S": to_json(credit, leave_defaults)}}
        write(self._dynamodb.put_item, TableName=self._table, Item=item | text)

    def credit(self, account: PspAccount, payout: str) -> Credit | None:
        key = {"pk": {"S": _credits(account)}, "sk": {"S": payout}}
        stored = self._dynamodb.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")
        return from_json(Credit, stored["credit"]["S"]) if stored else None

    def credits(self, account: PspAccount) -> list[Credit]:
        """All payouts to the bank of an account: about one a day."""
        return [from_json(Credit, item["credit"]["S"]) for item in self._items(_credits(account))]

    def progress(self, connector: str) -> dict[str, Progress]:
        """Of each account that was ever asked, by `PspAccount.name`."""
        items = self._items(f"SETTLEMENTS#{connector}")
        return {item["sk"]["S"]: from_json(Progress, item["progress"]["S"]) for item in items}

    def progress_of(self, account: PspAccount) -> Progress:
        key = {"pk": {"S": f"SETTLEMENTS#{account.connector}"}, "sk": {"S": account.name}}
        stored = self._dynamodb.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")
        return from_json(Progress, stored["progress"]["S"]) if stored else Progress()

    def note(self, account: PspAccount, progress: Progress) -> None:
        """The last one counts: where two runs overlap, the later one tells the same lines again at most."""
        item = {"pk": {"S": f"SETTLEMENTS#{account.connector}"}, "sk": {"S": account.name}}
        text = {"progress": {"S": to_json(progress, leave_defaults)}}
        write(self._dynamodb.put_item, TableName=self._table, Item=item | text)

    # ----

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


def _by_payment(line: SettledLine) -> dict[str, Any]:
    return {"pk": {"S": f"SETTLED#{line.payment_id}"}, "sk": {"S": f"{line.kind}#{line.reference}"}}


def _by_payout(line: SettledLine) -> dict[str, Any]:
    pk = f"BANK#{line.connector}#{line.account}#{line.payout}"
    return {"pk": {"S": pk}, "sk": {"S": f"{line.payment_id}#{line.kind}#{line.reference}"}}


def _credits(account: PspAccount) -> str:
    return f"CREDITS#{account.connector}#{account.name}"
