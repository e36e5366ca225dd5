"""The idempotency key of a call, as use cases see it: what to write together with a change (GO-1)."""

from collections.abc import Callable

from tillgate.domain.orders.order import Order
from tillgate.domain.shared.refusals import Refusal
from tillgate.store.shared.idempotency import Key, Keyed, Keys, KeyTaken, Record, Release

type Render[Made] = Callable[[Made, str | None], tuple[int, str | None]]


class OtherVersion(Refusal):
    """The caller expects a version (If-Match), but the order has a different one by now."""

    code = "precondition_failed"


class IdempotencyGuard[Made: Keyed = Order]:
    """Takes the key with the first change and stores the answer with the last. Without a key it does nothing.

    `Made` is what the call creates or changes: an order, or any other entity with a key.
    """

    def __init__(
        self, key: Key | None, keys: Keys, render: Render[Made], versions: frozenset[int] | None = None
    ) -> None:
        self._key = key
        self._keys = keys
        self._render = render
        self._versions = versions

    def expect(self, order: Order) -> None:
        """Raises `OtherVersion` if the caller named versions and the order is at none of them."""
        if self._versions is not None and order.version not in self._versions:
            raise OtherVersion(f"the order is now at version {order.version}; read it again")

    def check(self) -> None:
        """Raises `KeyTaken` if the key was used before; for calls that act before their first guarded change."""
        kept = self._keys.load(self._key) if self._key else None
        if kept:
            raise KeyTaken(kept)

    def begins(self, subject: str | None) -> Record[Made] | None:
        return Record(self._key, begins=True, subject=subject) if self._key else None

    def moves(self, subject: str) -> Record[Made] | None:
        """With a change that begins something else in place of what the call began."""
        return Record(self._key, begins=False, subject=subject, moves=True) if self._key else None

    def at_once(self, subject: str | None = None) -> Record[Made] | None:
        """For a call that consists of a single change."""
        return self._record(subject, begins=True)

    def ends(self, subject: str | None) -> Record[Made] | None:
        return self._record(subject, begins=False)

    def finish(self, made: Made, subject: str | None) -> None:
        """Stores an answer when there is no change to save it with."""
        record = self.ends(subject)
        if record:
            self._keys.finish(record, made)

    def lets_go(self) -> Release | None:
        """For a call that began and had no effect."""
        return Release(self._key) if self._key else None

    def nothing_to_do(self, made: Made, subject: str | None) -> None:
        """The requested state already holds. A repetition must change nothing, even if it no longer holds by then."""
        self.check()
        self.finish(made, subject)

    def _record(self, subject: str | None, begins: bool) -> Record[Made] | None:
        if self._key is None:
            return None
        return Record(self._key, begins, subject, lambda made: self._render(made, subject))
