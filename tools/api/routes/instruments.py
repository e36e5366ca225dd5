"""Routes of what shoppers have saved to pay with."""

from tillgate.api.http.fields import Page
from tillgate.api.shoppers.instrument_models import SaveInstrument

from .route import BUSY, WRITE, Route, read

ROUTES: tuple[Route, ...] = (
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
        body=SaveInstrument,
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
        query=Page,
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
)
