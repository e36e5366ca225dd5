"""What the shop says of orders and payments, in plain words, to shoppers and to itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tillgate_sdk import Problem

JSON = Mapping[str, Any]
METHODS = {
    "card": "Card",
    "gift_card": "Gift card",
    "bank_redirect": "Online banking",
    "bank_transfer": "Bank transfer",
    "invoice": "Invoice",
    "cash_on_delivery": "Cash on delivery",
    "wallet": "Wallet",
    "direct_debit": "Direct debit",
}
BRANDS = {"visa": "Visa", "mastercard": "Mastercard", "amex": "American Express", "jcb": "JCB", "cup": "UnionPay"}
ORDERS = {
    "UNPAID": "Nothing is paid yet",
    "PARTIALLY_PAID": "A part is paid",
    "AUTHORIZED": "All is approved; the money is reserved and not all of it is taken yet",
    "PAID": "All is paid",
    "CANCELLED": "Cancelled; what was held is released, what was paid is given back",
    "WITHDRAWN": "Withdrawn before anyone paid",
    "EXPIRED": "Not paid in time, so it ended by itself",
    "REFUNDED": "All of it was given back",
    "MANUAL_INTERVENTION_NEEDED": "It could not be ended by itself; an operator has to look",
}
PAYMENTS = {
    "CREATED": "waits for the shopper",
    "SEEN": "waits for the shopper, who has seen it",
    "PROCESSING": "is being decided at the bank",
    "AUTHORIZED": "is approved, the money is reserved",
    "PARTIALLY_CAPTURED": "is taken in part",
    "CAPTURED": "is taken",
    "MARKED": "is handed in for settlement",
    "SETTLED": "has arrived",
    "PARTIALLY_REFUNDED": "is given back in part",
    "REFUNDED": "is given back",
    "CANCELLED": "is released, nothing was taken",
    "CAPTURE_VOIDED": "was not taken: that failed for good",
    "WITHDRAWN": "was withdrawn before anyone paid",
    "FAILED": "was refused",
    "EXPIRED": "was not made in time",
    "PROCESSING_EXPIRED": "was never decided",
    "CANCEL_FAILED": "could not be released",
    "REFUND_FAILED": "could not be given back",
}
OPERATIONS = {
    "authorize": "Approval",
    "capture": "Capture",
    "cancel": "Release",
    "refund": "Refund",
    "close": "Closing at the PSP",
    "reversal": "Reversal by a bank",
}
OUTCOMES = {
    "SUCCEEDED": "succeeded",
    "FAILED": "was refused",
    "PENDING": "is pending at the PSP",
    "UNKNOWN": "has no answer yet; the PSP is asked",
    "AWAITING_SHOPPER": "waits for the shopper",
    "REVERSED": "was taken back later",
    "OBSERVED": "was reported by the PSP",
}
EVENTS = {
    "order_created": "The order was made",
    "payment_started": "A payment was begun",
    "page_opened": "The shopper opened the page",
    "order_ended": "The order ended",
    "ending_begun": "The order is being ended",
    "tender_named": "A gift card was entered",
    "tender_removed": "A gift card was taken back",
    "hold_ends_soon": "The reservation ends soon",
    "amount_changed": "The amount was changed",
}
REASONS = {
    "REFUSED": "the bank said no",
    "INSUFFICIENT_AMOUNT": "there is not enough money on it",
    "CANCELLED_BY_PAYER": "the shopper cancelled",
    "CANCELLED_BY_PAYER_AT_BANK": "the shopper cancelled at the bank",
    "PSP_ERROR": "the payment provider had a problem",
}
PROBLEMS = {
    "amount_exceeds_available": "That is more than is left of this payment.",
    "operation_not_allowed": "That is not possible any more: the order has changed since the page was shown.",
}


def money(amount: int, currency: str = "EUR") -> str:
    sign = {"EUR": "€", "USD": "$", "GBP": "£"}.get(currency)
    return f"{sign}{amount / 100:,.2f}" if sign else f"{amount / 100:,.2f} {currency}"


def tender(payment: JSON) -> str:
    """What a payment is made with."""
    method: str = payment["method"]
    return BRANDS.get(payment["brand"] or "", METHODS.get(method, method))


def problem(answered: Problem) -> str:
    """Why the API refused a call."""
    return PROBLEMS.get(answered.code, answered.detail)


def reason(code: str | None) -> str:
    return REASONS.get(code or "", (code or "no reason was given").replace("_", " ").lower())


def to_shopper(order: JSON) -> tuple[str, str]:
    """Headline and sentence of the page that the shopper comes back to."""
    payments, status = order["payments"], order["status"]
    later = [each for each in payments if each["method"] in ("invoice", "cash_on_delivery") and _stands(each)]
    transfer = next((each for each in payments if "instructions" in each), None)
    if status == "REFUNDED":
        return "Your money is on its way back", "We have refunded this order. It can take your bank a few days."
    if "considered_safe" in order and later:
        how = "by invoice" if later[0]["method"] == "invoice" else "at the door"
        return "Thank you!", f"Your order is on its way. You pay {money(later[0]['amount'])} {how}."
    if "considered_safe" in order:
        return "Thank you!", "Your order is paid and on its way."
    if transfer and status in ("UNPAID", "PARTIALLY_PAID"):
        return "Almost there", "We have kept your order, and ship it as soon as your transfer has arrived."
    if status in ("AUTHORIZED", "PAID") or any(each["pending"] for each in payments):
        return (
            "Almost there",
            "We wait for your bank to send the money. We will write to you; you need not do anything.",
        )
    if status in ("CANCELLED", "WITHDRAWN", "EXPIRED"):
        return "This order has ended", "Nothing more is to be paid. Whatever was held is released."
    failed = next((each for each in reversed(payments) if each["status"] == "FAILED"), None)
    why = f" The payment did not work: {reason(failed['reason_code'])}." if failed else ""
    return "You have not paid", f"Nothing was charged.{why}"


def _stands(payment: JSON) -> bool:
    amounts: dict[str, int] = payment["amounts"]
    return amounts["authorized"] > amounts["cancelled"] and not amounts["captured"]


def happened(entry: JSON, operations: dict[str, str], currency: str) -> str:
    """An event of the history as a sentence. `operations` remembers what each operation is, and is added to."""
    key = entry.get("operation_id", "")
    if entry["type"] == "operation_requested":
        operations[key] = OPERATIONS.get(entry["operation"], str(entry["operation"]))
        amount = entry.get("amount")
        return f"{operations[key]} requested" + (f": {money(amount, currency)}" if amount else "")
    if key in operations and entry.get("status"):
        why = f" ({reason(entry['reason_code'])})" if entry.get("reason_code") else ""
        return f"{operations[key]} {OUTCOMES.get(entry['status'], entry['status'].lower())}{why}"
    return EVENTS.get(entry["type"], str(entry["type"]).replace("_", " ").capitalize())
