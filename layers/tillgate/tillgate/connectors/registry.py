"""Which connectors there are. One that is not configured in this deployment does not exist."""

import os
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache

from tillgate.connectors.api import Connector


def connector(name: str, secret: Callable[[str], Mapping[str, str]], psp_url: Callable[[], str]) -> Connector:
    """The connector of that name.

    `secret` reads a secret by its id and `psp_url` the sandbox PSP's address; both are called only where they are
    needed. Raises KeyError for a name that is not configured here.
    """
    if name == "sandbox" and (secret_id := os.environ.get("SANDBOX_PSP_SECRET_ID")):
        credentials = secret(secret_id)
        return _sandbox(psp_url(), credentials["key_id"], credentials["secret"])
    if name == "offline":
        return _offline()
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
