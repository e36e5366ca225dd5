"""Payouts: money owed to a vendor, or an amount to a person's instrument (RG-6). Pure.

    OPEN ──► PROCESSING ──┬──► PAID ──► RETURNED     the receiver's bank sent it back
               ▲          │         ▲
               └── FAILED ◄┘ ────────┘               the next run retries a vendor's payout

A person's payout begins PROCESSING, or OPEN if it waits for an operator's approval. Unless it FAILED, it counts towards
the limit of the day on which it was requested.

A vendor's payout begins OPEN. It takes ledger entries and is their sum; an entry belongs to one payout for ever. If the
sum is not positive, the payout stays OPEN and takes later entries. Once it is at the PSP, it takes no more. After it
FAILED, it takes entries again and is requested under another key. A vendor's payouts in one currency are a sequence:
the next one begins when the previous one is PAID or RETURNED, so that at most one is at the PSP.
"""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from tillgate.domain.ledger.entries import Account, Entry, paid_out, returned, totals
from tillgate.domain.ledger.movements import Movement, MovementType, movement_of_entry
from tillgate.domain.payments.operations import OperationStatus
from tillgate.domain.psp.facts import Fact, next_check
from tillgate.domain.shared.modes import Mode


class PayoutStatus(StrEnum):
    OPEN = "OPEN"
    PROCESSING = "PROCESSING"  # recorded, sent, perhaps lost: its outcome is unknown
    PAID = "PAID"
    FAILED = "FAILED"
    RETURNED = "RETURNED"


class Approval(StrEnum):
    """Approval by a second person; None for a payout that needs no approval."""

    WAITING = "WAITING"
    APPROVED = "APPROVED"
    REFUSED = "REFUSED"


OPEN, PROCESSING = PayoutStatus.OPEN, PayoutStatus.PROCESSING
PAID, FAILED, RETURNED = PayoutStatus.PAID, PayoutStatus.FAILED, PayoutStatus.RETURNED

STEPS: Mapping[PayoutStatus, frozenset[PayoutStatus]] = {
    OPEN: frozenset({PROCESSING, FAILED}),  # FAILED: a person's payout that an operator refused
    PROCESSING: frozenset({PAID, FAILED, RETURNED}),  # RETURNED implies that it was paid
    FAILED: frozenset({PROCESSING, PAID, RETURNED}),  # reported as failed too early: PAID outranks FAILED
    PAID: frozenset({RETURNED}),
    RETURNED: frozenset(),
}
_OUTCOMES = {
    OperationStatus.SUCCEEDED: PAID,
    OperationStatus.FAILED: FAILED,
    OperationStatus.REVERSED: RETURNED,
}


class Impossible(Exception):
    """The PSP's report is impossible: an operator has to review it. Nothing is changed."""


@dataclass(frozen=True, slots=True)
class Payout:
    """`attempt` counts the requests to the PSP, each with its own key; `entries` counts its ledger entries."""

    payout_id: str
    merchant_id: str
    connector: str
    currency: str
    status: PayoutStatus
    created_at: datetime
    updated_at: datetime
    amount: int = 0
    version: int = 1
    attempt: int = 0
    checks: int = 0
    next_check_at: datetime | None = None  # when to query the PSP if it has not reported
    paid_at: datetime | None = None
    reason_code: str | None = None
    psp_reference: str | None = None
    mode: Mode | None = None  # of the merchant's own account with the PSP; None: the deployment's account
    resolution: str | None = None  # who resolved it, and why, if the PSP could not report the outcome
    # To a vendor.
    vendor_id: str | None = None
    number: int = 0
    account: str | None = None  # the vendor's account at the PSP at the last request
    entries: int = 0
    opening_balance: int = 0  # its amount before the last run; negative: what the vendor owed
    totals: Mapping[str, int] = field(default_factory=dict)
    # To a person.
    token: str | None = None
    payout_reference: str | None = None
    shopper_key: str | None = None
    description: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    counted_on: str | None = None  # the day (UTC) whose limit it counts towards
    asked_by: str | None = None  # the client
    known_to: tuple[str, ...] = ()  # operators who could have requested it with that client's secret
    approval: Approval | None = None
    decision: str | None = None  # who approved or refused it, and why

    @property
    def key(self) -> str:
        return self.payout_id

    @property
    def request_key(self) -> str:
        """The idempotency key of the current attempt."""
        return f"{self.payout_id}-{self.attempt}"

    @property
    def takes_entries(self) -> bool:
        return self.vendor_id is not None and self.status in (OPEN, FAILED)

    @property
    def is_held(self) -> bool:
        """The vendor owes money: nothing is paid out before the vendor earns more than that."""
        return self.takes_entries and self.amount < 0

    @property
    def waits_for_a_run(self) -> bool:
        """It can be paid as it is: an earlier run was killed, or the PSP refused it."""
        return self.takes_entries and self.amount > 0

    @property
    def is_over(self) -> bool:
        """It will pay nothing more; a vendor's next payout may begin."""
        return self.status in (PAID, RETURNED) or (self.vendor_id is None and self.status is FAILED)

    @property
    def waits_for_operator(self) -> bool:
        return self.approval is Approval.WAITING

    @property
    def used(self) -> int:
        """The part of its day's limit that it uses."""
        return self.amount if self.counted_on and self.status is not FAILED else 0

    @property
    def ledger_account(self) -> Account | None:
        return Account(self.merchant_id, self.vendor_id, self.currency, self.connector) if self.vendor_id else None


