"""Operators change accounts: merchants, vendors, clients, limits, keys and connectors (RG-9, ONE-9)."""

from collections.abc import Callable

from tillgate.api.merchants.connectors import change_of, connector_view
from tillgate.api.merchants.history import entry_view
from tillgate.api.merchants.views import payout_limits_view, signatures_view
from tillgate.api.operators.actions import Action, Fields
from tillgate.domain.merchants.payout_limits import PayoutLimit
from tillgate.domain.shared.refusals import Refusal
from tillgate.runtime.telemetry import logger
from tillgate.store.merchants.history import DEPLOYMENT
from tillgate.use_cases.merchants import accounts, clients, vendors
from tillgate.use_cases.merchants.set_payout_limit import set_payout_limit
from tillgate.use_cases.merchants.set_signatures import revoke_signature_keys
from tillgate.use_cases.merchants.token_keys import rotate_token_key
from tillgate.use_cases.operators.block_instrument import block_instrument
from tillgate.use_cases.operators.resolve import check_who_and_why
from tillgate.wiring import system


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
    return vendors.create_vendor(
        system(), fields["merchant_id"], name=fields["name"], psp_account=fields["psp_account"]
    )


def _update_vendor(fields: Fields) -> Fields:
    changes = {name: fields[name] for name in ("name", "psp_account", "by") if name in fields}
    return vendors.update_vendor(system(), fields["merchant_id"], fields["vendor_id"], **changes)


def _suspended(suspended: bool) -> Callable[[Fields], Fields]:
    return lambda fields: accounts.update_merchant(system(), fields["merchant_id"], suspended=suspended)


def _vendor_suspended(suspended: bool) -> Callable[[Fields], Fields]:
    return lambda fields: vendors.suspend_vendor(system(), fields["merchant_id"], fields["vendor_id"], suspended)


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
    found = system().merchants.vendors(merchant.merchant_id)
    return {"items": [vendors.vendor_view(system(), each) for each in found]}


def _approve_vendor_account(fields: Fields) -> Fields:
    check_who_and_why(fields["by"], fields["reason"])
    whose = fields["merchant_id"], fields["vendor_id"]
    return vendors.approve_vendor_account(system(), *whose, fields["psp_account"], by=fields["by"])


def _call_off_vendor_account(fields: Fields) -> Fields:
    check_who_and_why(fields["by"], fields["reason"])
    return vendors.call_off_vendor_account(system(), fields["merchant_id"], fields["vendor_id"])


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

    check_who_and_why(fields["by"], fields["reason"])
    merchant_id = accounts.find_merchant(system(), fields["merchant_id"]).merchant_id
    change = change_of(SetConnector.model_validate(body, strict=True), fields["by"])
    own = set_connection(system(), merchant_id, fields["connector"], change)
    logger.info("connector set by an operator", extra={"by": fields["by"], "reason": fields["reason"]})
    return connector_view(system(), system().manifest(own.connector), merchant_id, own)


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
    "set_payout_limit": Action(_set_payout_limit, "merchant_id currency per_payout per_day approval_above? by reason"),
    "show_connectors": Action(_connectors, "merchant_id"),
    "set_connector": Action(_set_connector, "merchant_id connector mode credentials? use? check? by reason"),
    "revoke_connector": Action(_revoke_connector, "merchant_id connector mode value_ids? by reason"),
    "rotate_client_secret": Action(_rotate_client_secret, f"client_id revoke_now? {_WHO}"),
    "rotate_signing_secret": Action(_rotate_signing_secret, f"merchant_id revoke_now? {_WHO}"),
    "revoke_signature_keys": Action(_revoke_signature_keys, f"merchant_id key_ids {_WHO}"),
}
