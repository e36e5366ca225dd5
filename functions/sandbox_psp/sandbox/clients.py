"""AWS clients, the shared secret and the URLs: each created or read once, when first needed."""

from __future__ import annotations

import json
import os
from functools import cache
from typing import Any, NamedTuple

import botocore.session
from botocore.config import Config

_CONFIG = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})


class Credentials(NamedTuple):
    """What both sides use for signing."""

    key_id: str
    secret: str


@cache
def client(service: str) -> Any:
    """The botocore client of one AWS service."""
    return botocore.session.get_session().create_client(service, config=_CONFIG)


@cache
def credentials() -> Credentials:
    """The key and secret shared with the sandbox's only caller."""
    answer = client("secretsmanager").get_secret_value(SecretId=os.environ["SANDBOX_PSP_SECRET_ID"])
    content = json.loads(answer["SecretString"])
    return Credentials(content["key_id"], content["secret"])


@cache
def public_url() -> str:
    """This API's URL for shoppers and callers, including the stage, without a trailing slash."""
    answer = client("ssm").get_parameter(Name=os.environ["LINKS_PARAMETER"])
    return str(json.loads(answer["Parameter"]["Value"])["psp_url"]).rstrip("/")


def table() -> str:
    """The name of the sandbox PSP's own table."""
    return os.environ["SANDBOX_PSP_TABLE"]


def queue_url() -> str:
    """The URL of the sandbox PSP's own queue."""
    return os.environ["SANDBOX_PSP_NOTIFICATIONS_QUEUE_URL"]
