"""Payouts of the sandbox PSP: to an account that it keeps, or to a person's instrument. Pure functions.

A payout is identified by its reference and shown like a payment. It is requested under a key: a repetition with that
key is the same attempt, and another key is accepted only if all attempts before it have failed. So a reference is never
paid twice. The table of instruments decides how an account or a token behaves.
"""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from .bodies import NewPayout
from .errors import invalid
from .instruments import INSTRUMENTS, REFUSING_ACCOUNT, Instrument, unknown_token
from .model import Operation, instant, reference_to

# An account behaves like the instrument that its name begins with.
ACCOUNTS = {
    REFUSING_ACCOUNT: "tok_declined",
    "acct_payout_fails": "tok_payout_fails",
    "acct_payout_pending": "tok_pending",
    "acct_payout_timeout": "tok_timeout",
    "acct_payout_error": "tok_error",
    "acct_payout_returned": "tok_late_failure",
}


class Payout(BaseModel):
    """A payout as stored; `view` is what others see of it."""

    model_config = ConfigDict(frozen=True)

    id: str
    reference: str
    revision: int = 0
    changed_at: str = ""
    currency: str
    account: str | None = None
    token: str | None = None
    notification_url: str | None = None
    operations: tuple[Operation, ...] = ()

    @property
    def instrument(self) -> Instrument:
        return row_of(self.account, self.token)

    @property
    def last(self) -> Operation:
        return self.operations[-1]

    def stamped(self, now: datetime) -> Payout:
        """The next revision: new operations get this timestamp."""
        at = instant(now)
        operations = tuple(each if each.at else each.model_copy(update={"at": at}) for each in self.operations)
        changed = {"revision": self.revision + 1, "changed_at": at, "operations": operations}
        return self.model_copy(update=changed)


def row_of(account: str | None, token: str | None) -> Instrument:
    """How the receiver behaves. An unknown token is refused."""
    if account is not None:
        token = next((row for name, row in ACCOUNTS.items() if account.startswith(name)), "tok_visa")
    if token not in INSTRUMENTS:
        raise unknown_token()
    return INSTRUMENTS[token]


def pay(payout: Payout, order: NewPayout, key: str) -> Payout:
    """Pays under a new key. For a known key it returns the given payout unchanged."""
    known = next((operation for operation in payout.operations if operation.key == key), None)
    if known is not None:
        if known.amount != order.amount:
            raise invalid("This key was used for another payout.", "idempotency_key_reused")
        return payout
    if any(operation.status != "failed" for operation in payout.operations):
        raise invalid("This payout is on its way or done.", "payout_not_failed")
    begun = payout.model_copy(update=order.model_dump(include={"account", "token", "notification_url"}))
    return begun.model_copy(update={"operations": (*payout.operations, _begun(begun, order, key))})


def _begun(payout: Payout, order: NewPayout, key: str) -> Operation:
    row, own_id = payout.instrument, reference_to("op", payout.id, len(payout.operations), key)
    begun = Operation(id=own_id, key=key, type="payout", amount=order.amount, status="succeeded")
    if row.answer == "error":
        return begun.model_copy(update={"status": "failed", "reason": "psp_error"})
    if row.refuses == "payout" or row.start == "failed":
        return begun.model_copy(update={"status": "failed", "reason": row.reason or "refused"})
    return begun.model_copy(update={"status": "pending"}) if row.start == "pending" else begun


def will_mature(payout: Payout) -> int | None:
    """Seconds until something happens by itself; None if nothing will."""
    later = payout.instrument.later
    return later.after if later and payout.last.status == later.since else None


def mature(payout: Payout) -> Payout | None:
    """What the receiver's bank does later. If done already: the same payout. If no longer possible: None."""
    later = payout.instrument.later
    if later is None or payout.last.status not in (later.since, later.to):
        return None
    if payout.last.status == later.to:
        return payout
    changed = payout.last.model_copy(update={"status": later.to, "reason": later.reason})
    return payout.model_copy(update={"operations": (*payout.operations[:-1], changed)})


def view(payout: Payout) -> dict[str, object]:
    """The payout as shown in responses and notifications: as a payment without a redirect."""
    return {
        "id": payout.id,
        "reference": payout.reference,
        "revision": payout.revision,
        "status": payout.last.status,
        "currency": payout.currency,
        "account": payout.account,
        "brand": None,
        "redirect_url": None,
        "operations": [operation.model_dump() for operation in payout.operations],
    }
