"""Routes of a merchant's own account."""

from tillgate.api.http.fields import Page
from tillgate.api.merchants.models import (
    SetConnector,
    SetLinks,
    SetMethod,
    SetNotifications,
    SetSignatures,
    SetTimeZone,
)

from .route import ACCOUNT, BUSY, Route, read

ROUTES: tuple[Route, ...] = (
    read(
        "get_account",
        "/account",
        "Account",
        "Read your account",
        "Your notification settings, signing keys, payment methods and vendors.",
        "Account",
    ),
    Route(
        "put",
        "/account/notifications",
        "set_notifications",
        "Account",
        "Configure notifications",
        "Sets the update URL and the endpoints with their event filters. Omitted fields keep their values. "
        "`rotate_secret` creates a new signing secret; for 24 hours (not with `revoke_now`), events are signed "
        "with both. A secret is shown once: a call that is repeated with its `Idempotency-Key` is answered without it.",
        {200: "Notifications"},
        scope=ACCOUNT,
        body=SetNotifications,
        idempotent=True,
        refusals={409: BUSY},
        example={
            "update_url": "https://shop.example.com/update",
            "endpoints": [{"url": "https://shop.example.com/events", "events": ["order.considered_safe"]}],
        },
    ),
    Route(
        "put",
        "/account/time-zone",
        "set_time_zone",
        "Account",
        "Set your time zone",
        "Where your days begin and end: due dates, statements and bookkeeping follow it, what clocks show on the menu "
        "and in letters too. Takes effect within a minute. Instants in answers stay UTC.",
        {200: "TimeZone"},
        scope=ACCOUNT,
        body=SetTimeZone,
        idempotent=True,
        example={"time_zone": "Europe/Berlin"},
    ),
    Route(
        "put",
        "/account/links",
        "set_links",
        "Account",
        "Set the links under the menu",
        "Your terms, your privacy notice and where shoppers reach you. The menu shows those that you give, and leads "
        "nowhere else. Takes effect within a minute.",
        {200: "Links"},
        scope=ACCOUNT,
        body=SetLinks,
        idempotent=True,
        example={"terms": "https://shop.example.com/terms", "contact": "https://shop.example.com/contact"},
    ),
    Route(
        "put",
        "/account/signatures",
        "set_signatures",
        "Account",
        "Manage signing keys",
        "`new_key` creates a key for signing your calls and returns its secret once, not to a repeated call; `retire` "
        "removes keys. Several "
        "keys can be active during a rotation. With `required`, unsigned calls are rejected within a minute; the call "
        "that sets it must be signed itself.",
        {200: "Signatures"},
        scope=ACCOUNT,
        body=SetSignatures,
        idempotent=True,
        refusals={409: BUSY},
        example={"new_key": True},
    ),
    read(
        "list_account_history",
        "/account/history",
        "Account",
        "List changes of your account",
        "Who changed what of your account, its vendors, clients, methods, limits, keys and connectors, newest first: a "
        "client of yours by its id, or an operator. Secrets are never shown, only that they were changed. Entries are "
        "never changed or deleted; there are none of changes before the history existed.",
        "list of AccountChange",
        query=Page,
    ),
    read(
        "list_methods",
        "/account/methods",
        "Account",
        "List your payment methods",
        "Every payment method, whether you offer it and how.",
        "list of AccountMethod",
    ),
    Route(
        "put",
        "/account/methods/{method}",
        "set_method",
        "Account",
        "Configure a payment method",
        "Enables or disables the method and sets its position on the menu, its amounts and currencies, and its "
        "connector. Takes effect within a minute.",
        {200: "AccountMethod"},
        scope=ACCOUNT,
        body=SetMethod,
        idempotent=True,
        refusals={409: BUSY, 422: ("capability_not_supported",)},
        example={"enabled": True, "position": 1, "max_amount": 500000, "currencies": ["EUR"]},
    ),
    read(
        "list_connectors",
        "/account/connectors",
        "Account",
        "List the PSPs you can use",
        "What each connector can do, whether it is set up, and the URL for your PSP's notifications. Credentials are "
        "never returned: you see which are set, when and by whom.",
        "list of Connector",
    ),
    Route(
        "put",
        "/account/connectors/{connector}",
        "set_connector",
        "Account",
        "Connect your account with a PSP",
        "Sets the credentials of your test or live account. The first call names all credentials; later ones may name "
        "only what changes. The PSP is asked whether it accepts them, unless `check` is false. A new webhook secret "
        "is valid next to the previous one for seven days; `revoke` ends a value at once. Live credentials are used "
        "for new orders from then on; test ones only until you have live ones, or with `use`. Takes effect within a "
        "minute.",
        {200: "Connector"},
        scope=ACCOUNT,
        body=SetConnector,
        idempotent=True,
        refusals={422: ("capability_not_supported",), 409: BUSY, 503: ("psp_unavailable",)},
        example={
            "mode": "test",
            "credentials": {
                "secret_key": "SECRET KEY",
                "publishable_key": "PUBLISHABLE KEY",
                "webhook_secret": "WEBHOOK SECRET",
            },
        },
    ),
)
