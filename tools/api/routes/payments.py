"""Routes of an order's payments."""

from tillgate.api.http.fields import Nothing
from tillgate.api.payments.models import Cancel, Capture, ListPayments, Refund, StartPayment

from .route import AMOUNT, BUSY, PAYMENT, Route, change, read

ROUTES: tuple[Route, ...] = (
    change(
        "start_payment",
        "/orders/{order_key}/payments",
        "Start a payment",
        "Returns the payment, whatever its outcome: AUTHORIZED (or CAPTURED), FAILED with its reason, CREATED with a "
        "`redirect` for the shopper, or PROCESSING while the outcome is unknown. Ends an earlier payment that is "
        "still waiting for the shopper. An order can have at most 100 payments.",
        StartPayment,
        tag="Payments",
        answers={201: "Payment"},
        refusals={
            409: ("operation_not_allowed", *BUSY),
            422: (*AMOUNT, "method_not_applicable", "capability_not_supported"),
        },
        example={"method": "card", "instrument": {"token": "tok_visa"}},
    ),
    read(
        "get_payment",
        PAYMENT,
        "Payments",
        "Read a payment of an order",
        "The payment with its operations.",
        "Payment",
    ),
    read(
        "get_payment_by_id",
        "/payments/{payment_id}",
        "Payments",
        "Read a payment",
        "The payment, found by its id alone.",
        "Payment",
    ),
    read(
        "list_payments",
        "/payments",
        "Payments",
        "List payments",
        "Your payments, those of the newest orders first.",
        "list of Payment",
        query=ListPayments,
    ),
    change(
        "capture_payment",
        f"{PAYMENT}/capture",
        "Capture a payment",
        "Captures the authorized amount, in full or in parts. A final capture releases the rest of the hold. "
        "Where the PSP captures only once, a part has to be final: say so with `final`.",
        Capture,
        tag="Payments",
        answers={200: "Payment"},
        refusals={409: ("operation_not_allowed", "operate_on_vendor_payments", *BUSY), 422: AMOUNT},
        example={"amount": 2499, "final": False},
    ),
    change(
        "cancel_payment",
        f"{PAYMENT}/cancel",
        "Cancel a payment",
        "Releases the authorization hold, in full or in part.",
        Cancel,
        tag="Payments",
        answers={200: "Payment"},
        refusals={409: ("operation_not_allowed", "operate_on_vendor_payments", *BUSY), 422: AMOUNT},
        example={"amount": 1000},
    ),
    change(
        "refund_payment",
        f"{PAYMENT}/refund",
        "Refund a payment",
        "Refunds the captured amount, in full or in parts.",
        Refund,
        tag="Payments",
        answers={200: "Payment"},
        refusals={409: ("operation_not_allowed", "operate_on_vendor_payments", *BUSY), 422: AMOUNT},
        example={"amount": 1000, "reason": "Returned"},
    ),
    change(
        "withdraw_payment",
        f"{PAYMENT}/withdraw",
        "Withdraw a payment",
        "Ends a payment that the shopper has not taken up. The payment is closed at the PSP first, and the PSP's "
        "response decides.",
        Nothing,
        tag="Payments",
        answers={200: "Payment"},
    ),
    change(
        "sync_payment",
        f"{PAYMENT}/sync",
        "Ask the PSP",
        "Queries the PSP now and returns the updated payment.",
        Nothing,
        tag="Payments",
        answers={200: "Payment"},
        versioned=False,
    ),
)
