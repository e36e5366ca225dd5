"""What an operator does at the desk, once it is confirmed."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from tillgate.api.operators import notifications
from tillgate.api.operators.actions import IN_DOUBT
from tillgate.api.operators.desk.account_acts import ACCOUNT_ACTS, acted_on_account, way_back
from tillgate.api.operators.desk.amounts import sayer
from tillgate.api.operators.desk.asked import Asked
from tillgate.api.operators.desk.find import open_order
from tillgate.api.operators.desk.html import Html, joined, tag
from tillgate.api.operators.desk.style import style
from tillgate.api.operators.desk.today import requeued
from tillgate.api.operators.orders import act_of
from tillgate.domain.orders.order import Order
from tillgate.domain.orders.why import why
from tillgate.domain.payments.operations import OperationStatus
from tillgate.domain.shared.card_numbers import places_of_card_numbers
from tillgate.domain.shared.refusals import Refusal
from tillgate.runtime.telemetry import logger
from tillgate.store.shared.failures import Contended
from tillgate.use_cases.operators import resolve
from tillgate.use_cases.operators.act import Deed, act, sync
from tillgate.use_cases.operators.mark_transferred import mark_transferred
from tillgate.use_cases.payments.answer_dispute import accept_for_merchant
from tillgate.use_cases.shared.load_order import ConcurrentChange
from tillgate.wiring import System, system

type Who = dict[str, str]


def acted(asked: Asked) -> str:
    """The widget's HTML: what came of it, and the way back to the order."""
    logger.clear_state()
    said = requeued(asked, system()) if asked.text("act") == "requeue" else _said(asked)
    logger.info("desk acted", extra={"act": asked.text("act"), "order_key": asked.text("order_key")})
    return str(joined([style(asked.theme), tag("div", said, class_=f"desk {asked.theme}")]))


def _said(asked: Asked) -> Html:
    of_account = asked.text("act") in ACCOUNT_ACTS
    back = way_back(asked, "Back") if of_account else open_order(asked, asked.text("order_key"), "Back to the order")
    try:
        return joined([_done(asked), back])
    except Refusal as refusal:
        told = f"Nothing was done: {refusal.detail}"
    except (ConcurrentChange, Contended):
        told = IN_DOUBT.capitalize()
    return joined([tag("div", told, class_="box bad", role="alert"), back])


def _done(asked: Asked) -> Html:
    name = asked.text("act")
    who = {"by": asked.typed("by"), "reason": asked.typed("reason")}
    if list(places_of_card_numbers(who)):
        raise Refusal("card numbers are not taken; remove them from name and reason")
    if name in ACCOUNT_ACTS:
        return acted_on_account(system(), asked, who)
    if name == "resend":
        since = datetime.fromisoformat(asked.needed("since"))
        sent = notifications.resend(system(), asked.needed("notification_id"), since=since, **who)
        return tag("div", f"{sent['id']} is on its way again.", class_="box good", role="status")
    if name in tuple(deed.value for deed in Deed):
        return _outcome(_operated(asked, Deed(name), who))
    perform = _OTHERS.get(name)
    if perform is None:
        raise Refusal("there is no such action")
    return _outcome(perform(system(), asked, who))


def _operated(asked: Asked, deed: Deed, who: Who) -> Order:
    version, amount = _version(asked), asked.number("amount")
    if asked.has("amount") and amount is None:
        raise Refusal("only a button of the desk does this: open the order and press it there")
    whose = "payment_id" if deed.needs_payment else "order_key"
    fields: dict[str, Any] = {whose: asked.needed(whose)}
    fields |= {"version": version} | ({} if amount is None else {"amount": amount})
    return act(system(), act_of(fields, deed), **who)


def _resolved(choice: Callable[[Asked], dict[str, Any]]) -> Callable[[System, Asked, Who], Order]:
    def perform(system: System, asked: Asked, who: Who) -> Order:
        order_key, version = asked.needed("order_key"), _version(asked)
        by, reason = who["by"], who["reason"]
        return resolve.resolve(system, order_key, by=by, reason=reason, version=version, **choice(asked))[0]

    return perform


def _version(asked: Asked) -> int:
    """Of the order as it was shown."""
    if (version := asked.number("version")) is None:
        raise Refusal("only a button of the desk does this: open the order and press it there")
    return version


def _accepted(system: System, asked: Asked, who: Who) -> Order:
    resolve.check_who_and_why(**who)
    version = _version(asked)
    return accept_for_merchant(
        system,
        asked.needed("dispute_id"),
        cause=f"{who['by']}: {who['reason']}",
        check=lambda order: resolve.expect(order, version),
    )


_OTHERS: dict[str, Callable[[System, Asked, Who], Order]] = {
    "outcome": _resolved(
        lambda asked: {"outcome": {"operation_id": asked.text("operation_id"), "status": asked.text("outcome")}}
    ),
    "set_aside": _resolved(lambda asked: {"set_aside": asked.text("operation_id")}),
    "end_as": _resolved(lambda asked: {"end_as": asked.text("end_as")}),
    "retry": _resolved(lambda _: {"retry": True}),
    "mark_transferred": lambda system, asked, who: mark_transferred(
        system, asked.needed("operation_id"), iban=asked.typed("iban") or None, version=_version(asked), **who
    ),
    "accept_dispute": _accepted,
    "sync": lambda system, asked, who: sync(system, asked.needed("payment_id"), by=who["by"] or "the desk"),
}


def _outcome(order: Order) -> Html:
    """The order in sentences; a refused or unknown operation is said first."""
    operations = [operation for payment in order.payments for operation in payment.operations]
    last = sorted(operations, key=lambda each: each.requested_at)[-1] if operations else None
    bad = last is not None and last.status is not OperationStatus.SUCCEEDED
    said = f"The last operation, {last.type}, is {last.status}. " if last else ""
    sentences = tag("ul", [tag("li", each) for each in why(order, sayer(order.currency))])
    return tag("div", tag("strong", said), sentences, class_="box" if bad else "box good", role="status")
