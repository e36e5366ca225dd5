"""Routes of orders."""

from tillgate.api.http.fields import Continue, Nothing, Page
from tillgate.api.orders.models import CreateOrder, ListOrders, UpdateOrder
from tillgate.api.payments.models import RefundOrder

from .route import AMOUNT, BUSY, LARGE, WRITE, Route, change, read

ROUTES: tuple[Route, ...] = (
    Route(
        "post",
        "/orders",
        "create_order",
        "Orders",
        "Create an order",
        "Returns the order's key and the URL of its payment menu, where you send the shopper. A reference can be used "
        "once.",
        {201: "Order"},
        scope=WRITE,
        body=CreateOrder,
        refusals={409: ("duplicate_reference", *BUSY), 422: ("capability_not_supported", *LARGE)},
        idempotent=True,
        example={
            "order_reference": "2026-1001",
            "amount": 4999,
            "currency": "EUR",
            "return_urls": {"success": "https://shop.example.com/thanks", "aborted": "https://shop.example.com/basket"},
            "description": "Two tickets",
            "items": [{"name": "Ticket", "quantity": 2, "amount": 4999}],
            "metadata": {"channel": "web"},
        },
    ),
    read(
        "list_orders",
        "/orders",
        "Orders",
        "List orders",
        "Newest first. With a filter on `status`, a page can have fewer items than `limit` and still be followed by "
        "another.",
        "list of Order",
        query=ListOrders,
    ),
    read(
        "get_order",
        "/orders/{order_key}",
        "Orders",
        "Read an order",
        "The order with all its payments, the allowed operations, and `considered_safe` when you may ship. Poll with "
        "`If-None-Match` and the ETag of an earlier response.",
        "Order",
    ),
    change(
        "update_order",
        "/orders/{order_key}",
        "Change an order",
        "Raises the amount, or lowers it as far as it is not yet covered; replaces the lines and the "
        "metadata. Lines that add up to the amount are changed together with it. If you raise the amount "
        "of a covered order, the difference can be paid with another payment.",
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
        "Ends an order that nobody has begun to pay. Repeating the call is not an error.",
        Nothing,
        tag="Orders",
        answers={200: "Order"},
    ),
    change(
        "make_menu_link",
        "/orders/{order_key}/menu-link",
        "Make a new menu link",
        "The order has a new `menu_url`, and the old one ends at once: for a link that got into the wrong hands. A "
        "payment that was started by the old link goes on; its return leads to your shop.",
        Nothing,
        tag="Orders",
        answers={200: "Order"},
    ),
    change(
        "cancel_order",
        "/orders/{order_key}/cancel",
        "Cancel an order",
        "Cancels authorization holds and refunds captures. Repeating the call is not an error.",
        Nothing,
        tag="Orders",
        answers={200: "Order", 202: "Order"},
    ),
    change(
        "refund_order",
        "/orders/{order_key}/refund",
        "Refund an order",
        "Refunds the order's payments, most recently captured first. Without `amount`, refunds everything refundable. "
        "With `payments`, refunds these, each its `amount` or all that is refundable of it.",
        RefundOrder,
        tag="Orders",
        answers={200: "Order"},
        refusals={409: ("operation_not_allowed", "operate_on_vendor_payments", *BUSY), 422: AMOUNT},
        example={"amount": 1000, "reason": "One ticket returned"},
    ),
    read(
        "list_order_methods",
        "/orders/{order_key}/methods",
        "Orders",
        "List available methods",
        "Every payment method, in your account's order, with the reasons if it is not available for this order now.",
        "list of OrderMethod",
    ),
    read(
        "list_refunds",
        "/orders/{order_key}/refunds",
        "Orders",
        "List an order's refunds",
        "Every refund of the order's payments and of its vendor payments, newest first: yours, and those that the PSP "
        "made by itself.",
        "list of OrderRefund",
        query=Page,
    ),
    read(
        "get_history",
        "/orders/{order_key}/history",
        "Orders",
        "Read an order's history",
        "Every event, oldest first, with statuses and amounts before and after. A very long one has a second page.",
        "list of HistoryEntry",
        query=Continue,
    ),
)
