"""The operators' function, called from the console or the CLI with IAM alone; events/ has sample calls (RG-9, ONE-9).

{"action": "create_merchant", "name": "..."} and so on: `ACTIONS` names each action and the fields it takes.
"""

from collections.abc import Callable

from tillgate.api.http.instants import instant
from tillgate.api.merchants.connectors import change_of, connector_view
from tillgate.api.merchants.history import entry_view
from tillgate.api.merchants.views import payout_limits_view, signatures_view
from tillgate.api.operators import notifications, orders
from tillgate.api.operators.actions import Action, Fields, operator, run
from tillgate.api.operators.credits import MOST_LINES, credit_view
from tillgate.api.payouts.views import payout_view
from tillgate.domain.ledger.entries import Account
from tillgate.domain.merchants.payout_limits import PayoutLimit
from tillgate.domain.operators.work_list import troubles
from tillgate.domain.orders.why import why
from tillgate.domain.payouts.payout import Payout
from tillgate.domain.psp.written_dates import read_date
from tillgate.domain.shared.identifiers import order_key_of_invoice
from tillgate.domain.shared.refusals import Refusal
from tillgate.runtime.acting import acts
from tillgate.runtime.telemetry import logger
from tillgate.store.merchants.history import DEPLOYMENT
from tillgate.use_cases.marketplace.run_split import retry_split
from tillgate.use_cases.merchants import accounts, clients
from tillgate.use_cases.merchants.set_payout_limit import set_payout_limit
from tillgate.use_cases.merchants.set_signatures import revoke_signature_keys
from tillgate.use_cases.merchants.token_keys import rotate_token_key
from tillgate.use_cases.operators import resolve
from tillgate.use_cases.operators.adjust_vendor import adjust_vendor
from tillgate.use_cases.operators.block_instrument import block_instrument
from tillgate.use_cases.operators.decide_payout import approve_payout, refuse_payout, resolve_payout
from tillgate.use_cases.operators.explain_credit import explain_credit
from tillgate.use_cases.operators.mark_transferred import mark_transferred
from tillgate.use_cases.operators.redact import redact_value
from tillgate.use_cases.operators.requeue import requeue
from tillgate.use_cases.psp.read_statement import from_base64, read_statement
from tillgate.use_cases.psp.report_money import AmbiguousReference, report_money
from tillgate.use_cases.shoppers.erase import erase_by_operator
from tillgate.wiring import system


def handler(event: Fields, context: object) -> Fields:
    """Returns the action's result, or {"error": ...} if nothing was changed."""
    acts(operator("admin", event, context, str(event.get("action"))))
    return run(ACTIONS, event)


def _create_merchant(fields: Fields) -> Fields:
    return accounts.create_merchant(
        system(),
        system().seal,
        name=fields["name"],
        update_url=fields.get("update_url"),
        methods=fields.get("methods"),
    )


_OF_MERCHANTS = (
    *("name", "update_url", "methods", "authorization_sequence", "refunds_commission"),
    *("logo_url", "colour", "links", "requires_signatures", "calls_per_second", "attempt_limits", "time_zone"),
)


def _update_merchant(fields: Fields) -> Fields:
    changes = {name: fields[name] for name in _OF_MERCHANTS if name in fields}
    return accounts.update_merchant(system(), fields["merchant_id"], **changes)


def _create_vendor(fields: Fields) -> Fields:
    return accounts.create_vendor(
        system(), fields["merchant_id"], name=fields["name"], psp_account=fields["psp_account"]
    )


def _update_vendor(fields: Fields) -> Fields:
    changes = {name: fields[name] for name in ("name", "psp_account", "by") if name in fields}
    return accounts.update_vendor(system(), fields["merchant_id"], fields["vendor_id"], **changes)


def _suspended(suspended: bool) -> Callable[[Fields], Fields]:
    return lambda fields: accounts.update_merchant(system(), fields["merchant_id"], suspended=suspended)


def _vendor_suspended(suspended: bool) -> Callable[[Fields], Fields]:
    return lambda fields: accounts.suspend_vendor(system(), fields["merchant_id"], fields["vendor_id"], suspended)


