"""Saved instruments and their PSPs (RG-5): record, call the PSP, record its answer.

A call that dies between two of these steps, or gets no answer, leaves an instrument to be settled: the sweep asks the
PSP for the outcome of a registration, or repeats a deletion, with growing gaps until the PSP has answered.
"""

from dataclasses import replace
from datetime import timedelta
from math import inf

from tillgate.connectors.host.psp import Psp
from tillgate.connectors.host.registrations import Stored
from tillgate.connectors.v1 import Manifest, Sent
from tillgate.domain.merchants.account import Merchant
from tillgate.domain.payments.operations import OperationStatus
from tillgate.domain.payments.payment import SHOPPER_WINDOW
from tillgate.domain.psp.facts import next_check
from tillgate.domain.shared.refusals import CapabilityNotSupported, MethodNotApplicable, NotFound, Refusal
from tillgate.domain.shoppers.saved_instruments import (
    InstrumentStatus,
    SavedInstrument,
    StoredInstrument,
    created_at,
    new_token,
)
from tillgate.runtime.telemetry import count, logger
from tillgate.store.shared.transactions import LostRace, NoSuchShopper
from tillgate.store.shoppers.saved_instruments import Gone, Settling
from tillgate.use_cases.shared.connectors import connector_for, mode_for, why_not_usable
from tillgate.use_cases.shared.idempotency import IdempotencyGuard
from tillgate.use_cases.shared.load_order import ConcurrentChange
from tillgate.use_cases.shared.means import keep_notes, notes_of
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
    return_url: str | None,
    guard: IdempotencyGuard[SavedInstrument],
) -> SavedInstrument:
    """Saves the instrument behind the PSP's `token`, without a payment. PENDING if the PSP has not answered, or if the
    shopper has to confirm it first: then with `redirect`.
    """
    name = connector_for(system, merchant, method)
    if found := why_not_usable(system, merchant.merchant_id, name):
        raise MethodNotApplicable(found, "/method")
    manifest = system.manifest(name)
    check_stores(manifest, method, "/method")
    now = system.now()
    asked = SavedInstrument(
        token=new_token(shopper_key, now),
        merchant_id=merchant.merchant_id,
        shopper_key=shopper_key,
        method=method,
        connector=name,
        recurring=manifest.methods[method].recurring,
        created_at=now,
        return_url=return_url,
        mode=mode_for(system, merchant.merchant_id, name),
    )
    try:
        system.instruments.begin(asked, now + AT_FIRST, guard.begins(None))
    except NoSuchShopper:
        raise Refusal("this shopper does not exist", "/shopper_key") from None
    except LostRace:
        raise ConcurrentChange from None
    stored = _sent(system, asked, token)
    _told("store", name, stored.status)
    return _answered(system, asked, stored, guard)


def _sent(system: System, asked: SavedInstrument, token: str) -> Stored:
    whose = (asked.merchant_id, asked.shopper_key, asked.mode)
    notes = notes_of(system, system.manifest(asked.connector), *whose)
    psp = system.psp(asked.connector, asked.merchant_id, asked.mode)
    stored = psp.register(asked, {"token": token}, notes)
    keep_notes(system, asked.connector, *whose, notes, stored.told)
    return stored


def _answered(
    system: System, asked: SavedInstrument, stored: Stored, guard: IdempotencyGuard[SavedInstrument] | None
) -> SavedInstrument:
    if stored.status is OperationStatus.FAILED:
        system.instruments.refuse(asked, guard.lets_go() if guard else None)
        raise InstrumentRefused(
            "the PSP declined to save this instrument; ask the shopper for another one", "/instrument/token"
        )
    if stored.instrument is None:
        asked = replace(asked, redirect=stored.redirect)
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
    stored = _sent(system, known, psp_token)
    _told("store", known.connector, stored.status)
    return _answered(system, known, stored, None)


def active(instrument: SavedInstrument, at_psp: StoredInstrument) -> SavedInstrument:
    return replace(instrument, status=InstrumentStatus.ACTIVE, at_psp=at_psp)


def check_stores(connector: Manifest, method: str, pointer: str) -> None:
    """Raises `CapabilityNotSupported` if the connector stores no instruments of that method."""
    if not connector.methods[method].stores:
        raise CapabilityNotSupported(f"{connector.name} cannot save instruments for {method}", pointer)


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
    psp = system.psp(settling.connector, settling.merchant_id, settling.mode)
    kept = system.instruments.find(settling.merchant_id, settling.token)
    if kept is not None and kept.status is InstrumentStatus.PENDING:
        kept = _ask(system, psp, kept)
    if kept is None:
        done = psp.forget(_settled(settling))
        _told("delete", settling.connector, OperationStatus.SUCCEEDED if done else OperationStatus.UNKNOWN)
    else:
        done = kept.status is InstrumentStatus.ACTIVE
    if done:
        system.instruments.settled(settling)
    else:
        system.instruments.postpone(settling, next_check(settling.tries, system.now()))


def _settled(settling: Settling) -> SavedInstrument:
    """What is left of a deleted instrument, for its PSP."""
    at_psp = StoredInstrument(settling.psp_token) if settling.psp_token else None
    return SavedInstrument(
        token=settling.token,
        merchant_id=settling.merchant_id,
        shopper_key=settling.shopper_key,
        method="",
        connector=settling.connector,
        recurring=False,
        created_at=created_at(settling.token),
        at_psp=at_psp,
        mode=settling.mode,
    )


def _ask(system: System, psp: Psp, pending: SavedInstrument) -> SavedInstrument | None:
    """Asks for the outcome of a registration. One that the PSP does not know is deleted, at the PSP too."""
    found = psp.find(pending)
    _told("find", pending.connector, found.status)
    gave_up = found.status is OperationStatus.AWAITING_SHOPPER and system.now() > pending.created_at + SHOPPER_WINDOW
    if found.status is OperationStatus.FAILED or gave_up:
        system.instruments.remove(pending, system.now())
        return None
    return _activated(system, pending, found)


def return_from_storing(system: System, connector: str, merchant_id: str, token: str, back: Sent) -> str | None:
    """The shopper is back from confirming it: what became of it is learned. Answers where the shopper goes next; None
    if the merchant has set no URL. Raises `NotFound`.
    """
    pending = find_instrument(system, merchant_id, token)
    if pending.connector != connector:
        raise NotFound("this token does not exist")
    if pending.status is InstrumentStatus.PENDING:
        psp = system.psp(connector, merchant_id, pending.mode)
        told = psp.proceed_storing(pending, back)
        if told.status is OperationStatus.UNKNOWN:
            told = psp.find(pending)
        _told("store", connector, told.status)
        if told.status is OperationStatus.FAILED:
            system.instruments.remove(pending, system.now())
        else:
            _activated(system, pending, told)
    return pending.return_url


def _activated(system: System, pending: SavedInstrument, found: Stored) -> SavedInstrument | None:
    """With what the PSP has stored, if it has; None if it was deleted in the meantime."""
    if found.instrument is None:
        return pending
    saved = active(pending, found.instrument)
    try:
        system.instruments.activate(saved)
    except Gone:
        return None
    return saved


def _told(what: str, connector: str, outcome: OperationStatus) -> None:
    logger.info("psp answered", extra={"operation": f"{what}_instrument", "outcome": outcome})
