"""Pays vendors what they are owed, one account after the other; every step is safe to repeat.

A run processes the accounts with open entries, shard by shard. It puts the ripe entries into the account's payout, in
transactions of ninety entries, then requests the payout from the PSP. A run that is killed leaves a payout with some of
its entries, and the next run continues with it. Concurrent runs conflict on the payout's version.

What a bank took back of a technical payment is debited by the stream or the sweep, seconds later. Until then a payout
that has any of it is held: right before it is recorded as requested, the merchant's orders for which this is so are
read.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from tillgate.domain.ledger.entries import Account
from tillgate.domain.merchants.vendor import Vendor
from tillgate.domain.payouts.payout import Payout, PayoutStatus, begun
from tillgate.domain.shared.refusals import NotFound
from tillgate.runtime.backoff import tries
from tillgate.runtime.telemetry import count, logger
from tillgate.store.ledger.taken_back import vendors_hold_what_is_gone
from tillgate.store.shared.transactions import LostRace
from tillgate.use_cases.payouts.pay_out import ask_before_again, send
from tillgate.use_cases.shared.load_order import TRIES, ConcurrentChange, load
from tillgate.wiring import System

NO_CAPTURES = datetime(2000, 1, 1, tzinfo=UTC)  # before there were any

type _Sold = set[str] | None  # the orders whose entries a payout has; None: an earlier run put some into it


class Result(StrEnum):
    PAID = "paid"
    PENDING = "pending"  # at the PSP: the sweep or a notification brings the outcome
    NOTHING = "nothing"  # nothing is ripe
    HELD = "held"  # the vendor owes more than is ripe, or what a bank took back is not debited yet
    BY_HAND = "by_hand"  # this connector pays no vendors: an operator does, and books an adjustment
    SUSPENDED = "suspended"
    WAITING = "waiting"  # the vendor has a new account, which nobody has approved and whose delay is not over
    NOT_PAID = "not_paid"  # the PSP refused it, or it is our fault


@dataclass
class Walk:
    """The results for the accounts of a shard; `next` is where to continue if time ran out."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(Result, 0))
    not_paid: list[Account] = field(default_factory=list)
    next: Account | None = None


def pay_shard(system: System, shard: int, captured_until: datetime, *, after: Account | None, seconds: float) -> Walk:
    """Pays the accounts of a shard after `after`, at least one, for so many seconds."""
    walk, over = Walk(), system.clock() + seconds
    while account := system.ledger.next_account(shard, after):
        _note(walk, account, try_account(system, account, captured_until))
        after = account
        if system.clock() >= over:
            walk.next = account
            break
    return walk


def pay_accounts(system: System, accounts: list[Account], captured_until: datetime) -> Walk:
    """Pays accounts that an earlier run could not pay."""
    walk = Walk()
    for account in accounts:
        _note(walk, account, try_account(system, account, captured_until))
    return walk


def pay_again(system: System, payout_id: str) -> Result:
    """Pays what a payout has, was returned, or was adjusted since, and no captures that the next run may still hold.

    Raises `NotFound` for what is no vendor's payout, `ConcurrentChange` as `pay_account` does.
    """
    payout = system.payouts.load(payout_id)
    account = payout.ledger_account if payout else None
    if account is None:
        raise NotFound("this is no payout to a vendor")
    return pay_account(system, account, NO_CAPTURES)


def _note(walk: Walk, account: Account, result: Result) -> None:
    walk.counts[result] += 1
    if result is Result.NOT_PAID:
        walk.not_paid.append(account)


def try_account(system: System, account: Account, captured_until: datetime) -> Result:
    """An account that fails must not hold up the others."""
    try:
        return pay_account(system, account, captured_until)
    except Exception:
        logger.exception("a vendor could not be paid", extra={"vendor_id": account.vendor_id})
        count("VendorNotPaid")
        return Result.NOT_PAID


def pay_account(system: System, account: Account, captured_until: datetime) -> Result:
    """Pays a vendor the ripe entries of one account. Raises `ConcurrentChange` if others keep doing the same."""
    if _payable(system, account) is None:
        return Result.SUSPENDED
    if "vendor" not in system.manifest(account.connector).pays:
        return Result.BY_HAND
    for _ in tries(TRIES):
        try:
            payout, sold = _collected(system, account, captured_until)
            if payout is not None and payout.waits_for_a_run:
                begins = _begun(system, account, payout, sold)
                return begins if isinstance(begins, Result) else _result(send(system, begins))
            return _result(payout)
        except LostRace:
            continue
    raise ConcurrentChange


def _begun(system: System, account: Account, payout: Payout, sold: _Sold) -> Payout | Result:
    """The payout recorded as requested to the account that is valid now, or why it is not.

    The vendor is read as stored, and must still be so when the payout is written: a change of its account, an approval
    or a suspension comes before or after it, never in between.
    """
    found = system.merchants.vendor_for(account.merchant_id, account.vendor_id)
    if found is None or found[0].suspended:
        return Result.SUSPENDED
    vendor, is_unchanged = found
    now = system.now()
    if new := vendor.waiting(now):
        until = {"vendor_id": vendor.vendor_id, "until": new.valid_from.isoformat()}
        logger.info("a payout waits for the vendor's new account", extra=until)
        return Result.WAITING
    if gone := _taken_back(system, account.merchant_id, sold):
        logger.info("a payout waits until what a bank took back is debited", extra={"order_keys": gone})
        return Result.HELD
    return system.payouts.save(payout, begun(payout, vendor.account_at(now), now), unless=[is_unchanged])


def _taken_back(system: System, merchant_id: str, sold: _Sold) -> list[str]:
    """The orders of which it may have what is gone. Of what an earlier run has put into it, nobody knows."""
    marked = (key for key in system.ledger.taken_back(merchant_id) if sold is None or key in sold)
    return [key for key in marked if vendors_hold_what_is_gone(load(system, key))]


def _payable(system: System, account: Account) -> Vendor | None:
    merchant = system.merchants.merchant(account.merchant_id)
    vendor = system.merchants.vendor(account.merchant_id, account.vendor_id)
    suspended = merchant is None or vendor is None or merchant.suspended or vendor.suspended
    return None if suspended else vendor


def _collected(system: System, account: Account, captured_until: datetime) -> tuple[Payout | None, _Sold]:
    """The account's current payout with all ripe entries in it; unchanged if it is at the PSP already."""
    payout = system.payouts.latest(account)
    if payout is not None and payout.status is PayoutStatus.PROCESSING:
        return payout, None
    if payout is not None and payout.status is PayoutStatus.FAILED:
        payout = ask_before_again(system, payout)
    going_on = payout is not None and payout.takes_entries
    opening = payout.amount if payout is not None and going_on else 0
    sold: set[str] = set()
    for entries in system.ledger.ripe(account, captured_until, system.now()):
        payout = system.payouts.take(account, payout, entries, system.now(), opening)
        sold |= {key for entry in entries if (key := entry.order_key)}
    return payout, None if going_on else sold


def _result(payout: Payout | None) -> Result:
    if payout is None:
        return Result.NOTHING
    if payout.is_held:
        return Result.HELD
    return {
        PayoutStatus.PROCESSING: Result.PENDING,
        PayoutStatus.PAID: Result.PAID,
        PayoutStatus.FAILED: Result.NOT_PAID,
    }.get(payout.status, Result.NOTHING)
