"""For operators: corrects what a vendor is owed, with a name and a reason that stay in the statement."""

import hashlib

from tillgate.domain.ledger.entries import Account, Entry, adjusted
from tillgate.domain.shared.currencies import DECIMALS
from tillgate.domain.shared.refusals import NotFound, Refusal
from tillgate.runtime.telemetry import count, logger
from tillgate.store.ledger.entries import Adjusted
from tillgate.store.shared.transactions import LostRace
from tillgate.use_cases.operators.resolve import check_who_and_why
from tillgate.use_cases.shared.load_order import ConcurrentChange
from tillgate.wiring import System

MOST = 10**12  # minor units, as of an order
LONGEST_KEY, LONGEST_REASON = 100, 500


def adjust_vendor(
    system: System, account: Account, amount: int, *, by: str, reason: str, key: str | None = None
) -> tuple[Entry, bool]:
    """The entry, and whether it is new. `amount` in minor units: positive credits the vendor, negative debits it.

    A key identifies one adjustment of a vendor. Without one, the key is derived from all arguments, so that the same
    call again does nothing. Raises a `Refusal` for a key that was used for something else.
    """
    check_who_and_why(by, reason)
    _check(system, account, amount, reason, key)
    name = key or hashlib.sha256(f"{account}|{amount}|{by}|{reason}".encode()).hexdigest()[:20]
    entry = adjusted(account, amount, name, system.now(), by=by, reason=reason)
    try:
        system.ledger.adjust(entry)
    except Adjusted as earlier:
        said = (earlier.entry.account, earlier.entry.postings, earlier.entry.reason)
        if said != (entry.account, entry.postings, entry.reason):
            raise Refusal("this key was used for another adjustment", "/key") from None
        return earlier.entry, False
    except LostRace:
        raise ConcurrentChange from None
    count("VendorAdjusted")
    logger.info("vendor adjusted", extra={"vendor_id": account.vendor_id, "amount": amount, "entry_id": entry.entry_id})
    return entry, True


def _check(system: System, account: Account, amount: object, reason: str, key: object) -> None:
    if system.merchants.vendor(account.merchant_id, account.vendor_id) is None:
        raise NotFound("there is no such vendor")
    if account.currency not in DECIMALS:
        raise Refusal("currency is an ISO 4217 code", "/currency")
    if not isinstance(amount, int) or isinstance(amount, bool) or not 0 < abs(amount) <= MOST:
        raise Refusal("amount is an integer of minor units, above or below zero", "/amount")
    if len(reason) > LONGEST_REASON:
        raise Refusal(f"reason has at most {LONGEST_REASON} characters", "/reason")
    if key is not None and not _is_key(key):
        raise Refusal(f"key is text of 1 to {LONGEST_KEY} characters", "/key")
    try:
        system.manifest(account.connector)
    except KeyError:
        raise Refusal("there is no such connector", "/connector") from None


def _is_key(key: object) -> bool:
    return isinstance(key, str) and key.isprintable() and bool(key.strip()) and len(key) <= LONGEST_KEY
