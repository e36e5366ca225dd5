"""The confirmation of what an operator is about to do: what will happen and how much, worked out without doing it."""

from typing import Any

from tillgate.api.operators.desk import amounts
from tillgate.api.operators.desk.asked import Asked
from tillgate.api.operators.desk.find import open_order
from tillgate.api.operators.desk.html import Html, field, prose
from tillgate.api.operators.desk.question import impossible, question
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.operations import OperationType
from tillgate.domain.shared.identifiers import aggregate_key_of
from tillgate.domain.shared.refusals import Refusal
from tillgate.use_cases.operators.act import Act, Deed, preview
from tillgate.use_cases.shared.load_order import load
from tillgate.wiring import System

_DEEDS = tuple(deed.value for deed in Deed)


def view(asked: Asked, system: System) -> Html:
    """Raises `Refusal` for what is not possible."""
    order = load(system, asked.needed("order_key"))
    try:
        sentences = _of_deed(asked, system, order) if asked.text("act") in _DEEDS else [_of_other(asked, order)]
    except Refusal as refusal:
        return impossible(refusal.detail, open_order(asked, order.order_key, "Back to the order"))
    more = _MORE.get(asked.text("act"))
    return question(asked, sentences, _carried(asked, order), open_order(asked, order.order_key, "Do not"), more)


_MORE = {
    "mark_transferred": field("To the account (IBAN, optional)", "iban", size=28),
    "send_evidence": prose("What the shopper's bank is to read (files are sent by the API)", "evidence"),
}


def _carried(asked: Asked, order: Order) -> dict[str, Any]:
    names = (
        *("act", "order_key", "payment_id", "operation_id", "notification_id", "outcome", "end_as", "dispute_id"),
        "since",
    )
    given = {name: text for name in names if (text := asked.text(name))}
    amount = _typed_amount(asked, order)
    return {"version": asked.number("version"), **given} | ({} if amount is None else {"amount": amount})


def _typed_amount(asked: Asked, order: Order) -> int | None:
    return amounts.typed(asked.typed(f"{asked.text('payment_id')}.amount"), order.currency)


def _of_deed(asked: Asked, system: System, order: Order) -> list[str]:
    deed, payment_id = Deed(asked.text("act")), asked.text("payment_id") or None
    wanted = Act(
        deed,
        aggregate_key_of(payment_id) if payment_id else order.order_key,
        payment_id=payment_id,
        amount=_typed_amount(asked, order) if deed in (Deed.CAPTURE, Deed.CANCEL, Deed.REFUND) else None,
        version=asked.number("version"),
    )
    of, requests = preview(system, wanted)
    said = [
        _WORDS[each.operation].format(amounts.shown(each.amount, of.currency), each.payment_id) for each in requests
    ]
    whole = [f"The order {order.order_reference} ends."] if not deed.needs_payment else []
    return [*whole, *said] or [f"{deed} of the order {order.order_reference}."]


_WORDS = {
    OperationType.CAPTURE: "{} will be captured of {}.",
    OperationType.CANCEL: "{} will be released of {}.",
    OperationType.REFUND: "{} will be refunded of {}.",
    OperationType.CLOSE: "The payment of {} will be closed: {}.",
}


def _of_other(asked: Asked, order: Order) -> str:
    operation_id, outcome = asked.text("operation_id"), asked.text("outcome")
    sentences = {
        "outcome": f"{operation_id} is recorded as {outcome}, as the PSP's back office says.",
        "set_aside": f"What was said of {operation_id} is set aside; it changes no money.",
        "end_as": f"The order {order.order_reference} ends as {asked.text('end_as')}; no money is left to return.",
        "retry": f"What could not be given back of {order.order_reference} is requested once more.",
        "mark_transferred": f"{operation_id} was transferred by hand from our account.",
        "accept_dispute": f"The dispute {asked.text('dispute_id')} is accepted: {_disputed(asked, order)} is given up.",
        "send_evidence": f"The shopper's bank is sent this text, against its dispute over {_disputed(asked, order)}.",
        "resend": f"The notification {asked.text('notification_id')} is sent again.",
    }
    if asked.text("act") not in sentences:
        raise Refusal("there is no such action")
    return sentences[asked.text("act")]


def _disputed(asked: Asked, order: Order) -> str:
    """What is at stake. Empty for what is not open."""
    for payment in order.payments:
        if dispute := payment.dispute(asked.text("dispute_id")):
            return amounts.shown(dispute.amount, order.currency)
    return "nothing"
