"""Routes of an order's payments."""

from tillgate.api.http.fields import Nothing
from tillgate.api.payments.models import Cancel, Capture, ListPayments, Refund, StartPayment

from .route import AMOUNT, BUSY, PAYMENT, Route, change, read

ROUTES: tuple[Route, ...] = (
    change(
        "start_payment",
        "/orders/{order_key}/payments",
        "Start a payment",
        "Answers the payment, whatever became of it: AUTHORIZED (or CAPTURED), FAILED with its reason, CREATED with a "
        "`redirect` to send the shopper to, or PROCESSING while the PSP has not said. Ends an earlier payment that "
        "still awaits the shopper. An order takes 100 payments at most.",
        StartPayment,
        tag="Payments",
        answers={201: "Payment"},
        refusals={
            409: ("operation_not_allowed", *BUSY),
            422: ("amount_exceeds_available", "method_not_applicable", "capability_not_supported"),
        },
        example={"method": "card", "instrument": {"token": "tok_visa"}},
    ),
    read(
        "get_payment",
        PAYMENT,
        "Payments",
        "Read a payment of an order",
        "One payment with its operations.",
        "Payment",
    ),
    read("get_payment_by_id", "/payments/{payment_id}", "Payments", "Read a payment", "By its id alone.", "Payment"),
    read(
        "list_payments",
        "/payments",
        "Payments",
        "List payments",
        "Those of your newest orders first.",
        "list of Payment",
        query=ListPayments,
    ),
    change(
        "capture_payment",
        f"{PAYMENT}/capture",
        "Capture a payment",
        "Takes what is held, in full or in part, in several steps. A final capture releases what it leaves.",
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
        "Releases what is held, in full or in part.",
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
        "Gives back what was captured, in full or in part, in several steps.",
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
        "Ends a payment that nobody took up. It is closed at the PSP first; what the PSP says decides.",
        Nothing,
        tag="Payments",
        answers={200: "Payment"},
    ),
    change(
        "sync_payment",
        f"{PAYMENT}/sync",
        "Ask the PSP",
        "Asks the PSP now and answers the payment with what it said.",
        Nothing,
        tag="Payments",
        answers={200: "Payment"},
        versioned=False,
    ),
)
