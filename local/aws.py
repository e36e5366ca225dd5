"""Clients and environments that can reach the local cloud only."""

from __future__ import annotations

import os
from functools import cache
from typing import Any

import boto3

from local.place import REGION, VENVS, Place

KEY_ID = "test"
SECRET = "test"  # noqa: S105 - the local cloud accepts any


@cache
def client(place: Place, service: str) -> Any:
    """A client for one service of the local cloud. It has a session of its own: boto3's default is not thread-safe."""
    return boto3.Session().client(
        service,
        region_name=REGION,
        endpoint_url=place.endpoint_url,
        aws_access_key_id=KEY_ID,
        aws_secret_access_key=SECRET,
    )


def environment(place: Place) -> dict[str, str]:
    """The environment for the SAM CLI: no real profile or credential can be used by mistake."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SAM_CLI_"))}
    return env | {
        "PATH": f"{VENVS / 'sam' / 'bin'}:{env.get('PATH', '')}",
        "AWS_ACCESS_KEY_ID": KEY_ID,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": place.endpoint_url,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "SAM_CLI_TELEMETRY": "0",
        "SAM_CLI_POLL_DELAY": "0.1",
        "PYTHONWARNINGS": "ignore",
    }
