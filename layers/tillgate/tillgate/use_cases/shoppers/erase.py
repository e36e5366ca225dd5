"""Erases personal data, on demand and when its retention ends; money facts stay (GO-7).

A shopper's erasure is recorded first, which hides the shopper at once. Then addresses, saved instruments and the
customer data of its orders are deleted one by one. If a process dies in between, the sweep continues with what is
left. An order keeps its data until it is over, since its payer is still needed.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from tillgate.domain.orders.order import Order
from tillgate.domain.payments.operations import Actor
from tillgate.domain.shared.refusals import NotFound, OperationNotAllowed, Refusal
from tillgate.domain.shoppers.erasure import erase, has_personal_data
from tillgate.runtime.telemetry import count, logger
from tillgate.store.shared.failures import Contended
from tillgate.store.shoppers.erasures import Erasure, is_use, order_of
from tillgate.store.shoppers.saved_instruments import token_of
from tillgate.use_cases.shared.changes import ConcurrentChange, change
from tillgate.wiring import System

AT_ONCE = 5.0  # seconds of a merchant's call; the sweep does the rest
TRIED_AGAIN = timedelta(hours=1)  # for orders that were not over


def erase_order(
    system: System,
    order_key: str,
    actor: Actor,
    *,
    merchant_id: str | None = None,
    by: str | None = None,
    reason: str | None = None,
) -> Order:
    """Raises `OperationNotAllowed` while the order is not over. Safe to repeat."""
    saved = change(
        system,
        order_key,
        lambda order: erase(order, by=by, reason=reason, now=system.now()),
        actor=actor,
        cause="erasure",
        merchant_id=merchant_id,
        beside=[system.recipients.erased(order_key), system.emails.erased(order_key)],
    )
    if saved.events:
        count("PersonalDataErased", of="order")
    shopper_key = saved.order.terms.shopper_key
    if saved.events and shopper_key:
        system.erasures.forget_use(saved.order.merchant_id, shopper_key, order_key)
    return saved.order


def erase_shopper(
    system: System,
    merchant_id: str,
    shopper_key: str,
    actor: Actor,
    *,
    by: str | None = None,
    reason: str | None = None,
) -> bool:
    """Whether all is erased; otherwise the sweep continues. Raises `NotFound` if there never was such a shopper."""
    begun = Erasure(merchant_id, shopper_key, actor, system.now(), by, reason)
    if not system.erasures.begin(begun):
        found = system.erasures.load(merchant_id, shopper_key)
        if found is None:
            raise NotFound("this shopper does not exist")
        begun = found
    return begun.done_at is not None or go_on(system, begun, system.clock() + AT_ONCE)


def go_on(system: System, erasure: Erasure, deadline: float) -> bool:
    """Deletes what is left until the deadline (of `System.clock`). Whether everything is deleted."""
    left = False
    for item in system.erasures.belongings(erasure):
        if system.clock() > deadline:
            return False
        if _erased(system, erasure, item):
            system.erasures.delete(item)
        else:
            left = True
    if left:
        system.erasures.postpone(erasure, system.now() + TRIED_AGAIN)
        return False
    system.erasures.finish(replace(erasure, done_at=system.now()))
    count("PersonalDataErased", of="shopper")
    return True


def _erased(system: System, erasure: Erasure, item: dict[str, Any]) -> bool:
    """An item that cannot be erased must not hold up the others."""
    try:
        if is_use(item):
            erase_order(system, order_of(item), erasure.actor, by=erasure.by, reason=erasure.reason)
        elif token := token_of(item):
            instrument = system.instruments.find(erasure.merchant_id, token)
            if instrument:  # deleted here at once; the sweep tells its PSP
                system.instruments.remove(instrument, system.now())
    except (OperationNotAllowed, ConcurrentChange, Contended):
        return False
    except NotFound:
        return True
    except Exception:
        logger.exception("erasing failed", extra={"shopper_key": erasure.shopper_key})
        count("SweepFailed")
        return False
    return True


def erase_by_operator(
    system: System,
    *,
    by: str,
    reason: str,
    order_key: str | None = None,
    merchant_id: str | None = None,
    shopper_key: str | None = None,
) -> dict[str, Any]:
    """Erases one order's data, or a merchant's shopper. Raises `Refusal`."""
    if not by.strip() or not reason.strip():
        raise Refusal("pass who decides (by) and why (reason)")
    if (order_key is None) == (merchant_id is None or shopper_key is None):
        raise Refusal("pass order_key, or merchant_id and shopper_key")
    if order_key is not None:
        order = erase_order(system, order_key, Actor.OPERATOR, by=by, reason=reason)
        return {"order_key": order.order_key, "erased": not has_personal_data(order)}
    done = erase_shopper(system, merchant_id or "", shopper_key or "", Actor.OPERATOR, by=by, reason=reason)
    return {"shopper_key": shopper_key, "erased": done}
