"""Routes of payouts to vendors and to persons."""

from tillgate.api.http.fields import Page
from tillgate.api.payouts.models import CreatePayout

from .route import BUSY, Route, read

ROUTES: tuple[Route, ...] = (
    Route(
        "post",
        "/payouts",
        "create_payout",
        "Payouts",
        "Pay out to a person",
        "Answers the payout, whatever became of it: `PAID`, `FAILED` with a `reason_code`, or `PROCESSING` while the "
        "PSP has not said. A reference is used once.",
        {201: "Payout"},
        scope="payouts:write",
        body=CreatePayout,
        refusals={409: ("duplicate_reference", "operation_not_allowed", *BUSY), 422: ("capability_not_supported",)},
        idempotent=True,
        example={
            "payout_reference": "win-2026-7",
            "amount": 2500,
            "currency": "EUR",
            "instrument": {"token": "tok_visa"},
            "description": "Prize",
        },
    ),
    read(
        "list_payouts",
        "/vendors/{vendor_id}/payouts",
        "Payouts",
        "List a vendor's payouts",
        "What was paid to a vendor and what is on its way, newest first. `OPEN` is what the next run pays; below zero "
        "while the vendor owes something.",
        "list of Payout",
        query=Page,
    ),
    read(
        "get_payout",
        "/payouts/{payout_id}",
        "Payouts",
        "Read a payout",
        "To a person or to a vendor. `PROCESSING` until the PSP has told; `RETURNED` where the receiver's bank sent it "
        "back after it was paid.",
        "Payout",
    ),
    read(
        "list_payout_entries",
        "/payouts/{payout_id}/entries",
        "Payouts",
        "Read what a payout is the sum of",
        "The captures, refunds and reversals of the ledger in a vendor's payout, newest first.",
        "list of PayoutEntry",
        query=Page,
    ),
)
