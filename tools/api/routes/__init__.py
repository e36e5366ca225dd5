"""Every documented route of the API: what it does, its parameters, responses and errors. One file per tag.

The template maps routes to functions; a test compares the two tables.
"""

from . import (
    account,
    description,
    disputes,
    exports,
    instruments,
    invoices,
    notifications,
    orders,
    payments,
    payouts,
    shoppers,
    tokens,
    vendors,
)
from .route import Route

TAGS = {
    "Tokens": "Exchange client credentials for the bearer token that every other call needs.",
    "Orders": "An order asks a shopper to pay a certain amount.",
    "Payments": "A payment is one attempt to pay (part of) an order with one method.",
    "Disputes": "A shopper's bank asks for captured money back; answer with evidence, or accept.",
    "Vendors": "The parts of a multi-vendor order's technical payment.",
    "Shoppers": "Shoppers and their addresses. Orders refer to this personal data by key.",
    "Saved instruments": "Instruments that shoppers have saved, to pay again and for recurring payments.",
    "Invoices": "An invoice is an order whose payment link is sent to the customer by e-mail.",
    "Payouts": "Outgoing money: to vendors automatically, to persons on request.",
    "Notifications": "The notifications sent to you, with every attempt.",
    "Bookkeeping": "What moved, day by day.",
    "Account": "Your notification settings, signing keys and payment methods.",
    "Description": "The description of this API.",
}

ROUTES: tuple[Route, ...] = (
    *tokens.ROUTES,
    *orders.ROUTES,
    *payments.ROUTES,
    *disputes.ROUTES,
    *vendors.ROUTES,
    *shoppers.ROUTES,
    *instruments.ROUTES,
    *invoices.ROUTES,
    *payouts.ROUTES,
    *notifications.ROUTES,
    *exports.ROUTES,
    *account.ROUTES,
    *description.ROUTES,
)

# Called by shoppers' browsers and PSPs, not by merchants.
NOT_DESCRIBED = ("/psp/", "/pay/", "/docs")
