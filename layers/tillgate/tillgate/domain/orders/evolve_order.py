"""How an event changes the order itself: one small rule per event, all in `RULES`."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tillgate.domain.orders.order import Ending, Invoice, NamedTender, Order, OrderStatus, Raise, Stuck
from tillgate.domain.orders.order_events import (
    AmountChanged,
    EndingBegun,
    EndingCalledOff,
    EndingRetried,
    InvoiceSeen,
    InvoiceSendAsked,
    InvoiceSent,
    MenuLinkRenewed,
    MetadataChanged,
    OrderEnded,
    PersonalDataErased,
    RaiseUndone,
    SplitUndone,
    TenderNamed,
    TenderRemoved,
    TendersDropped,
    ValueRedacted,
)
from tillgate.domain.payments.operations import Actor


def _amount_changed(event: AmountChanged, order: Order) -> Order:
    raised = order.raised
    if event.amount > order.amount and order.covered_once:
        raised = raised or Raise(base_amount=order.amount, at=event.at)
    if raised and event.items is not None and raised.base_items is None:
        raised = replace(raised, base_items=order.terms.items)
    terms = order.terms if event.items is None else replace(order.terms, items=event.items)
    return replace(order, amount=event.amount, expires_at=event.expires_at, raised=raised, terms=terms)


def _raise_undone(event: RaiseUndone, order: Order) -> Order:
    """Payments towards the raise no longer count and are returned."""
    if order.raised is None:
        return order
    raised_at, base = order.raised.at, order.raised.base_amount
    payments = tuple(
        replace(payment, surplus=payment.surplus or payment.towards_raise == raised_at) for payment in order.payments
    )
    terms = order.terms if order.raised.base_items is None else replace(order.terms, items=order.raised.base_items)
    order = replace(order, raised=None, payments=payments, terms=terms)
    least = max(base, order.covered + order.released)  # a refund may have failed since, so more is covered than then
    order = replace(order, amount=min(order.amount, least))
    return replace(order, covered_once=order.covered > 0)  # the coverage from before the raise may have failed since


def _split_undone(event: SplitUndone, order: Order) -> Order:
    return replace(order, split_undone=event.split_id)


def _personal_data_erased(event: PersonalDataErased, order: Order) -> Order:
    return replace(order, customer=None, erased_at=event.at)


def _metadata_changed(event: MetadataChanged, order: Order) -> Order:
    return replace(order, terms=replace(order.terms, metadata=event.metadata))


def _tender_named(event: TenderNamed, order: Order) -> Order:
    if event.balance <= 0:
        return replace(order, misnamed=order.misnamed + 1)
    tender = NamedTender(event.method, event.connector, event.code, event.balance, event.mode)
    return replace(order, named=(*order.named, tender))


def _tender_removed(event: TenderRemoved, order: Order) -> Order:
    return replace(order, named=order.named[: event.number] + order.named[event.number + 1 :])


def _tenders_dropped(event: TendersDropped, order: Order) -> Order:
    return replace(order, named=())


def _invoice_send_asked(event: InvoiceSendAsked, order: Order) -> Order:
    invoice = order.invoice or Invoice()
    return replace(order, invoice=replace(invoice, asked=invoice.asked + 1, asked_at=event.at))


def _invoice_sent(event: InvoiceSent, order: Order) -> Order:
    return replace(order, invoice=replace(order.invoice or Invoice(), sent=event.number, sent_at=event.at))


def _invoice_seen(event: InvoiceSeen, order: Order) -> Order:
    return replace(order, invoice=replace(order.invoice or Invoice(), seen_at=event.at))


def _ending_begun(event: EndingBegun, order: Order) -> Order:
    return replace(order, ending=Ending(event.target, event.actor, at=event.at))


def _ending_retried(event: EndingRetried, order: Order) -> Order:
    ending = order.stuck.ending if order.stuck else Ending(OrderStatus.CANCELLED, Actor.SYSTEM, at=event.at)
    return replace(order, ending=replace(ending, releasing=True), ended=None, stuck=None)


def _ending_called_off(event: EndingCalledOff, order: Order) -> Order:
    return replace(order, ending=None)


def _order_ended(event: OrderEnded, order: Order) -> Order:
    needs_operator = event.status is OrderStatus.MANUAL_INTERVENTION_NEEDED
    stuck = Stuck(order.ending, event.at) if order.ending and needs_operator else None
    return replace(order, ended=event.status, ending=None, stuck=stuck, named=())


RULES: dict[type[Any], Callable[[Any, Order], Order]] = {
    AmountChanged: _amount_changed,
    RaiseUndone: _raise_undone,
    PersonalDataErased: _personal_data_erased,
    ValueRedacted: lambda _event, order: order,
    MetadataChanged: _metadata_changed,
    MenuLinkRenewed: lambda event, order: replace(order, menu_key=event.menu_key),
    TenderNamed: _tender_named,
    TenderRemoved: _tender_removed,
    TendersDropped: _tenders_dropped,
    InvoiceSendAsked: _invoice_send_asked,
    InvoiceSent: _invoice_sent,
    InvoiceSeen: _invoice_seen,
    EndingBegun: _ending_begun,
    EndingRetried: _ending_retried,
    EndingCalledOff: _ending_called_off,
    OrderEnded: _order_ended,
    SplitUndone: _split_undone,
}
