"""AWS clients, made once per process, with botocore alone: boto3 would only add to every cold start (ADR 63)."""

from functools import cache
from typing import Any

import botocore.session
from botocore.config import Config

_CONFIG = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "max_attempts": 4})


@cache
def _session() -> botocore.session.Session:
    return botocore.session.get_session()


@cache
def client(service: str) -> Any:
    """The client of a service. Retries of a transaction carry the same token, so a lost answer does not write twice."""
    return _session().create_client(service, config=_CONFIG)
