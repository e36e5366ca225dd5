"""What this connector offers, as data. What it cannot do over plain cards, such as captures in parts, is left out."""

from datetime import timedelta

from tillgate.connectors.v1 import Can, Fields, Manifest

KEY_WINDOW = timedelta(hours=23)  # Stripe keeps idempotency keys for at least 24 hours
HOLDS = timedelta(days=7)

_CARD = Can(
    inputs=frozenset({"token", "fields", "hosted"}),
    capture=frozenset({"auto", "manual"}),
    captures="one",
    cancels="by_capture",
    refunds="many",
    redirect="after",
    holds=HOLDS,
    stores=True,
    recurring=True,
    authenticates=True,
)
_WALLET = Can(
    inputs=frozenset({"token", "hosted"}),
    capture=frozenset({"auto", "manual"}),
    captures="one",
    cancels="by_capture",
    refunds="many",
    redirect="after",
    holds=HOLDS,
)
_SEPA_DEBIT = Can(
    inputs=frozenset({"iban", "token"}),
    captures="none",
    refunds="many",
    stores=True,
    recurring=True,
    amounts={"EUR": (1, 99_999_999)},
)

MANIFEST = Manifest(
    name="stripe",
    title="Stripe",
    load="tillgate.connectors.stripe.connector:StripeConnector",
    methods={"card": _CARD, "wallet": _WALLET, "direct_debit": _SEPA_DEBIT},
    hosts=frozenset({"api.stripe.com", "files.stripe.com"}),
    credentials=frozenset({"secret_key", "publishable_key", "webhook_secret"}),
    public=frozenset({"publishable_key"}),
    webhook_secrets=frozenset({"webhook_secret"}),
    ask="ours",
    key_window=KEY_WINDOW,
    ack=(200, ""),
    marketplace="transfer_after_capture",
    pays=frozenset({"vendor"}),
    disputes=True,
    settles="asked",
    remembers_shoppers=True,
    fields=Fields(
        script="https://js.stripe.com/endive/stripe.js",
        module="stripe/fields.js",
        script_src=("https://js.stripe.com", "https://*.js.stripe.com"),
        frame_src=("https://js.stripe.com", "https://*.js.stripe.com", "https://hooks.stripe.com"),
        connect_src=("https://api.stripe.com",),
    ),
)
