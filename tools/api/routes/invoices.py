"""Routes of invoices."""

from tillgate.api.http.fields import Nothing
from tillgate.api.invoices.models import CreateInvoice

from .route import BUSY, WRITE, Route, change, read

ROUTES: tuple[Route, ...] = (
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
        body=CreateInvoice,
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
        Nothing,
        tag="Invoices",
        answers={200: "Invoice"},
        refusals={409: ("operation_not_allowed", *BUSY), 422: ("capability_not_supported",)},
    ),
    change(
        "withdraw_invoice",
        "/invoices/{invoice_id}/withdraw",
        "Withdraw an invoice",
        "Its link can pay nothing any more. Only while nobody has begun to pay; cancel the order otherwise.",
        Nothing,
        tag="Invoices",
        answers={200: "Invoice"},
    ),
)