def _blocked(blocked: bool) -> Callable[[Fields], Fields]:
    return lambda fields: block_instrument(
        system(),
        fields["merchant_id"],
        fields["fingerprint"],
        blocked=blocked,
        by=fields["by"],
        reason=fields["reason"],
    )


def _list_merchants(_: Fields) -> Fields:
    merchants = sorted(system().merchants.all(), key=lambda each: each.merchant_id)
    names = ("merchant_id", "name", "suspended")
    return {"items": [{name: getattr(each, name) for name in names} for each in merchants]}


def _list_vendors(fields: Fields) -> Fields:
    merchant = accounts.find_merchant(system(), fields["merchant_id"])
    vendors = system().merchants.vendors(merchant.merchant_id)
    return {"items": [accounts.vendor_view(system(), each) for each in vendors]}


def _approve_vendor_account(fields: Fields) -> Fields:
    resolve.check_who_and_why(fields["by"], fields["reason"])
    whose = fields["merchant_id"], fields["vendor_id"]
    return accounts.approve_vendor_account(system(), *whose, fields["psp_account"], by=fields["by"])


def _call_off_vendor_account(fields: Fields) -> Fields:
    resolve.check_who_and_why(fields["by"], fields["reason"])
    return accounts.call_off_vendor_account(system(), fields["merchant_id"], fields["vendor_id"])


def _history(fields: Fields) -> Fields:
    """Of a merchant, or of the keys of access tokens."""
    of = fields.get("merchant_id", DEPLOYMENT)
    found, before = system().account_history.page(of, fields.get("limit", 50), fields.get("before"))
    return {"items": [entry_view(each) for each in found], "before": before}


def _create_client(fields: Fields) -> Fields:
    return clients.create_client(system(), fields["merchant_id"], fields.get("scopes"), fields.get("by"))


def _update_client(fields: Fields) -> Fields:
    return clients.update_client(
        system(), fields["client_id"], fields["scopes"], fields.get("by"), revoke_now=_flag(fields, "revoke_now")
    )


def _delete_client(fields: Fields) -> Fields:
    return clients.delete_client(system(), fields["client_id"])


def _rotate_client_secret(fields: Fields) -> Fields:
    return clients.rotate_client_secret(
        system(), fields["client_id"], fields.get("by"), revoke_now=_flag(fields, "revoke_now")
    )


def _rotate_signing_secret(fields: Fields) -> Fields:
    return accounts.rotate_signing_secret(
        system(), system().seal, fields["merchant_id"], revoke_now=_flag(fields, "revoke_now")
    )


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
    merchant = accounts.find_merchant(system(), fields["merchant_id"])
    found, _ = system().payouts.page(merchant.merchant_id, fields["vendor_id"], fields.get("limit", 20), None)
    return {"items": [payout_view(each) for each in found]}


def _set_payout_limit(fields: Fields) -> Fields:
    limit = PayoutLimit(
        per_payout=fields["per_payout"],
        per_day=fields["per_day"],
        approval_above=fields.get("approval_above"),
        set_by=fields["by"],
        set_at=system().now(),
        reason=fields["reason"],
    )
    merchant = set_payout_limit(system(), fields["merchant_id"], fields["currency"], limit)
    return {"merchant_id": merchant.merchant_id, "payout_limits": payout_limits_view(system(), merchant)}


def _connectors(fields: Fields) -> Fields:
    merchant_id = accounts.find_merchant(system(), fields["merchant_id"]).merchant_id
    own = {each.connector: each for each in system().connections.of_merchant(merchant_id)}
    items = [connector_view(system(), each, merchant_id, own.get(each.name)) for each in system().manifests()]
    return {"merchant_id": merchant_id, "items": items}


def _set_connector(fields: Fields) -> Fields:
    names = ("mode", "credentials", "use", "check")
    return _change_connector(fields, {name: fields[name] for name in names if name in fields})


def _revoke_connector(fields: Fields) -> Fields:
    """Ends the given values; without any, deletes all credentials of the mode."""
    ids = fields.get("value_ids")
    return _change_connector(fields, {"mode": fields["mode"]} | ({"revoke": ids} if ids else {"credentials": None}))


