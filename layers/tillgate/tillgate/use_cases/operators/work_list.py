"""For operators: what needs a person, longest waiting first, each with what can be done about it (GO-4, IS-18)."""

import os
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from tillgate.domain.notifications.delivery import Delivery
from tillgate.domain.operators.work_list import Kind, Transfer, Trouble, transfers, work_of
from tillgate.domain.orders.why import Say, why
from tillgate.domain.payouts.payout import is_payout
from tillgate.domain.payouts.payout_work import trouble_of
from tillgate.domain.psp.facts import Fact
from tillgate.runtime.telemetry import logger
from tillgate.store.psp.parked_notifications import KEPT
from tillgate.store.shared.documents import from_json_list
from tillgate.store.shared.work_items import ENDPOINT, FAILING, PARKED, Position, key_of
from tillgate.use_cases.shared.load_order import load
from tillgate.wiring import System

MOST_COUNTED = 100  # notifications of one receiver
type Item = dict[str, Any]
type SayOf = Callable[[str], Say]
"""Writes amounts, which are in minor units, of a currency."""


def list_work(
    system: System, limit: int = 100, say: SayOf = lambda _: str, after: Position = ()
) -> tuple[list[Item], Position | None]:
    """A page of it, and what the next page begins after.

    `work` has each trouble with its kind, amount in minor units, the calls that can settle it, and its runbook.
    """
    found, following = system.work.page(limit, after)
    described = ((each, _described(system, key_of(each), say)) for each in found)
    return [{**item, "since": each.due_at} for each, item in described if item], following


def _described(system: System, key: str, say: SayOf) -> Item | None:
    """One that cannot be read hides no other."""
    try:
        return describe(system, key, say)
    except Exception:
        logger.exception("work not read", extra={"item": key})
        what = f"{key} cannot be read; the log says why: work not read"
        return {"item": key} | _only(Trouble(Kind.KEEPS_FAILING, what, None, ()))


def describe(system: System, key: str, say: SayOf = lambda _: str) -> Item | None:
    """What an item of the list is about; None if nothing is left to do: the list is an index, a moment behind."""
    if key.startswith(PARKED):
        return _parked(system, key)
    if key.startswith(ENDPOINT):
        return _receiver(system, key)
    if key.startswith(FAILING):
        return _failing(system, key)
    return _payout(system, key, say) if is_payout(key) else _order(system, key, say)


def is_over(system: System, key: str) -> bool:
    """Whether it has settled by itself: one read. Orders and payouts go with the change that settles them."""
    if key.startswith(PARKED):
        return system.parked.load(key.removeprefix(PARKED)) is None
    if key.startswith(ENDPOINT):
        return not system.deliveries.has_dead(key.removeprefix(ENDPOINT))
    return key.startswith(FAILING) and not system.due.is_put_off(*place_of(key))


def _order(system: System, order_key: str, say: SayOf) -> Item:
    order = load(system, order_key)
    work = work_of(order, say(order.currency))
    return {
        "order_key": order_key,
        "order_reference": order.order_reference,
        "merchant_id": order.merchant_id,
        "version": order.version,
        "troubles": [trouble.what for trouble in work],
        "work": [_work(trouble, order.currency) for trouble in work],
        "why": why(order, say(order.currency)),
        "transfers": [to_transfer(transfer) for transfer in transfers(order)],
    }


def _payout(system: System, payout_id: str, say: SayOf) -> Item | None:
    payout = system.payouts.load(payout_id)
    trouble = trouble_of(payout, say(payout.currency)) if payout else None
    if payout is None or trouble is None:
        return None
    named = {
        "payout_id": payout_id,
        "payout_reference": payout.payout_reference,
        "vendor_id": payout.vendor_id,
        "merchant_id": payout.merchant_id,
        "asked_by": payout.asked_by,
    }
    return {name: value for name, value in named.items() if value} | _only(trouble, payout.currency)


