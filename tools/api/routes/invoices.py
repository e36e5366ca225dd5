"""Routes of invoices."""

from tillgate.api.http.fields import Nothing
from tillgate.api.invoices.models import CreateInvoice

from .route import BUSY, LARGE, WRITE, Route, change, read

ROUTES: tuple[Route, ...] = (
    Route(
        "post",
        "/invoices",
        "create_invoice",
        "Invoices",
        "Create an invoice",
        "Creates an order that can be paid through a link until `due_at`: at most 90 days ahead, 14 days by default. "
        "The e-mail goes to the customer immediately, unless `send` is false or the deployment sends no e-mails. "
        "Orders and invoices share their references; each can be used once. Methods that are paid after delivery "
        "cannot pay an invoice.",
        {201: "Invoice"},
        scope=WRITE,
        body=CreateInvoice,
        refusals={
            409: ("duplicate_reference", *BUSY),
            422: ("method_not_applicable", "capability_not_supported", *LARGE),
        },
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
        "Its progress: the e-mail, whether the link was opened, what was paid. The order lists the payments.",
        "Invoice",
    ),
    change(
        "send_invoice",
        "/invoices/{invoice_id}/send",
        "Send an invoice again",
        "Sends the e-mail to the customer, for the first time or again: at most once a minute and 20 times in total.",
        Nothing,
        tag="Invoices",
        answers={200: "Invoice"},
        refusals={409: ("operation_not_allowed", *BUSY), 422: ("capability_not_supported", *LARGE)},
    ),
    change(
        "withdraw_invoice",
        "/invoices/{invoice_id}/withdraw",
        "Withdraw an invoice",
        "The link can no longer be used to pay. Possible until somebody has begun to pay; after that, cancel the "
        "order.",
        Nothing,
        tag="Invoices",
        answers={200: "Invoice"},
    ),
)
