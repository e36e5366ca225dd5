"""Saved instruments and their PSPs (RG-5): record, call the PSP, record its answer.

A call that dies between two of these steps, or gets no answer, leaves an instrument to be settled: the sweep asks the
PSP for the outcome of a registration, or repeats a deletion, with growing gaps until the PSP has answered.
"""

from dataclasses import replace
from datetime import timedelta
from math import inf
from typing import cast

from tillgate.connectors.api import Connector, InstrumentKeeper, Registration, Stored
from tillgate.domain.merchants.account import Merchant
from tillgate.domain.payments.operations import OperationStatus
from tillgate.domain.psp.facts import next_check
from tillgate.domain.shared.refusals import CapabilityNotSupported, NotFound, Refusal
from tillgate.domain.shoppers.saved_instruments import InstrumentStatus, SavedInstrument, StoredInstrument, new_token
from tillgate.runtime.telemetry import count, logger
from tillgate.store.shared.transactions import LostRace, NoSuchShopper
from tillgate.store.shoppers.saved_instruments import Gone, Settling
from tillgate.use_cases.shared.connectors import connector_for
from tillgate.use_cases.shared.idempotency import IdempotencyGuard
from tillgate.use_cases.shared.load_order import ConcurrentChange
from tillgate.wiring import System

AT_FIRST = timedelta(minutes=1)  # longer than a function's timeout: nobody is still sending it


class InstrumentRefused(Refusal):
    """The PSP refused to store it."""

    code = "instrument_refused"


def register_instrument(
    system: System,
    merchant: Merchant,
    *,
    shopper_key: str,
    method: str,
    token: str,
    guard: IdempotencyGuard[SavedInstrument],
) -> SavedInstrument:
    """Saves the instrument behind the PSP's `token`, without a payment. PENDING if the PSP has not answered."""
    name = connector_for(system, merchant, method)
    connector = system.connector(name)
    keeper = keeper_of(connector, method, "/method")
    now = system.now()
    asked = SavedInstrument(
        token=new_token(shopper_key, now),
        merchant_id=merchant.merchant_id,
        shopper_key=shopper_key,
        method=method,
        connector=name,
        recurring=method in connector.capabilities.recurring,
        created_at=now,
    )
    try:
        system.instruments.begin(asked, now + AT_FIRST, guard.begins(None))
    except NoSuchShopper:
        raise Refusal("this shopper does not exist", "/shopper_key") from None
    except LostRace:
        raise ConcurrentChange from None
    stored = keeper.store_instrument(Registration(asked.token, shopper_key, method, token))
    _told("store", name, stored.status)
    return _answered(system, asked, stored, guard)


def _answered(
    system: System, asked: SavedInstrument, stored: Stored, guard: IdempotencyGuard[SavedInstrument] | None
) -> SavedInstrument:
    if stored.status is OperationStatus.FAILED:
        system.instruments.refuse(asked, guard.lets_go() if guard else None)
        raise InstrumentRefused(
            "the PSP declined to save this instrument; ask the shopper for another one", "/instrument/token"
        )
    if stored.instrument is None:
        if guard:
            guard.finish(asked, None)
        return asked
    saved = active(asked, stored.instrument)
    try:
        system.instruments.activate(saved, guard.ends(None) if guard else None)
    except Gone:
        raise NotFound("the instrument was deleted in the meantime") from None
    return saved


def resume_registration(system: System, merchant_id: str, token: str, psp_token: str) -> SavedInstrument:
    """A repeated call: if the outcome is open, the registration is sent again under the same reference."""
    known = find_instrument(system, merchant_id, token)
    if known.status is InstrumentStatus.ACTIVE:
        return known
    keeper = keeper_of(system.connector(known.connector), known.method, "/method")
    stored = keeper.store_instrument(Registration(token, known.shopper_key, known.method, psp_token))
    _told("store", known.connector, stored.status)
    return _answered(system, known, stored, None)


def active(instrument: SavedInstrument, at_psp: StoredInstrument) -> SavedInstrument:
    return replace(instrument, status=InstrumentStatus.ACTIVE, at_psp=at_psp)


def keeper_of(connector: Connector, method: str, pointer: str) -> InstrumentKeeper:
    """Raises `CapabilityNotSupported` if the connector stores no instruments of that method."""
    if method not in connector.capabilities.store_instruments:
        raise CapabilityNotSupported(f"{connector.name} cannot save instruments for {method}", pointer)
    return cast(InstrumentKeeper, connector)


def find_instrument(system: System, merchant_id: str, token: str) -> SavedInstrument:
    """Raises `NotFound`, also for another merchant's instrument."""
    found = system.instruments.find(merchant_id, token)
    if found is None:
        raise NotFound("this token does not exist")
    return found


def delete_instrument(system: System, merchant_id: str, token: str) -> None:
    """Disables it at once; the PSP is told at once, and again until it has answered. Raises `NotFound`."""
    instrument = find_instrument(system, merchant_id, token)
    _settle(system, system.instruments.remove(instrument, system.now() + AT_FIRST))


def settle_instruments(system: System, limit: int, until: float = inf) -> int:
    """Synchronizes PSPs with the instruments that are due to be settled. Returns the number of attempts.

    None begins after `until` (of `System.clock`), as each may wait for a PSP that does not answer.
    """
    tried = 0
    for settling in system.instruments.due(system.now(), limit):
        if system.clock() >= until:
            break
        tried += 1
        try:
            _settle(system, settling)
        except Exception:
            # One that keeps failing must not hold up the others, in this sweep or the next.
            logger.exception("an instrument could not be settled", extra={"instrument": settling.token})
            count("SweepFailed")
            system.instruments.postpone(settling, next_check(settling.tries, system.now()))
    return tried


def _settle(system: System, settling: Settling) -> None:
    keeper = cast(InstrumentKeeper, system.connector(settling.connector))
    kept = system.instruments.find(settling.merchant_id, settling.token)
    if kept is not None and kept.status is InstrumentStatus.PENDING:
        kept = _ask(system, keeper, kept)
    if kept is None:
        done = keeper.delete_instrument(settling.token, settling.shopper_key, settling.psp_token)
        _told("delete", settling.connector, OperationStatus.SUCCEEDED if done else OperationStatus.UNKNOWN)
    else:
        done = kept.status is InstrumentStatus.ACTIVE
    if done:
        system.instruments.settled(settling)
    else:
        system.instruments.postpone(settling, next_check(settling.tries, system.now()))


def _ask(system: System, keeper: InstrumentKeeper, pending: SavedInstrument) -> SavedInstrument | None:
    """Asks for the outcome of a registration. One that the PSP does not know is deleted, at the PSP too."""
    found = keeper.find_instrument(pending.token, pending.shopper_key)
    _told("find", pending.connector, found.status)
    if found.status is OperationStatus.FAILED:
        system.instruments.remove(pending, system.now())
        return None
    if found.instrument is None:
        return pending
    saved = active(pending, found.instrument)
    try:
        system.instruments.activate(saved)
    except Gone:
        return None
    return saved


def _told(what: str, connector: str, outcome: OperationStatus) -> None:
    count("PspCall", connector=connector, outcome=outcome)
    logger.info("psp answered", extra={"operation": f"{what}_instrument", "outcome": outcome})
