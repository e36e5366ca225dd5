"""Runs a split, one batch of parts at a time; every step is safe to repeat (TH-4, TH-5).

The state machine calls `run_batch` for its batches in parallel, then `settle`, which returns what is left to do:
nothing, the batches whose parts are still at the PSP, or those with parts to undo if all is to be cancelled.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from tillgate.domain.marketplace import vendor_payments
from tillgate.domain.marketplace.splits import (
    Part,
    PartState,
    Result,
    Retry,
    Split,
    SplitStatus,
    Tally,
    given_back,
    next_round,
    retried,
    state_of,
    tally,
)
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.order import Order
from tillgate.domain.orders.order_events import SplitUndone
from tillgate.domain.payments.operations import Actor
from tillgate.domain.shared.identifiers import vendor_key
from tillgate.domain.shared.refusals import NotFound, OperationNotAllowed, Refusal
from tillgate.runtime.backoff import tries
from tillgate.runtime.telemetry import count, logger
from tillgate.store.marketplace.vendor_payments import AlreadyPaid, PartClosed
from tillgate.store.shared.transactions import LostRace
from tillgate.use_cases.marketplace.pay_vendor import check_vendor
from tillgate.use_cases.psp.ask_psp import ask_psp
from tillgate.use_cases.shared.changes import Saved, change, execute_requests
from tillgate.use_cases.shared.load_order import TRIES, ConcurrentChange, load
from tillgate.wiring import System

BATCH_SECONDS = 200.0  # of a call, whose timeout is 300: no part begins after that, the next round continues
GAPS = (1, 5, 15, 60, 120)  # seconds between rounds while a part is at the PSP; less than `STALLED`


class Place(NamedTuple):
    """The position of a part: its batch, and its index in that batch."""

    batch: int
    position: int


def load_split(system: System, order_key: str, split_id: str, merchant_id: str | None = None) -> Split:
    split = system.splits.load(order_key, split_id)
    if split is None or (merchant_id is not None and split.merchant_id != merchant_id):
        raise NotFound("this split does not exist")
    return split


def run_batch(system: System, order_key: str, split_id: str, number: int) -> Tally:
    """Pays the parts of a batch, or undoes them. A part that fails now is left for the next round."""
    split = load_split(system, order_key, split_id)
    parts, before = system.splits.batch(split, number)
    if split.status is not SplitStatus.RUNNING:
        return tally(parts, before)
    order = load(system, order_key)
    known = before + [Result()] * (len(parts) - len(before))
    results: list[Result] = []
    deadline = system.clock() + BATCH_SECONDS
    for position, (part, result) in enumerate(zip(parts, known, strict=True)):
        if system.clock() > deadline:
            results.append(result)
            continue
        stop = split.undoing or (split.cancel_all and any(one.state is PartState.FAILED for one in results))
        results.append(_one(system, order, split, Place(number, position), part, result, stop=stop))
    if results != before:
        system.splits.save_results(split, number, results)
    found = tally(parts, results)
    if found.failed and split.cancel_all and not split.undoing:
        _tell_the_others(system, split)
    return found


def _tell_the_others(system: System, split: Split) -> None:
    """Tells batches that have not begun not to begin; `settle` would do so only at the end of the round."""
    with suppress(LostRace):
        system.splits.save(split, replace(split, undoing=True))


def _one(system: System, order: Order, split: Split, place: Place, part: Part, result: Result, *, stop: bool) -> Result:
    try:
        if not result.took and result.state is PartState.PENDING:
            result = _begin(system, order, split, place, part, stop=stop)
        elif result.state is PartState.PENDING and not stop:
            result = _look(system, split, part)
        if _has_to_be_undone(split, result, stop=stop):
            result = replace(_undo(system, order, split, part), took=result.took)
    except Refusal as refused:
        return Result(PartState.FAILED, took=result.took, reason_code=refused.code.upper())
    except Exception:
        logger.exception("a part of a split has to wait", extra={"split_id": split.split_id})
        count("SplitPartWaits")
    return result


def _has_to_be_undone(split: Split, result: Result, *, stop: bool) -> bool:
    retried = split.retried is not None and result.state is PartState.MANUAL_INTERVENTION_NEEDED
    return stop and (retried or result.state in (PartState.PENDING, PartState.SUCCEEDED))


def _begin(system: System, order: Order, split: Split, place: Place, part: Part, *, stop: bool) -> Result:
    """PAY, unless this run did it before it was killed, or another caller did it."""
    if stop:
        return _end_unpaid(system, split, place, part, Result(PartState.CANCELLED))
    try:
        check_vendor(system, split.merchant_id, part.vendor_id)
        events = vendor_payments.pay(
            order,
            technical_payment_id=split.technical_payment_id,
            vendor_id=part.vendor_id,
            amount=part.amount,
            sub_order_reference=part.sub_order_reference,
            fee=part.fee,
            now=system.now(),
            split_id=split.split_id,
        )
        made = system.vendor_payments.create_allotted(events, system.splits.part_is_open(split, *place))
    except AlreadyPaid:
        return _of_earlier(system, split, part, load(system, vendor_key(order.order_key, part.sub_order_reference)))
    except PartClosed:
        return _end_unpaid(system, split, place, part, Result(PartState.FAILED, reason_code="CLOSED"))
    except Refusal as refused:
        return _end_unpaid(system, split, place, part, Result(PartState.FAILED, reason_code=refused.code.upper()))
    return state_of(execute_requests(system, Saved(made, events)))


def _end_unpaid(system: System, split: Split, place: Place, part: Part, result: Result) -> Result:
    """Closes the part before it is reported as unpaid: another run of this split may be about to pay it."""
    key = vendor_key(split.order_key, part.sub_order_reference)
    earlier = system.orders.load(key)
    if earlier is None:
        system.splits.close_part(split, *place)
        earlier = system.orders.load(key)
    return result if earlier is None else _of_earlier(system, split, part, earlier)


def _of_earlier(system: System, split: Split, part: Part, earlier: Order) -> Result:
    """Continues with our own payment. Another's is the part's if it requests the same and took nothing of ours."""
    if earlier.share and earlier.share.split_id == split.split_id:
        return _look(system, split, part)
    asked = split.technical_payment_id or (earlier.share.technical_payment_id if earlier.share else "")
    if not vendor_payments.is_same(
        earlier, technical_payment_id=asked, vendor_id=part.vendor_id, amount=part.amount, fee=part.fee
    ):
        return Result(PartState.FAILED, reason_code="DUPLICATE_REFERENCE")
    return replace(state_of(earlier), took=False)


def _look(system: System, split: Split, part: Part) -> Result:
    """Checks a part that was at the PSP when it was last checked."""
    found = load(system, vendor_key(split.order_key, part.sub_order_reference))
    if found.pending:
        found = ask_psp(system, found, found.payments[0].payment_id, cause="split")
    return state_of(found)


def _undo(system: System, order: Order, split: Split, part: Part) -> Result:
    key = vendor_key(split.order_key, part.sub_order_reference)
    saved = change(
        system,
        key,
        lambda found: vendor_payments.give_back(
            order, found, system.now(), split.retried.at if split.retried else None
        ),
        actor=Actor.SYSTEM,
        cause="split undone",
    )
    found = execute_requests(system, saved)
    if found.pending:
        found = ask_psp(system, found, found.payments[0].payment_id, cause="split")
    result = state_of(found)
    undone = result.state is PartState.SUCCEEDED and vendor_payments.stands(found) == 0
    return replace(result, state=PartState.CANCELLED) if undone else result


def settle(system: System, order_key: str, split_id: str) -> tuple[Split, list[int], datetime]:
    """The split after a round, the batches to run again, and when to do so."""
    for _ in tries(TRIES):
        split = load_split(system, order_key, split_id)
        if split.status is not SplitStatus.RUNNING:
            return split, [], system.now()
        batches = system.splits.batches(split)
        tallies = {number: tally(parts, results) for number, (parts, results) in enumerate(batches)}
        after, again = next_round(split, tallies, system.now())
        back = given_back(split, tallies.values()) if after.status is not SplitStatus.RUNNING else 0
        after = replace(after, reserved=after.reserved - back)  # a split that is retried ends twice
        if after.undoing and after.status is not SplitStatus.RUNNING and not split.is_unwinding:
            _no_longer_safe(system, after)
        try:
            after = system.splits.save(split, after, back)
        except LostRace:
            continue
        if not again:
            count("SplitEnded", status=after.status)
        logger.info("split settled", extra={"split_id": split_id, "status": after.status, "again": len(again)})
        return after, again, system.now() + _gap(split, after, tallies.values())
    raise ConcurrentChange


def _no_longer_safe(system: System, split: Split) -> None:
    """Called before the split has ended: if this run is killed in between, the next one repeats it."""

    def decide(order: Order) -> list[Event]:
        known = order.split_undone == split.split_id or order.ended
        return [] if known else [SplitUndone(split_id=split.split_id, at=system.now())]

    change(system, split.order_key, decide, actor=Actor.SYSTEM, cause="split undone")


def _gap(before: Split, after: Split, tallies: Sequence[Tally] | object) -> timedelta:
    """Undoing begins at once; the PSP is queried with growing gaps."""
    if after.undoing and not before.undoing:
        return timedelta(0)
    return timedelta(seconds=GAPS[min(after.rounds, len(GAPS)) - 1])


def retry_split(system: System, order_key: str, split_id: str, *, by: str, reason: str) -> Split:
    """Retries what could not be undone, in a new run that the stream starts. Raises `Refusal`."""
    split = load_split(system, order_key, split_id)
    if split.status is not SplitStatus.MANUAL_INTERVENTION_NEEDED:
        raise OperationNotAllowed(f"the split is {split.status}")
    after = replace(retried(split, Retry(system.now(), by, reason)), run=split.run + 1)
    return system.splits.save(split, after)


def redriven(system: System, order_key: str, split_id: str, redriven_at: datetime) -> list[int]:
    """For a redriven execution: the batches with parts that could not be undone, which it retries."""
    split = load_split(system, order_key, split_id)
    if split.status is not SplitStatus.MANUAL_INTERVENTION_NEEDED or split.updated_at >= redriven_at:
        return []
    batches = system.splits.batches(split)
    with suppress(LostRace):  # the winner has done the same
        retry = Retry(system.now(), "console", "its execution was redriven")
        system.splits.save(split, retried(split, retry))
    return [number for number, (parts, results) in enumerate(batches) if tally(parts, results).stuck]


def resume_split(system: System, order_key: str, split_id: str) -> None:
    """A split without progress for too long: its execution was killed or never began. The stream starts another."""
    split = load_split(system, order_key, split_id)
    if split.status is SplitStatus.RUNNING:
        system.splits.save(split, replace(split, run=split.run + 1, updated_at=system.now()))
        count("SplitResumed")
        logger.warning("split resumed", extra={"split_id": split_id, "run": split.run + 1})