def _change_connector(fields: Fields, body: Fields) -> Fields:
    from tillgate.api.merchants.models import SetConnector  # only these actions need pydantic and connectors
    from tillgate.use_cases.merchants.set_connection import set_connection

    resolve.check_who_and_why(fields["by"], fields["reason"])
    merchant_id = accounts.find_merchant(system(), fields["merchant_id"]).merchant_id
    change = change_of(SetConnector.model_validate(body, strict=True), fields["by"])
    own = set_connection(system(), merchant_id, fields["connector"], change)
    logger.info("connector set by an operator", extra={"by": fields["by"], "reason": fields["reason"]})
    return connector_view(system(), system().manifest(own.connector), merchant_id, own)


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


def _rotate_token_key(fields: Fields) -> Fields:
    return rotate_token_key(system(), revoke_now=_flag(fields, "revoke_now"))


def _revoke_signature_keys(fields: Fields) -> Fields:
    merchant = revoke_signature_keys(system(), fields["merchant_id"], fields["key_ids"])
    return {"merchant_id": merchant.merchant_id, "signatures": signatures_view(merchant)}


def _flag(fields: Fields, name: str) -> bool:
    """False where nothing is said. Raises `Refusal` for what is neither true nor false."""
    if type(given := fields.get(name, False)) is not bool:
        raise Refusal(f"{name} is true or false", f"/{name}")
    return given


_WHO = "by? reason?"  # they stand in the account's history

ACTIONS: dict[str, Action] = {
    **orders.ACTIONS,
    **notifications.ACTIONS,
    "create_merchant": Action(_create_merchant, f"name update_url? methods? {_WHO}"),
    "update_merchant": Action(_update_merchant, f"merchant_id {' '.join(f'{name}?' for name in _OF_MERCHANTS)} {_WHO}"),
    "suspend_merchant": Action(_suspended(True), f"merchant_id {_WHO}"),
    "resume_merchant": Action(_suspended(False), f"merchant_id {_WHO}"),
    "list_merchants": Action(_list_merchants),
    "create_vendor": Action(_create_vendor, f"merchant_id name psp_account {_WHO}"),
    "update_vendor": Action(_update_vendor, f"merchant_id vendor_id name? psp_account? {_WHO}"),
    "approve_vendor_account": Action(_approve_vendor_account, "merchant_id vendor_id psp_account by reason"),
    "call_off_vendor_account": Action(_call_off_vendor_account, "merchant_id vendor_id by reason"),
    "suspend_vendor": Action(_vendor_suspended(True), f"merchant_id vendor_id {_WHO}"),
    "resume_vendor": Action(_vendor_suspended(False), f"merchant_id vendor_id {_WHO}"),
    "history": Action(_history, "merchant_id? limit? before?"),
    "list_vendors": Action(_list_vendors, "merchant_id"),
    "block_instrument": Action(_blocked(True), "merchant_id fingerprint by reason"),
    "unblock_instrument": Action(_blocked(False), "merchant_id fingerprint by reason"),
    "create_client": Action(_create_client, f"merchant_id scopes? {_WHO}"),
    "update_client": Action(_update_client, f"client_id scopes revoke_now? {_WHO}"),
    "delete_client": Action(_delete_client, f"client_id {_WHO}"),
    "rotate_token_key": Action(_rotate_token_key, f"revoke_now? {_WHO}"),
    "list_work": Action(lambda fields: {"items": resolve.list_work(system(), fields.get("limit", 100))}, "limit?"),
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
    "set_payout_limit": Action(_set_payout_limit, "merchant_id currency per_payout per_day approval_above? by reason"),
    "show_connectors": Action(_connectors, "merchant_id"),
    "set_connector": Action(_set_connector, "merchant_id connector mode credentials? use? check? by reason"),
    "revoke_connector": Action(_revoke_connector, "merchant_id connector mode value_ids? by reason"),
    "erase": Action(_erase, "order_key? merchant_id? shopper_key? by reason"),
    "redact": Action(_redact, "order_key value by reason", takes_card_numbers=True),
    "rotate_client_secret": Action(_rotate_client_secret, f"client_id revoke_now? {_WHO}"),
    "rotate_signing_secret": Action(_rotate_signing_secret, f"merchant_id revoke_now? {_WHO}"),
    "revoke_signature_keys": Action(_revoke_signature_keys, f"merchant_id key_ids {_WHO}"),
}
