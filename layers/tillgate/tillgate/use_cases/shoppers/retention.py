"""Finishes erasures that were begun, and begins those whose retention has ended (GO-7).

The due indexes hold when an order ended and when a shopper was last used, not until when they are kept. So a new
retention time applies to everything at once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tillgate.domain.payments.operations import Actor
from tillgate.domain.shared.refusals import OperationNotAllowed
from tillgate.runtime.telemetry import count, logger
from tillgate.store.shared.due_index import KEPT, shards_to_read
from tillgate.store.shoppers.erasures import Erasure
from tillgate.store.shoppers.shoppers import SHARDS
from tillgate.use_cases.shoppers.erase import erase_order, go_on
from tillgate.wiring import System


@dataclass(frozen=True, slots=True)
class Swept:
    """How many orders and shoppers were processed."""

    orders: int
    shoppers: int


def sweep(system: System, kept_days: int, limit: int, seconds: float) -> Swept:
    """One round of at most `seconds`. `kept_days` 0: personal data is kept until its erasure is requested."""
    deadline = system.clock() + seconds
    now = system.now()
    shoppers = sum(
        _each(
            system, system.erasures.begun(shard, now, limit), lambda whose: _finish(system, *whose, deadline), deadline
        )
        for shard in range(SHARDS)
    )
    if kept_days == 0:
        return Swept(0, shoppers)
    since, reason = now - timedelta(days=kept_days), f"kept for {kept_days} days"
    orders = sum(
        _each(
            system,
            system.due.find(shard, since, limit),
            lambda it: _erase_order(system, it.pk, reason),
            deadline,
        )
        for shard in shards_to_read(KEPT)
    )
    shoppers += sum(
        _each(
            system,
            system.erasures.unused(shard, since, limit),
            lambda whose: _erase_shopper(system, *whose, since, reason, deadline),
            deadline,
        )
        for shard in range(SHARDS)
    )
    return Swept(orders, shoppers)


def _each[Item](system: System, items: list[Item], act: Callable[[Item], object], deadline: float) -> int:
    done = 0
    for item in items:
        if system.clock() > deadline:
            break
        try:
            act(item)
            done += 1
        except Exception:  # one that keeps failing must not hold up the others; it stays in the index
            logger.exception("erasing failed", extra={"item": item})
            count("SweepFailed")
    return done


def _finish(system: System, merchant_id: str, shopper_key: str, deadline: float) -> None:
    erasure = system.erasures.load(merchant_id, shopper_key)
    if erasure and erasure.done_at is None:
        go_on(system, erasure, deadline)


def _erase_order(system: System, order_key: str, reason: str) -> None:
    try:
        erase_order(system, order_key, Actor.SYSTEM, reason=reason)
    except OperationNotAllowed:
        return  # the index lags: something happened to the order just now


def _erase_shopper(
    system: System, merchant_id: str, shopper_key: str, since: datetime, reason: str, deadline: float
) -> None:
    erasure = Erasure(merchant_id, shopper_key, Actor.SYSTEM, system.now(), reason=reason)
    if system.erasures.begin(erasure, unused_since=since):
        go_on(system, erasure, deadline)
