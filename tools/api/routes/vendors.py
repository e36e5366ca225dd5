"""Routes of what vendors are given: payments, splits, statements."""

from tillgate.api.http.fields import Page
from tillgate.api.marketplace.models import PayVendor, Statement
from tillgate.api.marketplace.split_models import SplitPayment

from .route import AMOUNT, BUSY, WRITE, Route, change, read

ROUTES: tuple[Route, ...] = (
    change(
        "pay_vendor",
        "/orders/{order_key}/vendor-payments",
        "Pay a vendor",
        "PAY: carves a vendor's payment out of the technical payment. The same sub-order reference again makes nothing "
        "new.",
        PayVendor,
        tag="Vendors",
        answers={201: "Payment"},
        refusals={409: ("operation_not_allowed", "duplicate_reference", *BUSY), 422: AMOUNT},
        example={
            "technical_payment_id": "pay_00000000000000000000000001_1",
            "vendor_id": "ven_0123456789abcdef0123",
            "amount": 2499,
            "sub_order_reference": "2026-1001-a",
        },
    ),
    read(
        "list_vendor_payments",
        "/orders/{order_key}/vendor-payments",
        "Vendors",
        "List vendor payments",
        "What the vendors of an order were given, newest first.",
        "list of Payment",
        query=Page,
    ),
    Route(
        "post",
        "/orders/{order_key}/split",
        "split_payment",
        "Vendors",
        "Split over vendors",
        "PAY for a list of vendors at once: `parts`, or a `rule` that makes them by percentages or by items with "
        "commission. Answers at once; a state machine makes the parts, and takes back or keeps what it made when one "
        "fails, as `on_failure` says.",
        {202: "Split"},
        scope=WRITE,
        body=SplitPayment,
        refusals={409: ("operation_not_allowed", "duplicate_reference", *BUSY), 422: AMOUNT},
        example={
            "technical_payment_id": "pay_00000000000000000000000001_1",
            "parts": [
                {"vendor_id": "ven_0123456789abcdef0123", "amount": 2499, "sub_order_reference": "2026-1001-a"},
                {"vendor_id": "ven_0123456789abcdef0124", "amount": 2500, "sub_order_reference": "2026-1001-b"},
            ],
        },
        idempotent=True,
    ),
    read(
        "get_split",
        "/orders/{order_key}/split/{split_id}",
        "Vendors",
        "Read a split",
        "How far it is, and each part's state.",
        "Split",
    ),
    read(
        "get_statement",
        "/vendors/{vendor_id}/statement",
        "Vendors",
        "Read a vendor's statement",
        "A vendor's account in one currency as CSV, oldest first.",
        "text/csv",
        query=Statement,
    ),
)
