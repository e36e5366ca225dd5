"""Which connectors there are. One that is not configured in this deployment does not exist."""

import os
from datetime import timedelta
from functools import cache

from tillgate.connectors.api import Connector
from tillgate.wiring import System, secret


def connector(name: str, system: System) -> Connector:
    """Raises KeyError for a name that is not configured here."""
    if name == "sandbox" and os.environ.get("SANDBOX_PSP_SECRET_ID"):
        return _sandbox(system.links["psp_url"])
    if name == "offline":
        return _offline()
    raise KeyError(name)


@cache
def _offline() -> Connector:
    from tillgate.connectors.offline.connector import OfflineConnector

    term = timedelta(days=int(os.environ.get("TRANSFER_DAYS") or 14))
    return OfflineConnector(os.environ.get("TRANSFER_IBAN") or None, os.environ.get("TRANSFER_HOLDER", ""), term)


@cache
def _sandbox(base_url: str) -> Connector:
    from tillgate.connectors.sandbox.connector import SandboxConnector

    credentials = secret(os.environ["SANDBOX_PSP_SECRET_ID"])
    return SandboxConnector(base_url, credentials["key_id"], credentials["secret"])
