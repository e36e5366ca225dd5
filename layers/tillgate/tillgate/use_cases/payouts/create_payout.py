"""Pays money out to a person's instrument (RG-6)."""

from collections.abc import Mapping
from typing import Any

from tillgate.domain.merchants.account import Merchant
from tillgate.domain.payouts.payout import OPEN, Payout, begun
from tillgate.domain.shared.refusals import CapabilityNotSupported, OperationNotAllowed, Refusal
from tillgate.domain.shoppers.saved_instruments import InstrumentStatus, is_token
from tillgate.use_cases.payouts.pay_out import send
from tillgate.use_cases.shared.idempotency import IdempotencyGuard
from tillgate.use_cases.shared.random_keys import random_key
from tillgate.wiring import System


def create_payout(
    system: System, merchant: Merchant, fields: Mapping[str, Any], guard: IdempotencyGuard[Payout]
) -> Payout:
    """One transaction before the PSP is called and one after. Raises `ReferenceUsed` for a reference used before."""
    connector = _connector_of(system, merchant, fields["token"], fields.get("shopper_key"))
    now = system.now()
    payout = Payout(
        payout_id=random_key("out"),
        merchant_id=merchant.merchant_id,
        connector=connector,
        status=OPEN,
        created_at=now,
        updated_at=now,
        **fields,
    )
    payout = system.payouts.create(begun(payout, None, now), guard.begins(None))
    return send(system, payout, guard)


def _connector_of(system: System, merchant: Merchant, token: str, shopper_key: str | None) -> str:
    """Who pays it: the PSP that has saved the instrument, else the account's first that pays persons."""
    if not is_token(token):
        if shopper_key and system.shoppers.load(merchant.merchant_id, shopper_key) is None:
            raise Refusal("this shopper does not exist", "/shopper_key")
        return _first(system, merchant)
    found = system.instruments.find(merchant.merchant_id, token)
    if found is None or shopper_key not in (None, found.shopper_key):
        raise Refusal("this token does not exist, or belongs to another shopper", "/instrument/token")
    if found.status is not InstrumentStatus.ACTIVE:
        raise OperationNotAllowed("the PSP has not yet confirmed that it saved the instrument; try again later")
    if "person" not in system.connector(found.connector).capabilities.payouts:
        raise CapabilityNotSupported(f"{found.connector} cannot pay out to persons", "/instrument/token")
    return found.connector


def _first(system: System, merchant: Merchant) -> str:
    """The first of the account's that pays out to persons."""
    for name in dict.fromkeys(merchant.methods.values()):
        try:
            pays = "person" in system.connector(name).capabilities.payouts
        except KeyError:  # not configured here
            continue
        if pays:
            return name
    raise CapabilityNotSupported("none of the account's connectors can pay out to persons")
