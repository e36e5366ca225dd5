"""What operators see of an order, and the actions on it (ONE-9)."""

from itertools import islice
from typing import Any

from tillgate.api.http.instants import instant
from tillgate.api.notifications.views import delivery_view
from tillgate.api.operators.actions import Action, Fields
from tillgate.api.orders.history_view import history_view
from tillgate.api.orders.views import order_view
from tillgate.api.payouts.views import payout_view
from tillgate.domain.operators.work_list import transfers, troubles
from tillgate.domain.orders.order import Order
from tillgate.domain.orders.why import why
from tillgate.domain.payments.disputes import Evidence
from tillgate.domain.shared.identifiers import aggregate_key_of, parent_of
from tillgate.domain.shared.refusals import Refusal
from tillgate.use_cases.operators import find
from tillgate.use_cases.operators.act import Act, Deed, act, sync
from tillgate.use_cases.operators.answer_dispute import answer_by_operator, written
from tillgate.use_cases.operators.work_list import to_transfer
from tillgate.use_cases.shared.load_order import load
from tillgate.wiring import System, system

MOST_NOTIFICATIONS = 50
MOST_VENDORS = 50
_FOR_THE_SHOPPER = ("menu_url",)  # whoever has it can pay, so nobody else sees it
_PERSONAL = ("customer",)


def dossier(system: System, order_key: str, *, personal_data: bool = False) -> dict[str, Any]:
    """All that is known of an order: the merchant's view, its reasons, troubles, history and notifications.

    Personal data is left out unless it is asked for. Raises `NotFound`.
    """
    order = load(system, order_key)
    return {
        "order": shown(order, personal_data=personal_data),
        "merchant_id": order.merchant_id,
        "why": why(order),
        "troubles": troubles(order),
        "transfers": [to_transfer(transfer) for transfer in transfers(order)],
        "vendor_payments": _vendor_payments(system, order),
        "notifications": [
            delivery_view(each) for each in islice(system.deliveries.of_order(order_key), MOST_NOTIFICATIONS)
        ],
        "history": history_view(system.orders.history(order_key)),
    }


def shown(order: Order, *, personal_data: bool = False) -> dict[str, Any]:
    hidden = _FOR_THE_SHOPPER if personal_data else (*_FOR_THE_SHOPPER, *_PERSONAL)
    return {name: value for name, value in order_view(order, "").items() if name not in hidden}


def summary(order: Order) -> dict[str, Any]:
    """A line of a list."""
    return {
        "order_key": order.order_key,
        "order_reference": order.order_reference,
        "merchant_id": order.merchant_id,
        "amount": order.amount,
        "currency": order.currency,
        "status": order.status,
        "considered_safe": order.safe.level if order.safe else None,
        "created_at": instant(order.created_at),
        "troubles": troubles(order),
    }


def _vendor_payments(system: System, order: Order) -> list[dict[str, Any]]:
    if order.kind != "technical":
        return []
    parts, _ = system.vendor_payments.page(order.order_key, MOST_VENDORS, None)
    return [summary(part) | {"payment_id": part.payments[0].payment_id} for part in parts]


def _find(fields: Fields) -> Fields:
    if "text" in fields:
        found, complete = find.find(system(), fields["text"], fields.get("merchant_id")), True
    else:
        asked = [fields[name] for name in ("merchant_id", "day", "amount") if name in fields]
        if len(asked) < 3:
            raise Refusal("pass a text, or the amount, the day and the merchant_id")
        found, complete = find.find_by_amount(system(), *asked)
    payout = system().payouts.load(str(fields.get("text", "")).strip())
    more = {"payout": payout_view(payout)} if payout else {}
    return {"items": [summary(each.order) | {"found_by": each.by} for each in found], "complete": complete, **more}


def _show(fields: Fields) -> Fields:
    return dossier(system(), fields["order_key"], personal_data=fields.get("personal_data") is True)


def _why(fields: Fields) -> Fields:
    order = load(system(), fields["order_key"])
    return summary(order) | {"why": why(order)}


def act_of(fields: Fields, deed: Deed) -> Act:
    """The act that the fields ask for."""
    payment_id = fields["payment_id"] if deed.needs_payment else None
    return Act(
        deed,
        aggregate_key_of(payment_id) if payment_id else fields["order_key"],
        payment_id=payment_id,
        **{name: fields[name] for name in ("amount", "final", "version") if name in fields},
    )


def _acts(deed: Deed) -> Action:
    def call(fields: Fields) -> Fields:
        return summary_after(act(system(), act_of(fields, deed), by=fields["by"], reason=fields["reason"]))

    more = {Deed.CAPTURE: " amount? final?", Deed.CANCEL: " amount?", Deed.REFUND: " amount?"}
    whose = "payment_id" if deed.needs_payment else "order_key"
    return Action(call, f"{whose} by reason version?{more.get(deed, '')}")


def summary_after(order: Order) -> dict[str, Any]:
    """The order's line with its reasons and its requests: a refused one is `FAILED` there, and is no error."""
    operations = [operation for payment in order.payments for operation in payment.operations]
    last = {each.operation_id: each.status for each in operations[-1:]}
    return summary(order) | {"order_key": parent_of(order.order_key), "last_operation": last, "why": why(order)}


def _sync(fields: Fields) -> Fields:
    return summary_after(sync(system(), fields["payment_id"], by=fields["by"]))


def _answer(fields: Fields, evidence: Evidence | None) -> Fields:
    who = {"by": fields["by"], "reason": fields["reason"], "version": fields.get("version")}
    return summary_after(answer_by_operator(system(), fields["dispute_id"], evidence, **who))


ACTIONS: dict[str, Action] = {
    "find": Action(_find, "text? merchant_id? day? amount?"),
    "show": Action(_show, "order_key personal_data?"),
    "why": Action(_why, "order_key"),
    **{deed.value: _acts(deed) for deed in Deed},
    "accept_dispute": Action(lambda fields: _answer(fields, None), "dispute_id by reason version?"),
    "send_evidence": Action(
        lambda fields: _answer(fields, written(fields["text"])), "dispute_id text by reason version?"
    ),
    "sync": Action(_sync, "payment_id by"),
}
