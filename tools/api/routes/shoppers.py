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
        "Answers the shopper's key, which orders can name. Nothing is required: give what you need and no more.",
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
        body=AddAddress,
        refusals={409: ("operation_not_allowed", *BUSY)},
        idempotent=True,
        example={"line1": "12 St James's Square", "postal_code": "SW1Y 4JH", "city": "London", "country": "GB"},
    ),
)
