"""The idempotency key of a call, as use cases see it: what to write beside a change (GO-1)."""

from collections.abc import Callable

from tillgate.domain.orders.order import Order
from tillgate.domain.shared.refusals import Refusal
from tillgate.store.shared.idempotency import Key, Keyed, Keys, KeyTaken, Record, Release

type Render[Made] = Callable[[Made, str | None], tuple[int, str | None]]


class OtherVersion(Refusal):
    """The caller named the version that it knows (If-Match), and the order has another by now."""

    code = "precondition_failed"


class IdempotencyGuard[Made: Keyed = Order]:
    """Takes the key with the first change and keeps the answer with the last. Without a key it does nothing.

    `Made` is what the call makes or changes: an order, or whatever else has a key.
    """

    def __init__(
        self, key: Key | None, keys: Keys, render: Render[Made], versions: frozenset[int] | None = None
    ) -> None:
        self._key = key
        self._keys = keys
        self._render = render
        self._versions = versions

    def expect(self, order: Order) -> None:
        """Raises `OtherVersion` unless the order is at a version that the caller named, if it named any."""
        if self._versions is not None and order.version not in self._versions:
            raise OtherVersion(f"the order is now at version {order.version}; read it again")

    def check(self) -> None:
        """Raises `KeyTaken` if the key was used before; for calls that act before their first guarded change."""
        kept = self._keys.load(self._key) if self._key else None
        if kept:
            raise KeyTaken(kept)

    def begins(self, subject: str | None) -> Record[Made] | None:
        return Record(self._key, begins=True, subject=subject) if self._key else None

    def at_once(self, subject: str | None = None) -> Record[Made] | None:
        """For a call that is done with one change."""
        return self._record(subject, begins=True)

    def ends(self, subject: str | None) -> Record[Made] | None:
        return self._record(subject, begins=False)

    def finish(self, made: Made, subject: str | None) -> None:
        """Keeps an answer that came without a change to save it with."""
        record = self.ends(subject)
        if record:
            self._keys.finish(record, made)

    def lets_go(self) -> Release | None:
        """For a call that has begun and came to nothing."""
        return Release(self._key) if self._key else None

    def nothing_to_do(self, made: Made, subject: str | None) -> None:
        """The call asked for what is so already. Said again later, when it is not, it must still change nothing."""
        self.check()
        self.finish(made, subject)

    def _record(self, subject: str | None, begins: bool) -> Record[Made] | None:
        if self._key is None:
            return None
        return Record(self._key, begins, subject, lambda made: self._render(made, subject))
