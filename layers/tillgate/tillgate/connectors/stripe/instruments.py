"""What Stripe tells of a card or bank account: for the stored instrument, and for what merchants may want to know."""

from collections.abc import Mapping
from typing import Any

from tillgate.connectors.stripe.wire import JSON
from tillgate.connectors.v1 import Instrument

_BRANDS = {"american_express": "amex", "unionpay": "cup", "union_pay": "cup", "mastercard": "mastercard"}


def brand_of(method: JSON) -> str:
    card = method.get("card") or {}
    brand = str(card.get("brand") or ("sepa" if method.get("sepa_debit") else "unknown"))
    return _BRANDS.get(brand, brand)


def fingerprint_of(method: JSON) -> str:
    """Stripe's own, the same for the same card or account in all payments of one account; empty without one."""
    kind = method.get("card") or method.get("sepa_debit") or {}
    return str(kind.get("fingerprint") or "")


def stored(token: str, method: JSON) -> Instrument:
    """`method`: a PaymentMethod, or a charge's details of one."""
    kind = method.get("card") or method.get("sepa_debit") or {}
    expires = f"{kind['exp_year']:04d}-{kind['exp_month']:02d}" if kind.get("exp_year") else ""
    return Instrument(
        token=token,
        brand=brand_of(method),
        last4=str(kind.get("last4") or ""),
        expires=expires,
        fingerprint=fingerprint_of(method),
    )


def details(charge: JSON) -> Mapping[str, str]:
    """Names as in `Fact.details`, and the brand."""
    method = charge.get("payment_method_details") or {}
    kind: dict[str, Any] = method.get("card") or method.get("sepa_debit") or {}
    secure, checks = kind.get("three_d_secure") or {}, kind.get("checks") or {}
    found = {
        "brand": brand_of(method),
        "last4": kind.get("last4"),
        "bin": kind.get("iin"),
        "funding": kind.get("funding"),
        "country": kind.get("country"),
        "eci": secure.get("electronic_commerce_indicator"),
        "avs": checks.get("address_postal_code_check"),
        "cvc": checks.get("cvc_check"),
        "network_code": (charge.get("outcome") or {}).get("network_decline_code"),
        "wallet": (kind.get("wallet") or {}).get("type"),
        "mandate": kind.get("mandate"),
        "liability_shift": "true" if secure.get("result") in ("authenticated", "attempt_acknowledged") else None,
    }
    return {name: str(value) for name, value in found.items() if value}
