"""The operators' function, called from the console or the CLI with IAM alone; events/ has sample calls (RG-9).

{"action": "create_merchant", "name": "..."} and so on: `ACTIONS` names each action and the fields it takes.
"""

import os
from collections.abc import Callable
from typing import Any

import boto3

from tillgate.api.http.instants import instant
from tillgate.api.merchants.views import payout_limits_view
from tillgate.domain.ledger.entries import Account
from tillgate.domain.merchants.payout_limits import PayoutLimit
from tillgate.domain.operators.work_list import troubles
from tillgate.domain.orders.why import why
from tillgate.domain.payouts.payout import Payout
from tillgate.domain.shared.identifiers import order_key_of_invoice
from tillgate.domain.shared.refusals import Refusal
from tillgate.runtime.telemetry import logger
from tillgate.use_cases.marketplace.run_split import retry_split
from tillgate.use_cases.merchants import accounts
from tillgate.use_cases.merchants.rotate_token_key import rotate_token_key
from tillgate.use_cases.merchants.set_payout_limit import set_payout_limit
from tillgate.use_cases.operators import resolve
from tillgate.use_cases.operators.adjust_vendor import adjust_vendor
from tillgate.use_cases.operators.decide_payout import approve_payout, refuse_payout, resolve_payout
from tillgate.use_cases.operators.mark_transferred import mark_transferred
from tillgate.use_cases.psp import report_money
from tillgate.use_cases.shared.load_order import ConcurrentChange
from tillgate.use_cases.shoppers.erase import erase_by_operator
from tillgate.wiring import system

Fields = dict[str, Any]


def handler(event: Fields, _context: object) -> Fields:
    """Returns the action's result, or {"error": ...} if nothing was changed."""
    fields = dict(event)
    action = fields.pop("action", None)
    logger.clear_state()
    logger.info("admin", extra={"action": action, "merchant": fields.get("merchant_id")})
    if not isinstance(action, str) or action not in ACTIONS:
        return {"error": f"action must be one of {', '.join(ACTIONS)}"}
    try:
        return ACTIONS[action](fields)
    except KeyError as missing:
        return {"error": f"the field {missing} is missing"}
    except Refusal as refusal:
        return {"error": refusal.detail}
    except ConcurrentChange:
        return {"error": "others are changing it just now; try again"}
    except ValueError as wrong:  # nothing is stored that could not be read again
        return {"error": str(wrong)}


def _create_merchant(fields: Fields) -> Fields:
    return accounts.create_merchant(
        system(),
        system().seal,
        name=fields["name"],
        update_url=fields.get("update_url"),
        methods=fields.get("methods"),
    )


def _update_merchant(fields: Fields) -> Fields:
    names = (
        *("name", "update_url", "methods", "authorization_sequence", "refunds_commission"),
        *("logo_url", "colour", "requires_signatures"),
    )
    changes = {name: fields[name] for name in names if name in fields}
    return accounts.update_merchant(system(), fields["merchant_id"], **changes)


def _create_vendor(fields: Fields) -> Fields:
    return accounts.create_vendor(
        system(), fields["merchant_id"], name=fields["name"], psp_account=fields["psp_account"]
    )


def _update_vendor(fields: Fields) -> Fields:
    changes = {name: fields[name] for name in ("name", "psp_account") if name in fields}
    return accounts.update_vendor(system(), fields["merchant_id"], fields["vendor_id"], **changes)


def _suspended(suspended: bool) -> Callable[[Fields], Fields]:
    return lambda fields: accounts.update_merchant(system(), fields["merchant_id"], suspended=suspended)


def _vendor_suspended(suspended: bool) -> Callable[[Fields], Fields]:
    return lambda fields: accounts.suspend_vendor(system(), fields["merchant_id"], fields["vendor_id"], suspended)


def _resolve(fields: Fields) -> Fields:
    if "split_id" in fields:
        return _resolve_split(fields)
    names = ("outcome", "set_aside", "end_as", "retry")
    choice = {name: fields[name] for name in names if name in fields}
    who = {"by": fields["by"], "reason": fields["reason"]}
    order, all_tried = resolve.resolve(system(), fields["order_key"], **who, **choice)
    answer = {"order_key": order.order_key, "status": order.status, "troubles": troubles(order), "why": why(order)}
    return answer | ({"all_tried": all_tried} if choice.get("retry") else {})


def _report_money(fields: Fields) -> Fields:
    return report_money.report_money(
        system(), fields["reference"], fields["amount"], fields["currency"], fields["booking_id"], by=fields["by"]
    )


def _read_statement(fields: Fields) -> Fields:
    lines = report_money.read_statement(system(), fields["csv"], fields.get("statement"), by=fields["by"])
    return {"items": lines}


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


def _resolve_split(fields: Fields) -> Fields:
    """What a split could not undo is tried again: the only way out of its MANUAL_INTERVENTION_NEEDED."""
    resolve.check_who_and_why(fields["by"], fields["reason"])
    split = retry_split(system(), fields["order_key"], fields["split_id"], by=fields["by"], reason=fields["reason"])
    return {"order_key": split.order_key, "split_id": split.split_id, "status": split.status}


def _erase(fields: Fields) -> Fields:
    names = ("order_key", "merchant_id", "shopper_key")
    whose = {name: fields[name] for name in names if name in fields}
    return erase_by_operator(system(), by=fields["by"], reason=fields["reason"], **whose)


def _rotate_token_key(_: Fields) -> Fields:
    return rotate_token_key(system(), boto3.client("secretsmanager"), os.environ["TOKEN_SECRET_ID"])


ACTIONS: dict[str, Callable[[Fields], Fields]] = {
    "create_merchant": _create_merchant,
    "update_merchant": _update_merchant,
    "suspend_merchant": _suspended(True),
    "resume_merchant": _suspended(False),
    "create_vendor": _create_vendor,
    "update_vendor": _update_vendor,
    "suspend_vendor": _vendor_suspended(True),
    "resume_vendor": _vendor_suspended(False),
    "create_client": lambda fields: accounts.create_client(
        system(), fields["merchant_id"], fields.get("scopes"), fields.get("by")
    ),
    "update_client": lambda fields: accounts.update_client(
        system(), fields["client_id"], fields["scopes"], fields.get("by")
    ),
    "delete_client": lambda fields: accounts.delete_client(system(), fields["client_id"]),
    "rotate_token_key": _rotate_token_key,
    "list_work": lambda fields: {"items": resolve.list_work(system(), fields.get("limit", 100))},
    "resolve": _resolve,
    "mark_transferred": _mark_transferred,
    "adjust_vendor": _adjust_vendor,
    "erase_recipient": _erase_recipient,
    "report_money": _report_money,
    "read_statement": _read_statement,
    "resolve_payout": _payout(resolve_payout, "outcome"),
    "approve_payout": _payout(approve_payout),
    "refuse_payout": _payout(refuse_payout),
    "set_payout_limit": _set_payout_limit,
    "erase": _erase,
    "rotate_client_secret": lambda fields: accounts.rotate_client_secret(
        system(), fields["client_id"], fields.get("by")
    ),
    "rotate_signing_secret": lambda fields: accounts.rotate_signing_secret(
        system(), system().seal, fields["merchant_id"]
    ),
}
