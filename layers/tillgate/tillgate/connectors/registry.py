"""Which connectors there are. One that is not configured in this deployment does not exist."""

import os
from functools import cache

from tillgate.wiring import System, secret

from .base import Connector


def connector(name: str, system: System) -> Connector:
    """Raises KeyError for a name that is not configured here."""
    if name == "sandbox" and os.environ.get("SANDBOX_PSP_SECRET_ID"):
        return _sandbox(system.links["psp_url"])
    raise KeyError(name)


@cache
def _sandbox(base_url: str) -> Connector:
    from .sandbox import SandboxConnector

    credentials = secret(os.environ["SANDBOX_PSP_SECRET_ID"])
    return SandboxConnector(base_url, credentials["key_id"], credentials["secret"])
