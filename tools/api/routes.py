"""Every route of the API that is described: what it does, takes, answers and refuses. One line of thought a route.

The template says which function answers a route; a test holds both tables against each other.
"""

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from tillgate.api import account_models, instrument_models, invoice_models, models, payout_models, shopper_models
from tillgate.api.split_models import SplitPayment

READ, WRITE, ACCOUNT = "orders:read", "orders:write", "account:write"
TAGS = {
    "Tokens": "Client credentials for the bearer token that every other call carries.",
    "Orders": "An order is an instruction that a shopper pay a certain amount.",
    "Payments": "A payment is one attempt to pay (part of) an order with one method.",
    "Vendors": "The parts of a multi-vendor order's technical payment.",
    "Shoppers": "Who pays, and where to: personal data with keys of its own, which orders name.",
    "Saved instruments": "What shoppers have saved to pay with again, and for recurring payments.",
    "Invoices": "An order whose payment link goes to the customer by e-mail.",
    "Payouts": "Money that leaves: to vendors by itself, to persons on demand.",
    "Notifications": "What you were sent, attempt by attempt.",
    "Account": "Where you are told, and which payment methods you offer.",
    "Description": "The API described.",
}


@dataclass(frozen=True, slots=True)
class Route:
    """`answers`: schema by status (`Order`, `list of Order`, none). `refusals`: problem codes by status, beyond those
    that follow from the rest: 401 and 403 of the scope, 404 of a path with a key, 400, 413, 415 and 422 of a body."""

    method: str
    path: str
    name: str
    tag: str
    summary: str
    says: str
    answers: dict[int, str | None]
    scope: str | None = None
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    refusals: dict[int, tuple[str, ...]] | None = None
    example: dict[str, Any] | None = None
    idempotent: bool = False  # takes an Idempotency-Key
    versioned: bool = False  # takes If-Match


BUSY = ("concurrent_request",)
CHANGING = {409: ("operation_not_allowed", *BUSY)}
AMOUNT = ("amount_exceeds_available",)
PAYMENT = "/orders/{order_key}/payments/{payment_id}"


def change(name: str, path: str, summary: str, says: str, body: type[BaseModel], **more: Any) -> Route:
    """A POST that changes an order or one of its payments."""
    more = {"refusals": CHANGING, "idempotent": True, "versioned": True, "method": "post", **more}
    return Route(path=path, name=name, summary=summary, says=says, scope=WRITE, body=body, **more)


def read(name: str, path: str, tag: str, summary: str, says: str, answer: str, **more: Any) -> Route:
    return Route("get", path, name, tag, summary, says, {200: answer}, scope=READ, **more)