def day_of(at: datetime) -> str:
    return at.astimezone(UTC).date().isoformat()


def payout_id_of(account: Account, number: int) -> str:
    """The same for the same vendor, currency, PSP and number: making it twice makes one payout."""
    name = "|".join((account.merchant_id, account.vendor_id, account.currency, account.connector, str(number)))
    return f"out_{base64.b32encode(hashlib.sha256(name.encode()).digest()[:16]).decode().rstrip('=').lower()}"


def is_payout(key: str) -> bool:
    """Whether a key names a payout, not an order."""
    return key.startswith("out_")


def opened(account: Account, number: int, now: datetime) -> Payout:
    """A vendor's next payout, without entries yet."""
    return Payout(
        payout_id=payout_id_of(account, number),
        merchant_id=account.merchant_id,
        connector=account.connector,
        currency=account.currency,
        status=OPEN,
        created_at=now,
        updated_at=now,
        vendor_id=account.vendor_id,
        number=number,
    )


def taken(payout: Payout, entries: Iterable[Entry], now: datetime, opening: int = 0) -> Payout:
    """The payout with these entries added; `opening` is its amount before this run. Raises ValueError if it cannot take
    them.
    """
    of = list(entries)
    if not payout.takes_entries or any(entry.account != payout.ledger_account for entry in of):
        raise ValueError(f"{payout.payout_id} is {payout.status} and takes none of them")
    return replace(
        payout,
        amount=payout.amount + sum(entry.earned for entry in of),
        entries=payout.entries + len(of),
        opening_balance=opening,
        totals=totals(of, payout.totals),
        updated_at=now,
    )


def begun(payout: Payout, account: str | None, now: datetime) -> Payout:
    """The payout requested to the vendor's current account or the person's token: to be saved before it is sent."""
    if payout.amount <= 0 or PROCESSING not in STEPS[payout.status]:
        raise ValueError(f"{payout.payout_id} is {payout.status} of {payout.amount}")
    return replace(
        payout,
        status=PROCESSING,
        attempt=payout.attempt + 1,
        account=account,
        checks=0,
        next_check_at=next_check(0, now),
        reason_code=None,
        resolution=None,
        updated_at=now,
    )


def learned(payout: Payout, fact: Fact, now: datetime) -> Payout | None:
    """The payout after the PSP's report; None if that is no news. Raises `Impossible`."""
    outcome = _OUTCOMES.get(fact.status)
    if outcome is None:
        return None
    if fact.operation_id != payout.request_key:
        if outcome is FAILED:
            return None
        raise Impossible(f"{fact.operation_id} is {outcome}, the present attempt is {payout.request_key}")
    if outcome is payout.status or (outcome is PAID and payout.status is RETURNED):
        return None
    if fact.amount not in (None, payout.amount):
        raise Impossible(f"{fact.operation_id} has paid {fact.amount} instead of {payout.amount}")
    if outcome not in STEPS[payout.status]:
        raise Impossible(f"{fact.operation_id} is {outcome} after it was {payout.status}")
    return replace(
        payout,
        status=outcome,
        token=None,  # the recipient is no longer needed
        next_check_at=None,
        paid_at=payout.paid_at or (None if outcome is FAILED else now),
        reason_code=fact.reason_code or (None if outcome is PAID else "OTHER"),
        psp_reference=fact.psp_reference or payout.psp_reference,
        updated_at=now,
    )


def postpone(payout: Payout, now: datetime) -> Payout:
    """The PSP was queried and reported no outcome: the query is repeated later."""
    checks = payout.checks + 1
    return replace(payout, checks=checks, next_check_at=next_check(checks, now))


def posted(before: Payout, after: Payout) -> list[Entry]:
    """The ledger entries for a change of a vendor's payout; saved with it."""
    account = after.ledger_account
    if account is None or after.status not in (PAID, RETURNED) or before.status is after.status:
        return []
    of = []
    if before.status is not PAID:
        of.append(paid_out(account, after.amount, after.request_key, after.payout_id, after.updated_at))
    if after.status is RETURNED:
        of.append(returned(account, after.amount, after.request_key, after.updated_at))
    return of


def moved(before: Payout, after: Payout) -> list[Movement]:
    """The movements for the merchant's bookkeeping; saved with the change (US-7)."""
    if after.vendor_id:
        entries = posted(before, after)
        return [
            replace(movement_of_entry(each), psp_reference=after.psp_reference, mode=after.mode) for each in entries
        ]
    if after.status not in (PAID, RETURNED) or before.status is after.status:
        return []
    of = []
    if before.status is not PAID:
        of.append(_to_a_person(after, MovementType.PAYOUT, -after.amount))
    if after.status is RETURNED:
        of.append(_to_a_person(after, MovementType.PAYOUT_RETURN, after.amount))
    return of


def _to_a_person(payout: Payout, kind: MovementType, amount: int) -> Movement:
    return Movement(
        movement_id=f"{payout.request_key}-{kind.replace('_', '-')}",
        at=payout.updated_at,
        type=kind,
        currency=payout.currency,
        amount=amount,
        operation_id=payout.request_key,
        connector=payout.connector,
        psp_reference=payout.psp_reference,
        payout_id=payout.payout_id,
        payout_reference=payout.payout_reference,
        mode=payout.mode,
    )
