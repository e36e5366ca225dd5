"""Methods without a PSP (IS-18): bank transfer, invoice after delivery, cash on delivery."""

from typing import Literal

from tillgate.connectors.v1 import Can, Manifest

_BOTH: frozenset[Literal["auto", "manual"]] = frozenset({"auto", "manual"})
_LATER = Can(inputs=frozenset({"none"}), capture=_BOTH, captures="many", cancels="part", refunds="many")

MANIFEST = Manifest(
    name="offline",
    title="Without a PSP",
    load="tillgate.connectors.offline.connector:OfflineConnector",
    methods={
        "bank_transfer": Can(inputs=frozenset({"none"}), captures="none", refunds="many", needs=frozenset({"iban"})),
        "invoice": _LATER,
        "cash_on_delivery": _LATER,
    },
    ask="ours",
)
