"""Task of the state machine for vendor payouts: pays the accounts of a shard, or those that failed. A repetition finds
what is done.

{"shard", "after", "captured_until"}           starts after `after`; returns the same, with `after` null at the end,
                                               with `counts` and `not_paid`
{"accounts", "redriven", "captured_until"}     those that could not be paid: raises, unless an operator has
                                               redriven the execution, then they are retried
"""

import os
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from tillgate.domain.ledger.entries import Account
from tillgate.runtime.telemetry import logger
from tillgate.use_cases.marketplace.pay_out_vendors import Walk, pay_accounts, pay_shard
from tillgate.wiring import system

SECONDS = 240.0  # per call; the rest of the time is for the last account
MOST_NOT_PAID = 50  # per shard, in the state machine's state; the next day's run finds the others


class NotAllPaid(Exception):
    """Some vendors could not be paid: the execution fails, so that it can be redriven."""


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    logger.clear_state()
    if "accounts" in event:
        return _those_left(event)
    after = Account(**event["after"]) if event.get("after") else None
    walk = pay_shard(system(), event["shard"], _captured_until(event), after=after, seconds=SECONDS)
    logger.info("shard paid", extra={"shard": event["shard"], **walk.counts})
    return event | _told(walk, event)


def _those_left(event: dict[str, Any]) -> dict[str, Any]:
    accounts = [Account(**account) for account in event["accounts"]]
    if event.get("redriven"):
        accounts = pay_accounts(system(), accounts, _captured_until(event)).not_paid
    if accounts:
        raise NotAllPaid(f"{len(accounts)} could not be paid, the first for {accounts[0].vendor_id}")
    return {}


def _captured_until(event: dict[str, Any]) -> datetime:
    """The instant up to which captures are paid out: now less the hold time, unless an operator gives another."""
    if event.get("captured_until"):
        return datetime.fromisoformat(event["captured_until"]).astimezone(UTC)
    return system().now() - timedelta(days=float(os.environ["PAYOUT_HOLD_DAYS"]))


def _told(walk: Walk, before: dict[str, Any]) -> dict[str, Any]:
    counts = before.get("counts") or {}
    not_paid = (before.get("not_paid") or []) + [asdict(account) for account in walk.not_paid]
    return {
        "after": asdict(walk.next) if walk.next else None,
        "counts": {name: counts.get(name, 0) + number for name, number in walk.counts.items()},
        "not_paid": not_paid[:MOST_NOT_PAID],
    }
