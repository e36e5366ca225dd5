"""What an operator can do with an order: each button leads to a confirmation that says how much will happen."""

from collections.abc import Iterator
from typing import Any

from tillgate.api.operators.desk import amounts
from tillgate.api.operators.desk.asked import Asked
from tillgate.api.operators.desk.html import Html, button, field, joined, tag
from tillgate.domain.operators.work_list import needs_look, takes_of_vendors
from tillgate.domain.orders.allowed_operations import order_operations, payment_operations
from tillgate.domain.orders.order import Order, OrderStatus
from tillgate.domain.orders.reactions import GAVE_UP
from tillgate.domain.payments.payment import Payment

_WITH_AMOUNT = {"capture": "available", "cancel": "available", "refund": "refundable"}
_OF_ORDER = {"cancel": "cancel_order", "withdraw": "withdraw_order"}


def carried(act: str, order: Order, **more: Any) -> dict[str, Any]:
    """What a button carries to the confirmation."""
    return {"view": "confirm", "act": act, "order_key": order.order_key, "version": order.version, **more}


def of_payment(asked: Asked, order: Order, payment: Payment) -> Html:
    """Its allowed operations, and the ways out of its troubles."""
    operations = payment_operations(order, payment)
    amount = f"{payment.payment_id}.amount"
    limits = [getattr(payment, _WITH_AMOUNT[name]) for name in operations if name in _WITH_AMOUNT]
    most = amounts.plain(max(limits), order.currency) if limits else ""
    buttons = [_to_confirm(asked, name, order, payment) for name in operations if name != "pay"]
    entry = field("Amount", amount, most, f"up to {most}") if limits else None
    doable = tag("div", entry, buttons, class_="row") if buttons else None
    return joined([doable, _resolving(asked, order, payment)])


def _to_confirm(asked: Asked, name: str, order: Order, payment: Payment) -> Html:
    more = {"payment_id": payment.payment_id, "currency": order.currency}
    if name == "sync":
        return button("Ask the PSP", asked.acts, carried("sync", order, reads=asked.reads, **more))
    return button(f"{name.capitalize()} ...", asked.reads, carried(name, order, **more))


def of_order(asked: Asked, order: Order) -> Html:
    """What ends the whole order, and the ways out when it could not end."""
    allowed = [name for name in order_operations(order) if name in _OF_ORDER]
    buttons = [
        button(f"{name.capitalize()} the whole order ...", asked.reads, carried(_OF_ORDER[name], order))
        for name in allowed
    ]
    if order.ended is OrderStatus.MANUAL_INTERVENTION_NEEDED:
        buttons.append(button("Try again to give money back ...", asked.reads, carried("retry", order)))
        buttons += [
            button(f"End as {end} ...", asked.reads, carried("end_as", order, end_as=end))
            for end in ("CANCELLED", "EXPIRED", "WITHDRAWN")
        ]
    return tag("div", buttons, class_="row")


def _resolving(asked: Asked, order: Order, payment: Payment) -> Html | None:
    """Buttons for what `troubles` says of this payment."""
    ways = [*_out_of_operations(order, payment), *_out_of_others(order, payment)]
    buttons = [button(f"{label} ...", asked.reads, carried(act, order, **more)) for label, act, more in ways]
    return tag("div", buttons, class_="row") if buttons else None


type Way = tuple[str, str, dict[str, Any]]
"""The label of a button, the act, and what else it carries."""


def _out_of_operations(order: Order, payment: Payment) -> Iterator[Way]:
    for operation in payment.operations:
        named = {"operation_id": operation.operation_id, "payment_id": payment.payment_id}
        what = f"{operation.type} of {amounts.plain(operation.amount, order.currency)}"
        if operation.waits_for_person:
            yield f"The {what} was transferred", "mark_transferred", named
            yield f"The {what} cannot be transferred", "outcome", {"outcome": "FAILED", **named}
        elif operation.status.at_psp and operation.checks > 0:
            yield f"The {what} has SUCCEEDED", "outcome", {"outcome": "SUCCEEDED", **named}
            yield f"The {what} has FAILED", "outcome", {"outcome": "FAILED", **named}
        if operation.contradictions or needs_look(payment, operation):
            yield f"Set aside: {what}", "set_aside", named


def _out_of_others(order: Order, payment: Payment) -> Iterator[Way]:
    if payment.difference:
        named = {"operation_id": payment.authorization.operation_id}
        yield "Set aside the difference from the settlement report", "set_aside", named
    for dispute in payment.disputes:
        if takes_of_vendors(payment, dispute):
            yield f"Seen: dispute {dispute.dispute_id}", "set_aside", {"operation_id": dispute.dispute_id}
    if payment.status in GAVE_UP and order.ended is None:
        yield "Try again to give it back", "retry", {}
