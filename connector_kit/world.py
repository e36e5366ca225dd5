"""What one generated test works with: a PSP, a disturbed wire, cases, and the comparison with the PSP's truth."""

import itertools
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal
from weakref import WeakKeyDictionary

from connector_kit.book import DECIDED, Book
from connector_kit.setup_api import KEY_SLACK, Setup, Truth
from connector_kit.wire import Wire
from tillgate.connectors.v1 import Can, Case, Connector, Fact, Kind, Manifest, Op, Outcome

_numbers = itertools.count(1)
_RUN = secrets.token_hex(3)  # a PSP that outlives the run sees no case twice
_counted: WeakKeyDictionary[Setup, dict[str, int]] = WeakKeyDictionary()
NOT_YET = (Outcome.UNKNOWN, Outcome.ACTION, Outcome.PENDING)


class Broken(AssertionError):
    """The connector does not conform. The message says what it claimed, and what is so."""


class NotDeclared(Exception):
    """What the test is about turned out not to exist at this PSP, as no manifest can say."""


def must(holds: object, message: str) -> None:
    if not holds:
        raise Broken(message)


@dataclass
class World:
    """Of one test. `method` is empty for those of the whole connector."""

    manifest: Manifest
    setup: Setup
    method: str = ""
    wire: Wire = field(init=False)

    def __post_init__(self) -> None:
        self.wire = Wire(self.setup.http, self.manifest.hosts, tuple(self.setup.secrets))

    @property
    def can(self) -> Can:
        return self.manifest.methods[self.method]

    def connector(self, credentials: Literal["ours", "wrong"] = "ours", wire: Wire | None = None) -> Connector:
        return self.setup.make(wire or self.wire, self.setup.now, credentials=credentials)

    # ---- cases

    def fresh(self, what: str) -> str:
        return f"kit_{_RUN}_{what}_{next(_numbers)}"

    def case(self, **values: Any) -> Case:
        number = next(_numbers)
        usual: dict[str, Any] = {
            "id": f"kit_{_RUN}_{number}",
            "merchant": "merchant_kit",
            "order_reference": f"kit-{_RUN}-{number}",
            "method": self.method,
            "amount": self.setup.amount(self.method),
            "currency": self.currencies[0],
            "created_at": self.setup.now(),
            "return_url": self.setup.return_url,
            "notify_url": self.setup.notify_url,
            "capture": "manual" if self.holds else "auto",
            "shopper": {**self.setup.shopper, "key": f"shopper_{_RUN}_{number}"},
        }
        return Case(**usual | values)

    def book(self, case: Case) -> Book:
        releases = bool(case.method) and self.manifest.methods[case.method].captures == "one"
        return Book(case, self.wire, self.connector, releases=releases)

    def started(self, instrument: Mapping[str, str] | None = None, **values: Any) -> tuple[Book, Op]:
        """A payment that is recorded and not yet sent."""
        named = self.setup.good(self.method) if instrument is None else instrument
        book = self.book(self.case(instrument=named, **values))
        return book, book.requested(Kind.AUTHORIZE, book.case.amount)

    def authorized(self, **values: Any) -> Book:
        book, op = self.started(**values)
        fact = book.send(op)
        if fact.outcome is Outcome.ACTION and fact.action:
            fact = book.proceed(self.setup.choose(fact.action, "approve"))
        must(fact.outcome is Outcome.SUCCEEDED, f"an authorization that should succeed is {shown(fact)}")
        must(fact.amount in (None, op.amount), f"{op.amount} was requested, and {fact.amount} is authorized")
        return book

    def captured(self) -> Book:
        """All of it is captured."""
        if "auto" in self.can.capture:
            return self.authorized(capture="auto")
        book = self.authorized()
        self.done(book, Kind.CAPTURE, book.case.amount)
        return book

    def done(self, book: Book, kind: Kind, amount: int, *, final: bool = False) -> Op:
        op = book.requested(kind, amount, final=final)
        fact = book.send(op)
        must(fact.outcome is Outcome.SUCCEEDED, f"{kind} of {amount} should succeed and is {shown(fact)}")
        must(fact.amount in (None, amount), f"{kind} of {amount} was requested, and {fact.amount} is done")
        return op

    @property
    def holds(self) -> bool:
        return "manual" in self.can.capture if self.method else False

    @property
    def currencies(self) -> list[str]:
        if not self.method or self.can.amounts is None:
            return list(self.setup.currencies)
        return [each for each in self.setup.currencies if each in self.can.amounts] or list(self.can.amounts)

    def requests(self, prepare: "Callable[[World], tuple[Book, Op]]") -> int:
        """How many requests the connector sends for such an operation: counted once in a run."""
        counted = _counted.setdefault(self.setup, {})
        key = f"{self.method} {prepare.__module__}.{prepare.__qualname__}"
        if key not in counted:
            book, op = prepare(self)
            counted[key] = self.wire.requests_of(lambda: book.send(op))
        return counted[key]

    # ---- truth

    def truth(self, book: Book) -> Truth:
        return self.setup.truth(book.case)

    def agree(self, book: Book, expected: Truth | None = None) -> None:
        """Everything is decided, and the connector's claims are the PSP's truth."""
        told, truth = book.sums(), self.truth(book)
        must(told == truth, f"the connector says {differing(told, truth)}, the PSP has {differing(truth, told)}")
        if expected is not None:
            must(truth == expected, f"the PSP has {differing(truth, expected)}, not {differing(expected, truth)}")
        open_ = [f"{each.kind} {each.outcome}" for each in book.claims.values() if each.outcome in NOT_YET]
        must(not open_, f"still not decided: {', '.join(open_)}")

    def nothing(self, book: Book) -> None:
        truth = self.truth(book)
        must(truth.authorized == 0, f"the PSP has authorized {truth.authorized}")

    def after_key_window(self, book: Book) -> None:
        """The PSP forgets its keys; to the connector, everything was requested so much earlier."""
        self.setup.forget_keys()
        book.grow_older((self.manifest.key_window or timedelta(days=400)) + KEY_SLACK)


def shown(fact: Fact | None) -> str:
    if fact is None:
        return "not told"
    return f"{fact.outcome}{f' ({fact.reason})' if fact.reason else ''}"


def differing(these: Truth, those: Truth) -> str:
    """Only what differs."""
    names = [name for name in Truth.__slots__ if getattr(these, name) != getattr(those, name)]
    return ", ".join(f"{name} {getattr(these, name)}" for name in names) or "the same"


__all__ = ["DECIDED", "NOT_YET", "Book", "Broken", "NotDeclared", "World", "differing", "must", "shown"]
