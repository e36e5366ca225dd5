"""Every problem `code`, what it means and what to do about it: the docs page and the merchant guide are made from here.

The `type` of a problem leads to its code's section of the docs page (ADR 155).
"""

from typing import NamedTuple


class Advice(NamedTuple):
    """`again`: whether the same call, sent again unchanged with the same `Idempotency-Key`, can succeed."""

    statuses: tuple[int, ...]
    means: str
    do: str
    again: bool = False


CODES: dict[str, Advice] = {
    "invalid_request": Advice(
        (400, 413, 422),
        "The request cannot be read (400), is too large (413), or a field is missing, unknown or out of range (422).",
        "`errors` points at each field and says what it takes: correct these. Amounts are integers in minor units: "
        "`4999` is 49.99 EUR.",
    ),
    "unsupported_media_type": Advice(
        (415,),
        "The body's `Content-Type` is neither JSON nor a form; for `POST /auth/token`, not a form.",
        "Send `Content-Type: application/json`, or `application/x-www-form-urlencoded`.",
    ),
    "digest_mismatch": Advice(
        (400,),
        "`Content-Digest` is not that of the body as it arrived.",
        "Compute it over the bytes that you send, after compression and encoding; look for a proxy that changes them.",
    ),
    "unauthorized": Advice(
        (401,),
        "The token is missing, wrong, expired or revoked, the client's id or secret is wrong, or the account is "
        "suspended.",
        "Get a new token from `POST /auth/token` and try once more. If that is refused, ask your operator.",
    ),
    "unsupported_grant_type": Advice(
        (400,), "The grant type is not the one there is.", "Send `grant_type=client_credentials`."
    ),
    "invalid_scope": Advice(
        (400,),
        "You asked for a scope that your client does not have.",
        "`detail` lists those it has. Leave `scope` out to get all of them, or ask your operator for more.",
    ),
    "signature_required": Advice(
        (401,),
        "Your account takes only signed calls.",
        "Sign the call (RFC 9421); `Accept-Signature` lists what to cover. The merchant guide has an example.",
    ),
    "signature_invalid": Advice(
        (401,),
        "The signature does not match the call, or does not cover what it must.",
        "`detail` says what is wrong, `Accept-Signature` what to cover. Check the clock, the path and the digest.",
    ),
    "forbidden": Advice(
        (403,),
        "The token does not have the scope that this call needs.",
        "`detail` names the scope. Get a token of a client that has it; your operator makes such clients.",
    ),
    "not_found": Advice(
        (404,),
        "There is nothing by this key, or it belongs to another merchant, or there is no such path.",
        "Check the key. Your own `order_reference` is not a key: `GET /orders?order_reference=` finds the order.",
    ),
    "duplicate_reference": Advice(
        (409,),
        "You have used this reference before.",
        "`GET /orders?order_reference=` has the earlier order: go on with it, or take a new reference. To repeat a "
        "call whose answer was lost, send it with the same `Idempotency-Key`.",
    ),
    "operation_not_allowed": Advice(
        (409,),
        "What you ask for is not possible in the present state.",
        "Read the order: `status` and `allowed_operations` say what is possible now.",
    ),
    "operate_on_vendor_payments": Advice(
        (409,),
        "Vendors were given of this technical payment, so it cannot be cancelled or refunded that far itself.",
        "Cancel or refund the vendor payments: `GET /orders/{order_key}/vendor-payments` lists them.",
    ),
    "concurrent_request": Advice(
        (409,),
        "Another request is changing the same thing, or the first call with this `Idempotency-Key` still runs.",
        "Send the same call again with the same `Idempotency-Key`, after `Retry-After`.",
        again=True,
    ),
    "precondition_failed": Advice(
        (412,),
        "The order has changed since you read it: `If-Match` names an older version.",
        "Read it again and decide again.",
    ),
    "amount_exceeds_available": Advice(
        (422,),
        "The amount is more than can be captured, cancelled, refunded, paid or lowered.",
        "`detail` has what is available; so have the `amounts` of the payment or order.",
    ),
    "capability_not_supported": Advice(
        (422,),
        "The connector behind this method cannot do this.",
        "`GET /orders/{order_key}/methods` tells under `can` what each method can do.",
    ),
    "method_not_applicable": Advice(
        (422,),
        "This method cannot pay this order.",
        "`GET /orders/{order_key}/methods` lists the methods that can, and for each other one the reasons.",
    ),
    "instrument_blocked": Advice(
        (422,),
        "This instrument is not accepted: your operator has blocked it, as it was misused.",
        "Let the shopper pay with another one, or ask your operator.",
    ),
    "instrument_refused": Advice(
        (422,),
        "The PSP declined to save this instrument.",
        "Let the shopper take another one. `detail` has the reason code.",
    ),
    "card_data_not_allowed": Advice(
        (422,),
        "The request contains a card number. It was not stored.",
        "Remove it, from your logs too. Send the PSP's token, or let the shopper type the card on the PSP's page.",
    ),
    "order_too_large": Advice(
        (422,),
        "The order has reached its size limit.",
        "Leave out long texts (`reason`, `metadata`), or create a new order. Captures, cancels and refunds without a "
        "reason still have room, and the order can always be cancelled.",
    ),
    "payout_limit_exceeded": Advice(
        (422,),
        "The payout is above what an operator allows for a payout or a day. There are no payouts until limits are set.",
        "Ask your operator to set or raise the limit.",
    ),
    "idempotency_key_reused": Advice(
        (422,),
        "This `Idempotency-Key` was used for another call or another body.",
        "Make a new key for each new intent, and keep it only for repetitions of the same call.",
    ),
    "too_many_requests": Advice(
        (429,),
        "Too many calls, wrong secrets, e-mails or failed attempts.",
        "Wait for the seconds in `Retry-After`, then send the same call again.",
        again=True,
    ),
    "internal_error": Advice(
        (500, 504),
        "A fault of ours.",
        "Send the same call again with the same `Idempotency-Key`: nothing happens twice. If it stays, tell your "
        "operator the `request_id`.",
        again=True,
    ),
    "psp_unavailable": Advice(
        (503,),
        "The PSP did not respond, so the outcome is unknown.",
        "Send the same call again with the same `Idempotency-Key`: it takes effect once.",
        again=True,
    ),
    "service_unavailable": Advice(
        (503,),
        "The database is overloaded, and nothing was changed.",
        "Send the same call again after `Retry-After`.",
        again=True,
    ),
}

HEADING = "## Errors by code"


def anchor(code: str) -> str:
    """The fragment of the docs page that `type` names."""
    return f"error-{code}"


def section() -> str:
    """The guide's section, which has an anchor per code too."""
    parts = [
        HEADING,
        "",
        "Every error is a problem (RFC 9457) with a stable `code`. Its `type` is a URL, which leads to the code's "
        "section of your system's docs page. The same sections:",
    ]
    for code, advice in CODES.items():
        statuses = ", ".join(map(str, advice.statuses))
        parts += ["", f'<a id="{anchor(code)}"></a>', "", f"### `{code}` ({statuses})", "", advice.means, "", advice.do]
    return "\n".join(parts) + "\n"