def _parked(system: System, key: str) -> Item | None:
    parked = system.parked.load(key.removeprefix(PARKED))
    if parked is None:
        return None
    sender = f"{parked.connector}, account of {parked.merchant_id}" if parked.merchant_id else parked.connector
    facts = from_json_list(Fact, parked.body) if parked.facts else []  # else only the PSP's connector can read it
    named = [*map(_said, facts), *parked.looks]
    over = f", tried in vain for {KEPT.days} days" if system.now() >= parked.given_up_at else ""
    what = f"{sender} tells of a payment that nobody knows{over}: {'; '.join(named)}"
    trouble = Trouble(Kind.UNKNOWN_PAYMENT, what, None, _retry_or_set_aside(key))
    return {"item": key, "connector": parked.connector, "merchant_id": parked.merchant_id} | _only(trouble)


def _said(fact: Fact) -> str:
    """In minor units, as a notification does not have to name the currency."""
    parts = (fact.payment_id, fact.kind, fact.status, fact.amount, fact.psp_reference)
    return " ".join(str(each) for each in parts if each is not None)


def _receiver(system: System, key: str) -> Item | None:
    given_up = system.deliveries.dead(key.removeprefix(ENDPOINT), MOST_COUNTED)
    if not given_up:
        return None
    last = given_up[-1]
    what = f"{last.url} has not taken {_how_many(given_up)} for 72 hours; its last answer was {_answer(last)}"
    trouble = Trouble(Kind.NOT_NOTIFIED, what, None, _retry_or_set_aside(key))
    return {"item": key, "url": last.url, "merchant_id": last.merchant_id} | _only(trouble)


def _how_many(given_up: list[Delivery]) -> str:
    if len(given_up) == 1:
        return f"the notification of {given_up[0].order_reference}"
    return f"{len(given_up)}{' or more' if len(given_up) == MOST_COUNTED else ''} notifications"


def _answer(delivery: Delivery) -> str:
    attempt = delivery.attempts[-1] if delivery.attempts else None
    return str(attempt.status or attempt.error) if attempt else "none"


def _failing(system: System, key: str) -> Item | None:
    pk, sk = place_of(key)
    if not system.due.is_put_off(pk, sk):
        return None
    what = f"{sk} of {pk} keeps failing, and is tried every hour; the log says why: sweep failed"
    trouble = Trouble(Kind.KEEPS_FAILING, what, None, ({"action": "retry_work", "item": key},))
    whose = {"order_key": pk} if pk.startswith("ord_") else {}
    return {"item": key, **whose} | _only(trouble)


def place_of(key: str) -> tuple[str, str]:
    """pk and sk of what keeps failing."""
    pk, _, sk = key.removeprefix(FAILING).partition("|")
    return pk, sk


def _retry_or_set_aside(key: str) -> tuple[Item, Item]:
    return {"action": "retry_work", "item": key}, {"action": "set_aside_work", "item": key}


def _only(trouble: Trouble, currency: str | None = None) -> Item:
    return {"troubles": [trouble.what], "work": [_work(trouble, currency)]}


def _work(trouble: Trouble, currency: str | None) -> Item:
    named = asdict(trouble) | {
        "currency": currency,
        "ways": [{**way, "by": "", "reason": ""} for way in trouble.ways],
        "runbook": f"{os.environ.get('RUNBOOKS_URL', 'docs/runbooks')}/work-{trouble.kind}.md",
    }
    return {name: value for name, value in named.items() if value is not None}


def to_transfer(transfer: Transfer) -> Item:
    """Includes the call that confirms the transfer, to be filled in."""
    since = transfer.since.isoformat(timespec="seconds").replace("+00:00", "Z")
    done = {"action": "mark_transferred", "operation_id": transfer.operation_id, "by": "", "reason": "", "iban": ""}
    return asdict(transfer) | {"since": since, "when_done": done}
