"""What the sandbox PSP can do: everything that the core knows, so that everything can be tried."""

from typing import Literal

from tillgate.connectors.v1 import Can, Manifest

_HOLDS: frozenset[Literal["auto", "manual"]] = frozenset({"auto", "manual"})
_BANKS = {
    "bank_aurora": "Aurora Bank",
    "bank_meridian": "Meridian Bank",
    "bank_slow": "Tortoise Bank",
    "bank_fickle": "Fickle Bank",
}

MANIFEST = Manifest(
    name="sandbox",
    title="Sandbox PSP",
    load="tillgate.connectors.sandbox.connector:SandboxConnector",
    methods={
        "card": Can(
            inputs=frozenset({"token", "hosted"}),
            capture=_HOLDS,
            captures="many",
            cancels="part",
            refunds="many",
            redirect="after",
            stores=True,
            recurring=True,
            authenticates=True,
            brands=frozenset({"visa", "mastercard", "amex", "maestro", "jcb", "cup"}),
        ),
        "wallet": Can(
            inputs=frozenset({"token", "hosted"}),
            capture=_HOLDS,
            captures="many",
            cancels="part",
            refunds="many",
            redirect="after",
        ),
        "gift_card": Can(
            inputs=frozenset({"token"}),
            capture=_HOLDS,
            captures="many",
            cancels="part",
            refunds="many",
            balance=True,
        ),
        "bank_redirect": Can(
            inputs=frozenset({"token", "hosted"}), captures="none", refunds="many", redirect="after", choices=_BANKS
        ),
        "direct_debit": Can(
            inputs=frozenset({"token", "iban", "hosted"}),
            captures="none",
            refunds="many",
            redirect="after",
            amounts={"EUR": (1, 99_999_999)},
        ),
    },
    hosts=frozenset({"psp.sandbox"}),
    credentials=frozenset({"key_id", "secret"}),
    webhook_secrets=frozenset({"secret"}),
    marketplace="carve",
    pays=frozenset({"vendor", "person"}),
    disputes=True,
    settles="report",
    local=True,
)
