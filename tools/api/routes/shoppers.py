"""Routes of shoppers and their addresses."""

from tillgate.api.shoppers.models import AddAddress, CreateShopper

from .route import ACCOUNT, BUSY, WRITE, Route, read

ROUTES: tuple[Route, ...] = (
    Route(
        "post",
        "/shoppers",
        "create_shopper",
        "Shoppers",
        "Create a shopper",
        "Returns the shopper's key, which orders can refer to. Every field is optional: send only what you need.",
        {201: "Shopper"},
        scope=WRITE,
        body=CreateShopper,
        refusals={409: BUSY},
        idempotent=True,
        example={"shopper_reference": "customer-7", "name": "Ada Lovelace", "email": "ada@example.com", "locale": "en"},
    ),
    read(
        "get_shopper",
        "/shoppers/{shopper_key}",
        "Shoppers",
        "Read a shopper",
        "The shopper with its addresses, oldest first. 404 after it was erased.",
        "Shopper",
    ),
    Route(
        "delete",
        "/shoppers/{shopper_key}",
        "erase_shopper",
        "Shoppers",
        "Erase a shopper",
        "Erases the shopper, its addresses and saved instruments, and the `customer` of its orders; financial records "
        "are kept. The shopper is gone immediately, the rest within minutes. An active order keeps its customer data "
        "until it is over. Repeating the call is not an error.",
        {204: None},
        scope=ACCOUNT,
        refusals={409: BUSY},
        idempotent=True,
    ),
    Route(
        "post",
        "/shoppers/{shopper_key}/addresses",
        "add_address",
        "Shoppers",
        "Add an address",
        "Returns the address's key, which orders of this shopper can refer to. Addresses cannot be changed: add "
        "another.",
        {201: "Address"},
        scope=WRITE,
        body=AddAddress,
        refusals={409: ("operation_not_allowed", *BUSY)},
        idempotent=True,
        example={"line1": "12 St James's Square", "postal_code": "SW1Y 4JH", "city": "London", "country": "GB"},
    ),
)
