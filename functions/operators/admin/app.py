"""The operators' function, called from the console or the CLI with IAM alone; events/ has sample calls (RG-9, ONE-9).

{"action": "create_merchant", "name": "..."} and so on: `ACTIONS` names each action and the fields it takes.
"""

from collections.abc import Callable

from tillgate.api.http.instants import instant
from tillgate.api.operators import accounts, notifications, orders
from tillgate.api.operators.actions import Action, Fields, operator, run
from tillgate.api.operators.credits import MOST_LINES, credit_view
from tillgate.api.payouts.views import payout_view
from tillgate.domain.ledger.entries import Account
from tillgate.domain.operators.work_list import troubles
from tillgate.domain.orders.why import why
from tillgate.domain.payouts.payout import Payout
from tillgate.domain.psp.written_dates import read_date
from tillgate.domain.shared.identifiers import order_key_of_invoice
from tillgate.domain.shared.refusals import Refusal
from tillgate.runtime.acting import acts
from tillgate.use_cases.marketplace.run_split import retry_split
from tillgate.use_cases.merchants.accounts import find_merchant
from tillgate.use_cases.operators import resolve
from tillgate.use_cases.operators.adjust_vendor import adjust_vendor
from tillgate.use_cases.operators.decide_payout import approve_payout, refuse_payout, resolve_payout
from tillgate.use_cases.operators.explain_credit import explain_credit
from tillgate.use_cases.operators.mark_transferred import mark_transferred
from tillgate.use_cases.operators.redact import redact_value
from tillgate.use_cases.operators.requeue import requeue
from tillgate.use_cases.operators.settle_work import retry_work, set_aside_work
from tillgate.use_cases.operators.work_list import list_work
from tillgate.use_cases.psp.read_statement import from_base64, read_statement
from tillgate.use_cases.psp.report_money import AmbiguousReference, report_money
from tillgate.use_cases.shoppers.erase import erase_by_operator
from tillgate.wiring import system


def handler(event: Fields, context: object) -> Fields:
    """Returns the action's result, or {"error": ...} if nothing was changed."""
    acts(operator("admin", event, context, str(event.get("action"))))
    return run(ACTIONS, event)


def _list_work(fields: Fields) -> Fields:
    """A page; `next` is the next one's `after`, null on the last."""
    items, following = list_work(system(), fields.get("limit", 100), after=fields.get("after") or ())
    return {"items": items, "next": following}


def _settle(settle: Callable[..., str]) -> Callable[[Fields], Fields]:
    return lambda fields: {"item": fields["item"], "came": settle(system(), **fields)}


def _resolve(fields: Fields) -> Fields:
    if "split_id" in fields:
        return _resolve_split(fields)
    names = ("outcome", "set_aside", "end_as", "retry")
    choice = {name: fields[name] for name in names if name in fields}
    who = {"by": fields["by"], "reason": fields["reason"]}
    order, all_tried = resolve.resolve(system(), fields["order_key"], **who, **choice)
    answer = {"order_key": order.order_key, "status": order.status, "troubles": troubles(order), "why": why(order)}
    return answer | ({"all_tried": all_tried} if choice.get("retry") else {})


def _requeue(fields: Fields) -> Fields:
    name = fields["queue"]
    return {"queue": name, "moved": requeue(system(), name, by=fields["by"], reason=fields["reason"])}


def _report_money(fields: Fields) -> Fields:
    what = (fields["reference"], fields["amount"], fields["currency"], fields["booking_id"])
    valued = read_date(fields["value_date"]) if fields.get("value_date") else None
    try:
        return report_money(system(), *what, value_date=valued, by=fields["by"])
    except AmbiguousReference as refusal:
        return {"error": refusal.detail, "candidates": refusal.candidates}


def _read_statement(fields: Fields) -> Fields:
    """`csv` and `camt` are texts; `file` is either as the bank gave it, in base64."""
    given = [fields[name] for name in ("csv", "camt") if name in fields]
    given += [from_base64(fields["file"])] if "file" in fields else []
    if len(given) != 1:
        raise Refusal("pass the statement as one of csv, camt, file")
    return {"items": read_statement(system(), given[0], fields.get("statement"), by=fields["by"])}


def _explain_credit(fields: Fields) -> Fields:
    limit = fields.get("limit", MOST_LINES)
    if type(limit) is not int or limit < 1:
        raise Refusal("limit is a whole number above 0", "/limit")
    whose = {name: fields.get(name) for name in ("merchant_id", "payout", "amount", "mode")}
    found = explain_credit(system(), fields["connector"], **whose)
    return {"items": [credit_view(each, limit) for each in found]}


