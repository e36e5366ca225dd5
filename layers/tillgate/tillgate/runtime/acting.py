"""Who is acting in this call, for the history of accounts: set where a call enters, read where an account is written.

A Lambda process answers one call at a time, and a thread of its own has a context of its own.
"""

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Acting:
    """`via`: `api`, `admin`, `desk`, or `system` for what nobody asked for. `by`: the client's id, or the name that an
    operator gave. `call`: the route or the action. `request_id`: the API's, or for operators Lambda's own, which leads
    to the IAM caller in the trail of invocations.
    """

    via: str = "system"
    by: str | None = None
    call: str | None = None
    request_id: str | None = None
    reason: str | None = None


_acting: ContextVar[Acting] = ContextVar("acting", default=Acting())


def acts(who: Acting) -> None:
    """Until the next call of this."""
    _acting.set(who)


def who_acts() -> Acting:
    return _acting.get()
