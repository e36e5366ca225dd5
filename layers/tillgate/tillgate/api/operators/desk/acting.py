"""What an operator does at the desk, once it is confirmed."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from tillgate.api.operators import notifications
from tillgate.api.operators.actions import IN_DOUBT
from tillgate.api.operators.desk import today, work_acts
from tillgate.api.operators.desk.account_acts import ACCOUNT_ACTS, acted_on_account, way_back
from tillgate.api.operators.desk.amounts import sayer
from tillgate.api.operators.desk.asked import Asked
from tillgate.api.operators.desk.find import open_order
from tillgate.api.operators.desk.html import Html, joined, tag
from tillgate.api.operators.desk.question import impossible
from tillgate.api.operators.desk.style import done, widget
from tillgate.api.operators.desk.work_acts import WORK_ACTS
from tillgate.api.operators.orders import act_of
from tillgate.domain.orders.order import Order
from tillgate.domain.orders.why import why
from tillgate.domain.payments.disputes import MOST_EVIDENCE, Evidence
from tillgate.domain.payments.operations import OperationStatus
from tillgate.domain.shared.card_numbers import places_of_card_numbers
from tillgate.domain.shared.refusals import Refusal
from tillgate.runtime.telemetry import logger
from tillgate.store.shared.failures import Contended
from tillgate.use_cases.operators import resolve
from tillgate.use_cases.operators.act import Deed, act, sync
from tillgate.use_cases.operators.answer_dispute import answer_by_operator, written
from tillgate.use_cases.operators.mark_transferred import mark_transferred
from tillgate.use_cases.shared.load_order import ConcurrentChange
from tillgate.wiring import System, system

type Who = dict[str, str]
ONLY_BUTTONS = "only a button of the desk does this: open the order and press it there"


def acted(asked: Asked) -> str:
    """The widget's HTML: what came of it, and the way back."""
    logger.clear_state()
    said = _said(asked)
    logger.info("desk acted", extra={"act": asked.text("act"), "order_key": asked.text("order_key")})
    return widget(asked.theme, said)


def _said(asked: Asked) -> Html:
    try:
        return joined([_done(asked), _way_back(asked)])
    except Refusal as refusal:
        told = f"Nothing was done: {refusal.detail}"
    except (ConcurrentChange, Contended):
        told = IN_DOUBT.capitalize()
    return impossible(told, _way_back(asked))


def _way_back(asked: Asked) -> Html:
    act = asked.text("act")
    if act == "requeue":
        return today.back(asked)
    if act in WORK_ACTS:
        return work_acts.back(asked)
    if act in ACCOUNT_ACTS:
        return way_back(asked, "Back")
    return open_order(asked, asked.text("order_key"), "Back to the order")


def _done(asked: Asked) -> Html:
    name = asked.text("act")
    who = {"by": asked.typed("by"), "reason": asked.typed("reason")}
    if list(places_of_card_numbers(who)):
        raise Refusal("card numbers are not taken; remove them from name and reason")
    if perform := _OF_OTHERS.get(name):
        return perform(system(), asked, who)
    if name in ACCOUNT_ACTS:
        return acted_on_account(system(), asked, who)
    if operate := _OF_ORDERS.get(name):
        return _outcome(operate(system(), asked, who))
    raise Refusal("there is no such action")


def _resent(system: System, asked: Asked, who: Who) -> Html:
    since = datetime.fromisoformat(asked.needed("since"))
    sent = notifications.resend(system, asked.needed("notification_id"), since=since, **who)
    return done(f"{sent['id']} is on its way again.")


_OF_OTHERS: dict[str, Callable[[System, Asked, Who], Html]] = {
    "resend": _resent,
    "requeue": today.requeued,
    **dict.fromkeys(WORK_ACTS, work_acts.acted),
}


def _operated(deed: Deed) -> Callable[[System, Asked, Who], Order]:
    def perform(system: System, asked: Asked, who: Who) -> Order:
        version, amount = _version(asked), asked.number("amount")
        if asked.has("amount") and amount is None:
            raise Refusal(ONLY_BUTTONS)
        whose = "payment_id" if deed.needs_payment else "order_key"
        fields: dict[str, Any] = {whose: asked.needed(whose), "version": version}
        return act(system, act_of(fields | ({} if amount is None else {"amount": amount}), deed), **who)

    return perform


def _resolved(choice: Callable[[Asked], dict[str, Any]]) -> Callable[[System, Asked, Who], Order]:
    def perform(system: System, asked: Asked, who: Who) -> Order:
        order_key, version = asked.needed("order_key"), _version(asked)
        by, reason = who["by"], who["reason"]
        return resolve.resolve(system, order_key, by=by, reason=reason, version=version, **choice(asked))[0]

    return perform


def _version(asked: Asked) -> int:
    """Of the order as it was shown."""
    if (version := asked.number("version")) is None:
        raise Refusal(ONLY_BUTTONS)
    return version


def _answered(evidence: Callable[[Asked], Evidence | None]) -> Callable[[System, Asked, Who], Order]:
    def perform(system: System, asked: Asked, who: Who) -> Order:
        return answer_by_operator(system, asked.needed("dispute_id"), evidence(asked), version=_version(asked), **who)

    return perform


_OF_ORDERS: dict[str, Callable[[System, Asked, Who], Order]] = {
    **{deed.value: _operated(deed) for deed in Deed},
    "outcome": _resolved(
        lambda asked: {"outcome": {"operation_id": asked.text("operation_id"), "status": asked.text("outcome")}}
    ),
    "set_aside": _resolved(lambda asked: {"set_aside": asked.text("operation_id")}),
    "end_as": _resolved(lambda asked: {"end_as": asked.text("end_as")}),
    "retry": _resolved(lambda _: {"retry": True}),
    "mark_transferred": lambda system, asked, who: mark_transferred(
        system, asked.needed("operation_id"), iban=asked.typed("iban") or None, version=_version(asked), **who
    ),
    "accept_dispute": _answered(lambda _: None),
    "send_evidence": _answered(lambda asked: written(asked.typed("evidence", MOST_EVIDENCE + 1))),
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
