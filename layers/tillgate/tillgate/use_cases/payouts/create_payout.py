"""Pays money out to a person's instrument (RG-6)."""

from collections.abc import Mapping
from typing import Any

from tillgate.domain.merchants.account import Merchant
from tillgate.domain.merchants.payout_limits import PayoutLimit
from tillgate.domain.payouts.approval import waiting
from tillgate.domain.payouts.payout import OPEN, Payout, begun, day_of
from tillgate.domain.shared.refusals import CapabilityNotSupported, OperationNotAllowed, PayoutLimitExceeded, Refusal
from tillgate.domain.shoppers.saved_instruments import InstrumentStatus, is_token
from tillgate.store.payouts.day_use import DayIsFull
from tillgate.store.shared.idempotency import Record
from tillgate.store.shared.transactions import LostRace
from tillgate.use_cases.payouts.pay_out import ring, send
from tillgate.use_cases.shared.connectors import mode_for, why_not_usable
from tillgate.use_cases.shared.idempotency import IdempotencyGuard
from tillgate.use_cases.shared.load_order import TRIES, ConcurrentChange
from tillgate.use_cases.shared.random_keys import random_key
from tillgate.wiring import System


def create_payout(
    system: System, merchant: Merchant, client_id: str, fields: Mapping[str, Any], guard: IdempotencyGuard[Payout]
) -> Payout:
    """One transaction before the PSP is called and one after; only one if it waits for an operator.

    Raises `ReferenceUsed` for a reference used before, `PayoutLimitExceeded` beyond the account's limits.
    """
    connector = _connector_of(system, merchant, fields["token"], fields.get("shopper_key"))
    now = system.now()
    payout = Payout(
        payout_id=random_key("out"),
        merchant_id=merchant.merchant_id,
        connector=connector,
        mode=mode_for(system, merchant.merchant_id, connector),
        status=OPEN,
        created_at=now,
        updated_at=now,
        counted_on=day_of(now),
        asked_by=client_id,
        **fields,
    )
    limit = merchant.payout_limit(payout.currency)
    if not limit.needs_approval(payout.amount):
        payout = _recorded(system, limit, begun(payout, None, now), guard.begins(None))
        return send(system, payout, guard)
    client = system.merchants.client(client_id)
    payout = _recorded(system, limit, waiting(payout, client.known_to if client else ()), guard.at_once())
    ring(payout, "a payout waits to be approved or refused")
    return payout


def _recorded(system: System, limit: PayoutLimit, payout: Payout, record: Record[Payout] | None) -> Payout:
    """Saves it and counts it towards the day's limit, in one transaction."""
    if payout.amount > limit.per_payout:
        used = system.payouts.used(payout.merchant_id, payout.currency, day_of(payout.created_at))
        raise _exceeded(limit, payout, used)
    for _ in range(TRIES):
        try:
            return system.payouts.create(payout, limit.per_day, record)
        except DayIsFull as full:
            raise _exceeded(limit, payout, full.used) from None
        except LostRace:  # collided with another payout of this day
            continue
    raise ConcurrentChange


def _exceeded(limit: PayoutLimit, payout: Payout, used: int) -> PayoutLimitExceeded:
    if limit.per_day == 0:
        detail = f"this account may pay out nothing in {payout.currency}; an operator can set a limit"
        return PayoutLimitExceeded(detail, "/amount")
    left = f"{max(0, limit.per_day - used)} of {limit.per_day} {payout.currency} is left today (UTC)"
    too_much = f"one payout is {limit.per_payout} at most; " if payout.amount > limit.per_payout else ""
    return PayoutLimitExceeded(f"{too_much}{left}, in minor units", "/amount")


def _connector_of(system: System, merchant: Merchant, token: str, shopper_key: str | None) -> str:
    """The PSP that has saved the instrument, otherwise the account's first that pays persons."""
    if not is_token(token):
        if shopper_key and system.shoppers.load(merchant.merchant_id, shopper_key) is None:
            raise Refusal("this shopper does not exist", "/shopper_key")
        return _first(system, merchant)
    found = system.instruments.find(merchant.merchant_id, token)
    if found is None or shopper_key not in (None, found.shopper_key):
        raise Refusal("this token does not exist, or belongs to another shopper", "/instrument/token")
    if found.status is not InstrumentStatus.ACTIVE:
        raise OperationNotAllowed("the PSP has not yet confirmed that it saved the instrument; try again later")
    if why_not := why_not_usable(system, merchant.merchant_id, found.connector):
        raise CapabilityNotSupported(why_not, "/instrument/token")
    if "person" not in system.manifest(found.connector).pays:
        raise CapabilityNotSupported(f"{found.connector} cannot pay out to persons", "/instrument/token")
    return found.connector


def _first(system: System, merchant: Merchant) -> str:
    """The account's first connector that pays out to persons."""
    for name in dict.fromkeys(merchant.methods.values()):
        if why_not_usable(system, merchant.merchant_id, name):
            continue
        if "person" in system.manifest(name).pays:
            return name
    raise CapabilityNotSupported("none of the account's connectors can pay out to persons")
