"""Routes of a merchant's own account."""

from tillgate.api.merchants.models import SetMethod, SetNotifications, SetSignatures

from .route import ACCOUNT, Route, read

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
        "`rotate_secret` creates a new signing secret; for 24 hours, events are signed with both.",
        {200: "Notifications"},
        scope=ACCOUNT,
        body=SetNotifications,
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
        "Manage signing keys",
        "`new_key` creates a key for signing your calls and returns its secret once; `retire` removes keys. Several "
        "keys can be active during a rotation. With `required`, unsigned calls are rejected within a minute; the call "
        "that sets it must be signed itself.",
        {200: "Signatures"},
        scope=ACCOUNT,
        body=SetSignatures,
        example={"new_key": True},
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
        refusals={422: ("capability_not_supported",)},
        example={"enabled": True, "position": 1, "max_amount": 500000, "currencies": ["EUR"]},
    ),
)
