"""Views of a merchant's account."""

from dataclasses import asdict
from typing import Any

from tillgate.api.http.instants import instant
from tillgate.domain.merchants.account import LINKS, Merchant, MethodRule
from tillgate.domain.merchants.payout_limits import PayoutLimit
from tillgate.domain.merchants.routes import Route
from tillgate.domain.notifications.delivery import endpoint_id
from tillgate.domain.payments.methods import METHODS
from tillgate.domain.payouts.payout import day_of
from tillgate.store.notifications.receivers import Receiver
from tillgate.wiring import System


def account_view(system: System, merchant: Merchant) -> dict[str, Any]:
    return {
        "merchant_id": merchant.merchant_id,
        "name": merchant.name,
        "suspended": merchant.suspended,
        **notifications_view(system, merchant),
        "signatures": signatures_view(merchant),
        "methods": list(merchant.methods),
        "time_zone": merchant.time_zone,
        "links": links_view(merchant),
        "authorization_sequence": merchant.authorization_sequence,
        "refunds_commission": merchant.refunds_commission,
        "payout_limits": payout_limits_view(system, merchant),
        "vendors": [
            {"vendor_id": vendor.vendor_id, "name": vendor.name, "suspended": vendor.suspended}
            for vendor in system.merchants.vendors(merchant.merchant_id)
        ],
    }


def links_view(merchant: Merchant) -> dict[str, str | None]:
    return {name: merchant.links.get(name) for name in LINKS}


def payout_limits_view(system: System, merchant: Merchant) -> list[dict[str, Any]]:
    """The limits of payouts to persons. In a currency without a limit, nothing may be paid out (RG-6)."""
    today = day_of(system.now())

    def left(currency: str, limit: PayoutLimit) -> int:
        return max(0, limit.per_day - system.payouts.used(merchant.merchant_id, currency, today))

    return [
        {
            "currency": currency,
            "per_payout": limit.per_payout,
            "per_day": limit.per_day,
            "left_today": left(currency, limit),
            "approval_above": limit.approval_above,
        }
        for currency, limit in merchant.payout_limits.items()
    ]


def notifications_view(system: System, merchant: Merchant) -> dict[str, Any]:
    """`status` of a receiver: active, or stopped since it answered 410."""
    now = system.now()
    signing = [old.until for old in merchant.old_signing_secrets if old.until > now]

    def receiver(url: str) -> Receiver:
        return system.receivers.load(endpoint_id(merchant.merchant_id, url))

    return {
        "update_url": merchant.update_url,
        "endpoints": [
            {"url": endpoint.url, "events": list(endpoint.events)}
            | _health(receiver(endpoint.url).stops(endpoint.set_at))
            for endpoint in merchant.endpoints
        ],
        "previous_secrets_sign_until": instant(max(signing)) if signing else None,
    }


def signatures_view(merchant: Merchant) -> dict[str, Any]:
    return {
        "required": merchant.requires_signatures,
        "keys": [{"key_id": key.key_id, "created_at": instant(key.created_at)} for key in merchant.signature_keys],
    }


def _health(is_stopped: bool) -> dict[str, str]:
    return {"status": "stopped" if is_stopped else "active"}


def _route_view(route: Route) -> dict[str, Any]:
    when = asdict(route.when)
    conditions = {name: list(value) if isinstance(value, tuple) else value for name, value in when.items()}
    known = {name: value for name, value in conditions.items() if value is not None}
    return {"connector": route.connector, "weight": route.weight, "when": known}


def method_view(merchant: Merchant, method: str) -> dict[str, Any]:
    """A method of the account, offered or not."""
    traits = METHODS[method]
    connector = merchant.methods.get(method)
    rule = merchant.method_rules.get(method) or MethodRule(connector or "", enabled=connector is not None)
    return {
        "method": method,
        "enabled": connector is not None,
        "connector": connector or rule.connector or None,
        "position": rule.position,
        "min_amount": rule.min_amount,
        "max_amount": rule.max_amount,
        "currencies": list(rule.currencies) if rule.currencies is not None else None,
        "routes": [_route_view(route) for route in rule.routes],
        "failover": rule.failover,
        "limited": traits.limited,
        "considered_safe_at": traits.safe_at,
    }