def _adjust_vendor(fields: Fields) -> Fields:
    names = ("merchant_id", "vendor_id", "currency", "connector")
    account = Account(**{name: fields[name] for name in names})
    who = {"by": fields["by"], "reason": fields["reason"]}
    entry, is_new = adjust_vendor(system(), account, fields["amount"], key=fields.get("key"), **who)
    return {"entry_id": entry.entry_id, "amount": entry.earned, "at": instant(entry.at), "repeated": not is_new}


def _mark_transferred(fields: Fields) -> Fields:
    who = {"by": fields["by"], "reason": fields["reason"]}
    order = mark_transferred(system(), fields["operation_id"], iban=fields.get("iban"), **who)
    return {"order_key": order.order_key, "status": order.status, "troubles": troubles(order), "why": why(order)}


def _erase_recipient(fields: Fields) -> Fields:
    order_key = order_key_of_invoice(fields["invoice_id"])
    system().recipients.erase(order_key)
    return {"invoice_id": fields["invoice_id"], "erased": True}


def _payout(decide: Callable[..., Payout], *more: str) -> Callable[[Fields], Fields]:
    """A decision on a payout, which `more` fields belong to."""

    def call(fields: Fields) -> Fields:
        told = {name: fields[name] for name in ("by", "reason", *more)}
        payout = decide(system(), fields["payout_id"], **told)
        return {"payout_id": payout.payout_id, "status": payout.status}

    return call


def _list_payouts(fields: Fields) -> Fields:
    merchant = find_merchant(system(), fields["merchant_id"])
    found, _ = system().payouts.page(merchant.merchant_id, fields["vendor_id"], fields.get("limit", 20), None)
    return {"items": [payout_view(each) for each in found]}


def _resolve_split(fields: Fields) -> Fields:
    """What a split could not undo is tried again: the only way out of its MANUAL_INTERVENTION_NEEDED."""
    resolve.check_who_and_why(fields["by"], fields["reason"])
    split = retry_split(system(), fields["order_key"], fields["split_id"], by=fields["by"], reason=fields["reason"])
    return {"order_key": split.order_key, "split_id": split.split_id, "status": split.status}


def _erase(fields: Fields) -> Fields:
    names = ("order_key", "merchant_id", "shopper_key")
    whose = {name: fields[name] for name in names if name in fields}
    return erase_by_operator(system(), by=fields["by"], reason=fields["reason"], **whose)


def _redact(fields: Fields) -> Fields:
    return redact_value(system(), fields["order_key"], fields["value"], by=fields["by"], reason=fields["reason"])


ACTIONS: dict[str, Action] = {
    **accounts.ACTIONS,
    **orders.ACTIONS,
    **notifications.ACTIONS,
    "list_work": Action(_list_work, "limit? after?"),
    "retry_work": Action(_settle(retry_work), "item by reason"),
    "set_aside_work": Action(_settle(set_aside_work), "item by reason"),
    "requeue": Action(_requeue, "queue by reason"),
    "resolve": Action(_resolve, "order_key split_id? outcome? set_aside? end_as? retry? by reason"),
    "mark_transferred": Action(_mark_transferred, "operation_id by reason iban?"),
    "explain_credit": Action(_explain_credit, "connector merchant_id? mode? payout? amount? limit?"),
    "adjust_vendor": Action(_adjust_vendor, "merchant_id vendor_id currency connector amount key? by reason"),
    "erase_recipient": Action(_erase_recipient, "invoice_id"),
    "report_money": Action(_report_money, "reference amount currency booking_id value_date? by"),
    # a bank's text is the bank's
    "read_statement": Action(_read_statement, "csv? camt? file? statement? by", takes_card_numbers=True),
    "list_payouts": Action(_list_payouts, "merchant_id vendor_id limit?"),
    "resolve_payout": Action(_payout(resolve_payout, "outcome"), "payout_id outcome by reason"),
    "approve_payout": Action(_payout(approve_payout), "payout_id by reason"),
    "refuse_payout": Action(_payout(refuse_payout), "payout_id by reason"),
    "erase": Action(_erase, "order_key? merchant_id? shopper_key? by reason"),
    "redact": Action(_redact, "order_key value by reason", takes_card_numbers=True),
}
