"""The available connectors: those that are configured in this deployment."""

import os
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache

from tillgate.connectors.api import Capabilities, Connector


def connector(name: str, secret: Callable[[str], Mapping[str, str]]) -> Connector:
    """The connector of that name, which can call its PSP.

    `secret` reads a secret by its id, if one is needed. Raises KeyError for a name that is not configured here.
    """
    if name == "sandbox" and (secret_id := os.environ.get("SANDBOX_PSP_SECRET_ID")):
        credentials = secret(secret_id)
        return _sandbox(os.environ["SANDBOX_PSP_URL"], credentials["key_id"], credentials["secret"])
    if name == "offline":
        return _offline()
    raise KeyError(name)


def capabilities(name: str) -> Capabilities:
    """What the connector of that name can do. This needs no permission to read its PSP's secret.

    Raises KeyError for a name that is not configured here.
    """
    if name == "sandbox" and os.environ.get("SANDBOX_PSP_SECRET_ID"):
        from tillgate.connectors.sandbox.connector import SandboxConnector

        return SandboxConnector.capabilities
    if name == "offline":
        return _offline().capabilities
    raise KeyError(name)


@cache
def _offline() -> Connector:
    from tillgate.connectors.offline.connector import OfflineConnector

    term = timedelta(days=int(os.environ.get("TRANSFER_DAYS") or 14))
    return OfflineConnector(os.environ.get("TRANSFER_IBAN") or None, os.environ.get("TRANSFER_HOLDER", ""), term)


@cache
def _sandbox(base_url: str, key_id: str, key: str) -> Connector:
    from tillgate.connectors.sandbox.connector import SandboxConnector

    return SandboxConnector(base_url, key_id, key)
