"""Stripe's codes of errors and declines as the contract's reason codes. Its own code is kept beside, for operators."""

from tillgate.connectors.stripe.wire import JSON

# By decline code where there is one (https://docs.stripe.com/declines/codes), else by error code.
_REASONS = {
    "INSUFFICIENT_AMOUNT": ("insufficient_funds", "card_velocity_exceeded", "withdrawal_count_limit_exceeded"),
    "CARD_LOST_OR_STOLEN": ("lost_card", "stolen_card", "pickup_card", "restricted_card"),
    "EXPIRED_INSTRUMENT": ("expired_card", "invalid_expiry_month", "invalid_expiry_year"),
    "SUSPECTED_FRAUD": ("fraudulent", "merchant_blacklist", "highest_risk_level", "rule", "security_violation"),
    "AUTHENTICATION_REQUIRED": ("authentication_required", "authentication_not_handled", "offline_pin_required"),
    "TRY_AGAIN_LATER": ("try_again_later", "issuer_not_available", "reenter_transaction", "approve_with_id"),
    "PSP_ERROR": ("processing_error", "api_error"),
    "REJECTED_BY_BANK": (
        "bank_account_declined",
        "bank_account_restricted",
        "bank_account_unusable",
        "debit_not_authorized",
        "debit_disputed",
        "payment_intent_mandate_invalid",
        "no_account",
        "account_closed",
    ),
    "REFUSED": (
        "card_declined",
        "call_issuer",
        "card_not_supported",
        "currency_not_supported",
        "do_not_honor",
        "do_not_try_again",
        "generic_decline",
        "incorrect_address",
        "incorrect_cvc",
        "incorrect_number",
        "incorrect_zip",
        "invalid_account",
        "invalid_amount",
        "invalid_cvc",
        "invalid_number",
        "new_account_information_available",
        "no_action_taken",
        "not_permitted",
        "revocation_of_all_authorizations",
        "revocation_of_authorization",
        "service_not_allowed",
        "stop_payment_order",
        "testmode_decline",
        "transaction_not_allowed",
        "invalid_pin",
        "incorrect_pin",
        "pin_try_exceeded",
        "online_or_offline_pin_required",
        "duplicate_transaction",
        "payment_intent_authentication_failure",
        "setup_intent_authentication_failure",
        "payment_method_customer_decline",
        "payment_method_provider_decline",
    ),
}
_BY_CODE = {code: reason for reason, codes in _REASONS.items() for code in codes}


def reason(error: JSON) -> tuple[str, str]:
    """The contract's reason code, and Stripe's own."""
    codes = [code for code in (error.get("decline_code"), error.get("code"), error.get("type")) if code]
    known = next((_BY_CODE[code] for code in codes if code in _BY_CODE), "OTHER")
    return known, str(codes[0]) if codes else "unknown"
