"""What a merchant sees of its account and of what it was told."""

from typing import Any

from tillgate.domain.methods import METHODS
from tillgate.store.deliveries import Delivery
from tillgate.store.merchants import Merchant, MethodRule
from tillgate.store.receivers import Receiver, endpoint_id
from tillgate.wiring import System

from .views import instant


def account_view(system: System, merchant: Merchant) -> dict[str, Any]:
    return {
        "merchant_id": merchant.merchant_id,
        "name": merchant.name,
        "suspended": merchant.suspended,
        **notifications_view(system, merchant),
        "signatures": signatures_view(merchant),
        "methods": list(merchant.methods),
        "authorization_sequence": merchant.authorization_sequence,
        "vendors": [
            {"vendor_id": vendor.vendor_id, "name": vendor.name, "suspended": vendor.suspended}
            for vendor in system.merchants.vendors(merchant.merchant_id)
        ],
    }


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
        "limited": traits.limited,
        "considered_safe_at": traits.safe_at,
    }


def offer_view(method: str, connector: str | None, why_not: str | None) -> dict[str, Any]:
    """Whether a method applies to an order, and if not, why (IS-5)."""
    return {
        "method": method,
        "applies": why_not is None,
        "connector": connector,
        "limited": METHODS[method].limited,
        "reasons": [why_not] if why_not else [],
    }


def delivery_view(delivery: Delivery) -> dict[str, Any]:
    return {
        "id": delivery.notification_id,
        "kind": delivery.kind,
        "type": "order.updated",
        "order_key": delivery.order_key,
        "order_reference": delivery.order_reference,
        "version": delivery.version,
        "url": delivery.url,
        "status": delivery.status,
        "created_at": instant(delivery.created_at),
        "next_attempt_at": instant(delivery.next_attempt_at) if delivery.next_attempt_at else None,
        "attempts": [
            {"at": instant(attempt.at), "status": attempt.status, "error": attempt.error}
            for attempt in delivery.attempts
        ],
    }
