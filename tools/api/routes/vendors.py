"""Routes of vendor payments, splits and statements."""

from tillgate.api.http.fields import Page
from tillgate.api.marketplace.models import PayVendor, Statement
from tillgate.api.marketplace.split_models import SplitPayment

from .route import BUSY, WRITE, Route, change, read

ROUTES: tuple[Route, ...] = (
    change(
        "pay_vendor",
        "/orders/{order_key}/vendor-payments",
        "Pay a vendor",
        "PAY: allots part of the technical payment to a vendor, as a payment of its own. A sub-order reference can be "
        "used once; repeating it creates nothing.",
        PayVendor,
        tag="Vendors",
        answers={201: "Payment"},
        refusals={409: ("operation_not_allowed", "duplicate_reference", *BUSY), 422: ("amount_exceeds_available",)},
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
        "The vendor payments of an order, newest first.",
        "list of Payment",
        query=Page,
    ),
    Route(
        "post",
        "/orders/{order_key}/split",
        "split_payment",
        "Vendors",
        "Split a payment between vendors",
        "PAY for a list of vendors at once: pass `parts`, or a `rule` that calculates them from percentages or from "
        "items, with commission. Returns immediately; a state machine pays the parts. If one fails, `on_failure` "
        "determines whether the others are kept or cancelled.",
        {202: "Split"},
        scope=WRITE,
        body=SplitPayment,
        refusals={409: ("operation_not_allowed", "duplicate_reference", *BUSY), 422: ("amount_exceeds_available",)},
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
        "Its progress, and the status of each part.",
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
