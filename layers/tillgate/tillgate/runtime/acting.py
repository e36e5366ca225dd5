"""Who is acting in this call, for the history of accounts: set where a call enters, read where an account is written.

A Lambda process answers one call at a time, and a thread of its own has a context of its own.
"""

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Acting:
    """`via`: `api`, `admin`, `desk`, or `system` for what nobody asked for. `by`: the client's id, or the name that an
    operator gave. `call`: the route or the action. `request_id`: the API's, or for operators Lambda's own, which leads
    to the IAM caller in the trail of invocations.

    `saw`: marks of the items that an operator was shown, by their place. One that has changed since is not written, so
    that a stale page does nothing and a button that is pressed twice acts once.
    """

    via: str = "system"
    by: str | None = None
    call: str | None = None
    request_id: str | None = None
    reason: str | None = None
    saw: Mapping[str, str] = field(default_factory=dict)

    def has_seen(self, place: str, document: str) -> bool:
        """False if it was shown another state of what is there."""
        return self.saw.get(place) in (None, mark_of(document))


def mark_of(document: str) -> str:
    """A short name for an item's text."""
    from hashlib import sha256  # only what operators were shown needs it

    return sha256(document.encode()).hexdigest()[:16]


_NOBODY = Acting()
_acting: ContextVar[Acting | None] = ContextVar("acting", default=None)


def acts(who: Acting) -> None:
    """Until the next call of this."""
    _acting.set(who)


def who_acts() -> Acting:
    return _acting.get() or _NOBODY
