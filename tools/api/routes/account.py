"""Routes of a merchant's own account."""

from tillgate.api.merchants.models import SetMethod, SetNotifications, SetSignatures

from .route import ACCOUNT, Route, read

ROUTES: tuple[Route, ...] = (
    read("get_account", "/account", "Account", "Read your account", "Where you are told, what you offer.", "Account"),
    Route(
        "put",
        "/account/notifications",
        "set_notifications",
        "Account",
        "Set where you are told",
        "The update URL and endpoints with event filters; what is not given stays. `rotate_secret` makes a new signing "
        "secret: for a day, both sign.",
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
        "Set keys that sign your calls",
        "`new_key` makes a key and tells it once; `retire` ends keys. Several are live while they are rotated. With "
        "`required`, calls that are not signed are refused, everywhere within a minute; this has to be signed itself.",
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
        "Every payment method, whether and how you offer it.",
        "list of AccountMethod",
    ),
    Route(
        "put",
        "/account/methods/{method}",
        "set_method",
        "Account",
        "Set a payment method",
        "Enabled or not, its place on the menu, for which amounts and currencies, through which connector. It holds "
        "everywhere within a minute.",
        {200: "AccountMethod"},
        scope=ACCOUNT,
        body=SetMethod,
        refusals={422: ("capability_not_supported",)},
        example={"enabled": True, "position": 1, "max_amount": 500000, "currencies": ["EUR"]},
    ),
)
