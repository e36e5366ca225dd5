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
        "Returns the payout, whatever its outcome: `PAID`, `FAILED` with a `reason_code`, or `PROCESSING` while the "
        "outcome is unknown. A reference can be used once. A payout beyond the account's limits is refused; one that "
        "an operator must approve is `OPEN` until then.",
        {201: "Payout"},
        scope="payouts:write",
        body=CreatePayout,
        refusals={
            409: ("duplicate_reference", "operation_not_allowed", *BUSY),
            422: ("payout_limit_exceeded", "capability_not_supported"),
        },
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
        "/payouts",
        "Payouts",
        "List payouts to persons",
        "Payouts to persons, newest first.",
        "list of Payout",
        query=Page,
    ),
    read(
        "list_vendor_payouts",
        "/vendors/{vendor_id}/payouts",
        "Payouts",
        "List a vendor's payouts",
        "Paid and pending payouts to a vendor, newest first. `OPEN` is the amount that the next run will pay; it is "
        "negative while the vendor owes money.",
        "list of Payout",
        query=Page,
    ),
    read(
        "get_payout",
        "/payouts/{payout_id}",
        "Payouts",
        "Read a payout",
        "A payout to a person or a vendor. A payout to a person is `OPEN` while it waits for an operator. It is "
        "`PROCESSING` until the PSP reports the outcome, and `RETURNED` if the recipient's bank returned it after it "
        "was paid.",
        "Payout",
    ),
    read(
        "list_payout_entries",
        "/payouts/{payout_id}/entries",
        "Payouts",
        "List a payout's entries",
        "The ledger entries (captures, refunds, reversals) that add up to a vendor's payout, newest first.",
        "list of PayoutEntry",
        query=Page,
    ),
)
