"""What Acme Pay can do, as data."""

from datetime import timedelta

from tillgate.connectors.v1 import Can, Manifest

MANIFEST = Manifest(
    name="acme",
    title="Acme Pay",
    load="connector_kit.example.connector:AcmeConnector",
    methods={
        "card": Can(
            inputs=frozenset({"token", "hosted"}),
            capture=frozenset({"auto", "manual"}),
            captures="many",
            cancels="part",
            refunds="many",
            redirect="after",
        )
    },
    hosts=frozenset({"api.acme.example"}),
    credentials=frozenset({"api_key", "webhook_secret"}),
    webhook_secrets=frozenset({"webhook_secret"}),
    key_window=timedelta(hours=24),
)
