"""Every route of the API that is described: what it does, takes, answers and refuses. A file for each tag.

The template says which function answers a route; a test holds both tables against each other.
"""

from . import (
    account,
    description,
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

ROUTES: tuple[Route, ...] = (
    *tokens.ROUTES,
    *orders.ROUTES,
    *payments.ROUTES,
    *vendors.ROUTES,
    *shoppers.ROUTES,
    *instruments.ROUTES,
    *invoices.ROUTES,
    *payouts.ROUTES,
    *notifications.ROUTES,
    *account.ROUTES,
    *description.ROUTES,
)

# Shoppers' browsers and PSPs come here; merchants do not.
NOT_DESCRIBED = ("/psp/", "/pay/", "/docs")
