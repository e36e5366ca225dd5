"""Routes of orders."""

from tillgate.api.http.fields import Nothing
from tillgate.api.orders.models import CreateOrder, ListOrders, UpdateOrder
from tillgate.api.payments.models import Refund

from .route import AMOUNT, BUSY, WRITE, Route, change, read

ROUTES: tuple[Route, ...] = (
    Route(
        "post",
        "/orders",
        "create_order",
        "Orders",
        "Create an order",
        "Answers the order's key and the URL of the payment menu to send the shopper to. A reference is used once.",
        {201: "Order"},
        scope=WRITE,
        body=CreateOrder,
        refusals={409: ("duplicate_reference", *BUSY), 422: ("capability_not_supported",)},
        idempotent=True,
        example={
            "order_reference": "2026-1001",
            "amount": 4999,
            "currency": "EUR",
            "return_urls": {"success": "https://shop.example.com/thanks", "aborted": "https://shop.example.com/basket"},
            "description": "Two tickets",
            "items": [{"name": "Ticket", "quantity": 2, "amount": 2499}],
            "metadata": {"channel": "web"},
        },
    ),
    read(
        "list_orders",
        "/orders",
        "Orders",
        "List orders",
        "Newest first. While a status is looked for, a page can hold less than `limit` and still have a next one.",
        "list of Order",
        query=ListOrders,
    ),
    read(
        "get_order",
        "/orders/{order_key}",
        "Orders",
        "Read an order",
        "With all its payments, what can be done next, and `considered_safe` when you may ship. `If-None-Match` with "
        "the ETag of an earlier answer makes polling cheap.",
        "Order",
    ),
    change(
        "update_order",
        "/orders/{order_key}",
        "Change an order",
        "Raises the amount, or lowers it to what is not yet covered; replaces the metadata. A raise after the order "
        "was covered opens the difference for a further payment.",
        UpdateOrder,
        method="patch",
        tag="Orders",
        answers={200: "Order"},
        refusals={409: ("operation_not_allowed", *BUSY), 422: AMOUNT},
        example={"amount": 5999, "metadata": {"channel": "phone"}},
    ),
    change(
        "withdraw_order",
        "/orders/{order_key}/withdraw",
        "Withdraw an order",
        "Ends an order that nobody has begun to pay. Saying it again is no error.",
        Nothing,
        tag="Orders",
        answers={200: "Order"},
    ),
    change(
        "cancel_order",
        "/orders/{order_key}/cancel",
        "Cancel an order",
        "What is held is cancelled, what was captured is refunded. Saying it again is no error.",
        Nothing,
        tag="Orders",
        answers={200: "Order", 202: "Order"},
    ),
    change(
        "refund_order",
        "/orders/{order_key}/refund",
        "Refund an order",
        "Over the order's payments, the last captured first; all that can be refunded where no `amount` is given.",
        Refund,
        tag="Orders",
        answers={200: "Order"},
        refusals={409: ("operation_not_allowed", "operate_on_vendor_payments", *BUSY), 422: AMOUNT},
        example={"amount": 1000, "reason": "One ticket returned"},
    ),
    read(
        "list_order_methods",
        "/orders/{order_key}/methods",
        "Orders",
        "Which methods apply",
        "Every payment method, in your account's order, and why one does not apply to this order now.",
        "list of OrderMethod",
    ),
    read(
        "get_history",
        "/orders/{order_key}/history",
        "Orders",
        "Read an order's history",
        "Every event, oldest first, with statuses and amounts before and after.",
        "list of HistoryEntry",
    ),
)