ROUTES = (
    Route(
        "post",
        "/auth/token",
        "issue_token",
        "Tokens",
        "Get a token",
        "OAuth 2.0 client credentials (RFC 6749): id and secret by HTTP Basic or in the form. Ten wrong secrets from "
        "one address in a quarter of an hour lock that address out until it is over.",
        {200: "Token"},
        refusals={
            400: ("invalid_request", "unsupported_grant_type", "invalid_scope"),
            401: ("unauthorized",),
            413: ("invalid_request",),
            429: ("too_many_requests",),
        },
    ),
    Route(
        "post",
        "/orders",
        "create_order",
        "Orders",
        "Create an order",
        "Answers the order's key and the URL of the payment menu to send the shopper to. A reference is used once.",
        {201: "Order"},
        scope=WRITE,
        body=models.CreateOrder,
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
        query=models.ListOrders,
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
        models.UpdateOrder,
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
        models.Nothing,
        tag="Orders",
        answers={200: "Order"},
    ),
    change(
        "cancel_order",
        "/orders/{order_key}/cancel",
        "Cancel an order",
        "What is held is cancelled, what was captured is refunded. Saying it again is no error.",
        models.Nothing,
        tag="Orders",
        answers={200: "Order", 202: "Order"},
    ),
    change(
        "refund_order",
        "/orders/{order_key}/refund",
        "Refund an order",
        "Over the order's payments, the last captured first; all that can be refunded where no `amount` is given.",
        models.Refund,
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
    change(
        "start_payment",
        "/orders/{order_key}/payments",
        "Start a payment",
        "Answers the payment, whatever became of it: AUTHORIZED (or CAPTURED), FAILED with its reason, CREATED with a "
        "`redirect` to send the shopper to, or PROCESSING while the PSP has not said. Ends an earlier payment that "
        "still awaits the shopper. An order takes 100 payments at most.",
        models.StartPayment,
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
        query=account_models.ListPayments,
    ),
    change(
        "capture_payment",
        f"{PAYMENT}/capture",
        "Capture a payment",
        "Takes what is held, in full or in part, in several steps. A final capture releases what it leaves.",
        models.Capture,
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
        models.Cancel,
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
        models.Refund,
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
        models.Nothing,
        tag="Payments",
        answers={200: "Payment"},
    ),
    change(
        "sync_payment",
        f"{PAYMENT}/sync",
        "Ask the PSP",
        "Asks the PSP now and answers the payment with what it said.",
        models.Nothing,
        tag="Payments",
        answers={200: "Payment"},
        versioned=False,
    ),
    change(
        "pay_vendor",
        "/orders/{order_key}/vendor-payments",
        "Pay a vendor",
        "PAY: carves a vendor's payment out of the technical payment. The same sub-order reference again makes nothing "
        "new.",
        models.PayVendor,
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
        query=models.Page,
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
        query=models.Statement,
    ),
    Route(
        "post",
        "/shoppers",
        "create_shopper",
        "Shoppers",
        "Create a shopper",
        "Answers the shopper's key, which orders can name. Nothing is required: give what you need and no more.",
        {201: "Shopper"},
        scope=WRITE,
        body=shopper_models.CreateShopper,
        refusals={409: BUSY},
        idempotent=True,
        example={"shopper_reference": "customer-7", "name": "Ada Lovelace", "email": "ada@example.com", "locale": "en"},
    ),
    read(
        "get_shopper",
        "/shoppers/{shopper_key}",
        "Shoppers",
        "Read a shopper",
        "With its addresses, oldest first. 404 once it is erased.",
        "Shopper",
    ),
    Route(
        "delete",
        "/shoppers/{shopper_key}",
        "erase_shopper",
        "Shoppers",
        "Erase a shopper",
        "The shopper, its addresses and saved instruments, and the `customer` of its orders; what is known of money "
        "stays. The shopper is gone at once, the rest within minutes; an order that is not over keeps its customer "
        "data until it is. Saying it again is no error.",
        {204: None},
        scope=ACCOUNT,
    ),
    Route(
        "post",
        "/shoppers/{shopper_key}/addresses",
        "add_address",
        "Shoppers",
        "Add an address",
        "Answers the address's key, which orders of this shopper can name. An address is not changed: add another.",
        {201: "Address"},
        scope=WRITE,
        body=shopper_models.AddAddress,
        refusals={409: ("operation_not_allowed", *BUSY)},
        idempotent=True,
        example={"line1": "12 St James's Square", "postal_code": "SW1Y 4JH", "city": "London", "country": "GB"},
    ),
    Route(
        "post",
        "/tokens",
        "save_instrument",
        "Saved instruments",
        "Save an instrument",
        "Saves what a shopper pays with, without a payment. `status` is PENDING where the PSP has not answered: it is "
        "asked, and the token pays once it is ACTIVE.",
        {201: "SavedInstrument"},
        scope=WRITE,
        body=instrument_models.SaveInstrument,
        refusals={
            404: ("not_found",),
            409: BUSY,
            422: ("method_not_applicable", "capability_not_supported", "instrument_refused"),
        },
        idempotent=True,
        example={
            "shopper_key": "shp_00000000000000000000000001",
            "method": "card",
            "instrument": {"token": "tok_visa"},
        },
    ),
    read(
        "list_instruments",
        "/shoppers/{shopper_key}/tokens",
        "Saved instruments",
        "List a shopper's instruments",
        "What the shopper has saved, newest first.",
        "list of SavedInstrument",
        query=models.Page,
    ),
    Route(
        "delete",
        "/tokens/{token}",
        "delete_instrument",
        "Saved instruments",
        "Delete an instrument",
        "It pays no more from now on; its PSP is told, if need be again and again. 404 once it is gone.",
        {204: None},
        scope=WRITE,
        refusals={409: BUSY},
    ),
    Route(
        "post",
        "/invoices",
        "create_invoice",
        "Invoices",
        "Create an invoice",
        "An order that can be paid by a link until `due_at`, at most 90 days ahead; 14 days where none is given. Its "
        "e-mail goes to the customer at once, where the deployment sends e-mails and `send` is not false. A reference "
        "is used once, by an order or by an invoice.",
        {201: "Invoice"},
        scope=WRITE,
        body=invoice_models.CreateInvoice,
        refusals={409: ("duplicate_reference", *BUSY), 422: ("capability_not_supported",)},
        idempotent=True,
        example={
            "order_reference": "2026-2001",
            "amount": 12000,
            "currency": "EUR",
            "customer": {"name": "Ada Byron", "email": "ada@example.com"},
            "description": "Your order of 3 March",
            "locale": "en",
        },
    ),
    read(
        "get_invoice",
        "/invoices/{invoice_id}",
        "Invoices",
        "Read an invoice",
        "How far it is: its e-mail, whether the link was opened, what was paid. Payments are listed with its order.",
        "Invoice",
    ),
    change(
        "send_invoice",
        "/invoices/{invoice_id}/send",
        "Send an invoice again",
        "Its e-mail goes to the customer, for the first time or again: once a minute and 20 times at most.",
        models.Nothing,
        tag="Invoices",
        answers={200: "Invoice"},
        refusals={409: ("operation_not_allowed", *BUSY), 422: ("capability_not_supported",)},
    ),
    change(
        "withdraw_invoice",
        "/invoices/{invoice_id}/withdraw",
        "Withdraw an invoice",
        "Its link can pay nothing any more. Only while nobody has begun to pay; cancel the order otherwise.",
        models.Nothing,
        tag="Invoices",
        answers={200: "Invoice"},
    ),
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
        body=payout_models.CreatePayout,
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
        query=models.Page,
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
        query=models.Page,
    ),
    read(
        "list_notifications",
        "/notifications",
        "Notifications",
        "List notifications",
        "What was sent to you, newest first: the order's `notification_url`, your endpoints, your update URL.",
        "list of Notification",
        query=account_models.ListNotifications,
    ),
    Route(
        "post",
        "/notifications/{id}/resend",
        "resend_notification",
        "Notifications",
        "Resend a notification",
        "Tries it now, whatever became of it before, and for another 72 hours if it is not taken.",
        {202: "Notification"},
        scope=WRITE,
        body=models.Nothing,
        refusals={409: BUSY},
        idempotent=True,
    ),
    read("get_account", "/account", "Account", "Read your account", "Where you are told, what you offer.", "Account"),
    Route(
        "put",
        "/account/notifications",
        "set_notifications",
        "Account",
        "Set where you are told",
        "The update URL and endpoints with event filters; what is not given stays. `rotate_secret` makes a new signing "
        "secret: for a day, both sign.",
        {200: "Notifications"},
        scope=ACCOUNT,
        body=account_models.SetNotifications,
        example={
            "update_url": "https://shop.example.com/update",
            "endpoints": [{"url": "https://shop.example.com/events", "events": ["order.considered_safe"]}],
        },
    ),
    Route(
        "put",
        "/account/signatures",
        "set_signatures",
        "Account",
        "Set keys that sign your calls",
        "`new_key` makes a key and tells it once; `retire` ends keys. Several are live while they are rotated. With "
        "`required`, calls that are not signed are refused, everywhere within a minute; this has to be signed itself.",
        {200: "Signatures"},
        scope=ACCOUNT,
        body=account_models.SetSignatures,
        example={"new_key": True},
    ),
    read(
        "list_methods",
        "/account/methods",
        "Account",
        "List your payment methods",
        "Every payment method, whether and how you offer it.",
        "list of AccountMethod",
    ),
    Route(
        "put",
        "/account/methods/{method}",
        "set_method",
        "Account",
        "Set a payment method",
        "Enabled or not, its place on the menu, for which amounts and currencies, through which connector. It holds "
        "everywhere within a minute.",
        {200: "AccountMethod"},
        scope=ACCOUNT,
        body=account_models.SetMethod,
        refusals={422: ("capability_not_supported",)},
        example={"enabled": True, "position": 1, "max_amount": 500000, "currencies": ["EUR"]},
    ),
    Route("get", "/openapi.json", "describe_api", "Description", "This document", "OpenAPI 3.1.", {200: None}),
)

# Shoppers' browsers and PSPs come here; merchants do not.
NOT_DESCRIBED = ("/psp/", "/pay/", "/docs")
