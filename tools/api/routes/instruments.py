"""Routes of saved instruments."""

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
        "Saves an instrument of a shopper without a payment. `status` is PENDING until the PSP has answered. The "
        "token can be charged once it is ACTIVE.",
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
        "The shopper's saved instruments, newest first. A card that was saved twice is there twice, with one "
        "`fingerprint`.",
        "list of SavedInstrument",
        query=Page,
    ),
    Route(
        "delete",
        "/tokens/{token}",
        "delete_instrument",
        "Saved instruments",
        "Delete an instrument",
        "The instrument can no longer be charged. The deletion is repeated at the PSP until the PSP confirms it. 404 "
        "if it does not exist any more.",
        {204: None},
        scope=WRITE,
        refusals={409: BUSY},
        idempotent=True,
    ),
)
