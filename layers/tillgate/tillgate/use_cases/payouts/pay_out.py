"""Pays out: record, call, record. For payouts to vendors and persons alike (RG-6).

1. the payout is saved PROCESSING with the key of this attempt      a vendor's holds its entries by then
2. the PSP is called with that key
3. the outcome is saved, with its ledger entries                    one transaction

A process that dies between two steps leaves a payout whose check falls due: the PSP is asked. An attempt that the PSP
does not know is sent again with the same key, so it is paid once. An unknown outcome is never guessed: the PSP is asked
again with growing gaps.
"""

from dataclasses import replace

from tillgate.connectors.host.psp import Psp
from tillgate.domain.operators.work_list import LONG
from tillgate.domain.payments.operations import OperationStatus
from tillgate.domain.payouts.payout import Impossible, Payout, PayoutStatus, learned, postpone
from tillgate.domain.psp.facts import Fact
from tillgate.domain.shoppers.saved_instruments import is_token
from tillgate.runtime.backoff import tries
from tillgate.runtime.telemetry import count, logger
from tillgate.store.shared.transactions import LostRace
from tillgate.use_cases.shared.idempotency import IdempotencyGuard
from tillgate.use_cases.shared.load_order import TRIES, ConcurrentChange
from tillgate.wiring import System


class NotSure(Exception):
    """A payout is not requested again while an earlier attempt may have been paid."""


def send(system: System, payout: Payout, guard: IdempotencyGuard[Payout] | None = None) -> Payout:
    """Sends a recorded payout, and saves the outcome together with the answer to the merchant's call."""
    receiver = as_the_psp_knows(system, payout)
    facts = _payer(system, payout).pay_out(receiver, receiver.token) if receiver else []
    return learn(system, payout, facts, guard)


def as_the_psp_knows(system: System, payout: Payout) -> Payout | None:
    """With the PSP's token, which is never stored with the payout, in place of ours; None once it was erased."""
    if payout.token is None or not is_token(payout.token):
        return payout
    found = system.instruments.find(payout.merchant_id, payout.token)
    return replace(payout, token=found.at_psp.psp_token) if found and found.at_psp else None


def learn(system: System, payout: Payout, facts: list[Fact], guard: IdempotencyGuard[Payout] | None = None) -> Payout:
    """Saves what is new in the facts. `payout` may be stale: it is read again if it has changed."""
    kept = False
    for fact in facts:
        payout, saved = _learn(system, payout, fact, guard)
        kept = kept or saved
    if guard and not kept:
        guard.finish(payout, None)
    return payout


def _learn(system: System, payout: Payout, fact: Fact, guard: IdempotencyGuard[Payout] | None) -> tuple[Payout, bool]:
    """The payout after a fact, and whether the fact was new."""
    for _ in tries(TRIES):
        try:
            after = learned(payout, fact, system.now())
        except Impossible as impossible:
            ring(payout, f"a PSP's word cannot be true: {impossible}")
            return payout, False
        if after is None:
            return payout, False
        try:
            return _told(system.payouts.save(payout, after, guard.ends(None) if guard else None)), True
        except LostRace:
            payout = system.payouts.load(payout.payout_id) or payout
    raise ConcurrentChange


def ask_for_payout(system: System, payout_id: str) -> None:
    """For the sweep: asks for an overdue outcome."""
    payout = system.payouts.load(payout_id)
    if payout is None or payout.next_check_at is None or payout.next_check_at > system.now():
        return
    facts = _payer(system, payout).ask_payout(payout)
    if facts is not None:
        payout = learn(system, payout, facts)
        if payout.status is PayoutStatus.PROCESSING and _never_reached(payout, facts):
            payout = _once_more(system, payout)
    if payout.status is PayoutStatus.PROCESSING:
        later = system.payouts.save(payout, postpone(payout, system.now()))
        if later.checks == LONG:
            ring(later, "a payout has had no outcome for hours")


def _once_more(system: System, payout: Payout) -> Payout:
    """With the same key while the PSP knows a repetition as one; after that the attempt has failed."""
    window = system.manifest(payout.connector).key_window
    if window is None or system.now() < payout.updated_at + window:
        return send(system, payout)
    failed = Fact(payout.payout_id, payout.request_key, OperationStatus.FAILED, reason_code="TRY_AGAIN_LATER")
    return learn(system, payout, [failed])


def ask_now(system: System, payout: Payout) -> bool:
    """Something happened to it. Whether the PSP has answered."""
    facts = _payer(system, payout).ask_payout(payout)
    if facts is None:
        return False
    learn(system, payout, facts)
    return True


def _never_reached(payout: Payout, facts: list[Fact]) -> bool:
    """The PSP does not know the current attempt, and all earlier ones have failed: it may be sent again."""
    return all(fact.operation_id != payout.request_key and fact.status is OperationStatus.FAILED for fact in facts)


def ask_before_again(system: System, payout: Payout) -> Payout:
    """Queries a failed payout before it is requested under another key: it may have been paid after all.

    Raises `NotSure` unless the PSP says that every attempt has failed.
    """
    facts = _payer(system, payout).ask_payout(payout)
    if facts is None:
        raise NotSure("the PSP could not be asked what became of the attempt before")
    payout = learn(system, payout, facts)
    if payout.status is PayoutStatus.FAILED and any(fact.status is not OperationStatus.FAILED for fact in facts):
        raise NotSure("the PSP does not say that every attempt before has failed")
    return payout


def _payer(system: System, payout: Payout) -> Psp:
    """It could pay out when the payout was created, so it can be asked."""
    return system.psp(payout.connector, payout.merchant_id, payout.mode)


def _told(payout: Payout) -> Payout:
    count("PayoutChanged", status=payout.status)
    logger.info("payout changed", extra={"payout_id": payout.payout_id, "status": payout.status})
    if payout.vendor_id and payout.status in (PayoutStatus.FAILED, PayoutStatus.RETURNED):
        count("VendorNotPaid")
        logger.warning("a vendor was not paid", extra={"payout_id": payout.payout_id, "reason": payout.reason_code})
    return payout


def ring(payout: Payout, why: str) -> None:
    count("OperatorNeeded")
    logger.error("an operator is needed", extra={"order_key": payout.payout_id, "why": why})
