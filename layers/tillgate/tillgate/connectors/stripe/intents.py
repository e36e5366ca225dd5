"""What is sent to Stripe about a case: the bodies of its requests, made of nothing but the case.

A request that is repeated must have the same body as before, or Stripe refuses its key. So nothing here depends on the
time of sending, or on what was learned since.
"""

from typing import Any

from tillgate.connectors.stripe.amounts import to_stripe
from tillgate.connectors.v1 import Case, Op

Body = dict[str, Any]

CASE, OP, CAPTURE = "tillgate_case", "tillgate_op", "tillgate_capture"  # names of metadata
TYPES = {"card": "card", "wallet": "card", "direct_debit": "sepa_debit"}
CHARGE = ["latest_charge"]
METHOD = ["payment_method"]
_NOT_IN_A_SUFFIX = str.maketrans("", "", "<>\\'\"*")


def tags(case: Case, op: Op) -> Body:
    """Names case and operation at Stripe, so that both are found again."""
    return {CASE: case.id, OP: op.id}


def authorization(case: Case, op: Op, customer: str | None) -> Body:
    """Of POST /payment_intents: made and confirmed in one request. Raises `NotPayable`, `KeyError`."""
    stores = case.saves_as is not None
    body: Body = {
        "amount": to_stripe(op.amount, case.currency),
        "currency": case.currency.lower(),
        "capture_method": "automatic" if case.capture == "auto" else "manual",
        "confirm": True,
        "customer": customer,
        "description": case.description or None,
        "expand": CHARGE,
        "metadata": tags(case, op) | {"order_reference": case.order_reference},
        "allowed_payment_method_types": [TYPES[case.method]],
        **_instrument(case),
        **_descriptor(case),
        "transfer_group": case.id,
    }
    if case.recurring == "REPEATED":
        return body | {"off_session": True}
    future = {"setup_future_usage": "off_session"} if stores or case.recurring == "INITIAL" else {}
    asks = {"payment_method_options": {"card": {"request_three_d_secure": "any"}}} if case.authenticate else {}
    return body | future | asks | {"return_url": case.return_url}


def tombstone(case: Case, op: Op) -> Body:
    """Takes the key of an authorization, and authorizes nothing: see `closing`."""
    return {
        "amount": to_stripe(op.amount, case.currency),
        "currency": case.currency.lower(),
        "description": "closed before it was paid",
        "metadata": {"tillgate_closed": case.id},
    }


def setup(case: Case, op: Op, customer: str) -> Body:
    """Of POST /setup_intents, for a token or an IBAN."""
    return {
        "confirm": True,
        "customer": customer,
        "expand": METHOD,
        "metadata": tags(case, op),
        "allowed_payment_method_types": [TYPES[case.method]],
        "return_url": case.return_url,
        "usage": "off_session",
        **_instrument(case),
    }


def capture(case: Case, op: Op) -> Body:
    """Of POST /payment_intents/{id}/capture. Capturing a part releases the rest."""
    return {
        "amount_to_capture": to_stripe(op.amount, case.currency),
        "expand": CHARGE,
        "metadata": {CAPTURE: op.id},
    }


def refund(case: Case, op: Op, intent: str) -> Body:
    """Of POST /refunds."""
    return {
        "amount": to_stripe(op.amount, case.currency),
        "metadata": tags(case, op),
        "payment_intent": intent,
    }


def customer(case: Case) -> Body:
    """Of POST /customers: nothing but our shopper's key, so that nothing personal has to be erased there."""
    return {"metadata": {"tillgate_shopper": case.shopper.get("key", case.id)}}


def page(case: Case, op: Op, customer: str | None) -> Body:
    """Of POST /checkout/sessions: Stripe's own page, which needs no script of ours."""
    expires_at = int(op.requested_at.timestamp()) + 2 * 60 * 60  # an order's window; Stripe's least is half an hour
    stores = {"setup_future_usage": "off_session"} if case.saves_as or case.recurring == "INITIAL" else {}
    return {
        "mode": "payment",
        "cancel_url": case.return_url,
        "success_url": case.return_url,
        "client_reference_id": case.id,
        "customer": customer,
        "expires_at": expires_at,
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": case.currency.lower(),
                    "unit_amount": to_stripe(op.amount, case.currency),
                    "product_data": {"name": case.description or case.order_reference},
                },
            }
        ],
        "metadata": tags(case, op),
        "payment_intent_data": {
            "capture_method": "automatic" if case.capture == "auto" else "manual",
            "description": case.description or None,
            "metadata": tags(case, op) | {"order_reference": case.order_reference},
            **stores,
            **_descriptor(case),
            "transfer_group": case.id,
        },
        "allowed_payment_method_types": [TYPES[case.method]],
    }


def _instrument(case: Case) -> Body:
    """What is paid with: a PaymentMethod of Stripe's, or an IBAN with its holder and the shopper's mandate."""
    given = case.instrument or {}
    if token := given.get("token"):
        return {"payment_method": token}
    email = case.shopper.get("email")
    return {
        "payment_method_data": {
            "type": "sepa_debit",
            "sepa_debit": {"iban": given["iban"]},
            "billing_details": {"name": given["holder"], "email": email},
        },
        "mandate_data": _mandate(case),
    }


def _mandate(case: Case) -> Body:
    ip, agent = case.shopper.get("ip"), case.shopper.get("user_agent")
    if not (ip and agent):
        return {"customer_acceptance": {"type": "offline"}}
    return {"customer_acceptance": {"type": "online", "online": {"ip_address": ip, "user_agent": agent}}}


def _descriptor(case: Case) -> Body:
    """What the shopper reads on the statement: Stripe puts it behind the account's own prefix on card statements."""
    text = case.statement_descriptor.translate(_NOT_IN_A_SUFFIX)[:22].strip()
    if not any(each.isalpha() for each in text):
        return {}
    name = "statement_descriptor" if TYPES[case.method] == "sepa_debit" else "statement_descriptor_suffix"
    return {name: text}
