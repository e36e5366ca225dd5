"""AWS clients, made once per process, with botocore alone: boto3 would only add to every cold start (ADR 63).

Work that botocore repeats for every call with the same outcome is left out (ADR 72). Parameters are not validated
against the service's model, since they come from our own types (the tests do validate them). The endpoint is not
resolved by rules, since a region has one endpoint per service.
"""

import os
from collections.abc import Callable
from functools import cache
from typing import Any

import botocore.session
from botocore.config import Config

from tillgate.runtime.tracing import header, subsegment

_NAMED = ("TableName", "QueueUrl")
config = Config(
    connect_timeout=2,
    read_timeout=5,
    retries={"mode": "standard", "max_attempts": 4},
    parameter_validation=False,
    user_agent="tillgate",
)


@cache
def _session() -> botocore.session.Session:
    return botocore.session.get_session()


@cache
def client(service: str, region: str | None = None) -> Any:
    """The client of a service. Retries of a transaction have the same token: a lost response writes nothing twice.

    `region`: another than the function's own, where AWS keeps something in one region alone.
    """
    made: Any = _session().create_client(service, region_name=region, config=config)
    if service != "s3":  # its URLs name the bucket
        made._ruleset_resolver = None  # botocore goes by `made.meta.endpoint_url`, as for a service without rules
    if "AWS_XRAY_DAEMON_ADDRESS" in os.environ:
        made._make_api_call = _traced(service, made._make_api_call)
    return made


def _traced(service: str, call: Callable[[str, Any], Any]) -> Callable[[str, Any], Any]:
    """Each call as a subsegment (ADR 153): its operation, and the table or queue; no keys and no values."""

    def traced(operation: str, given: Any) -> Any:
        if header() is None:
            return call(operation, given)
        with subsegment(service, "aws", operation=operation) as seen:
            for name in _NAMED:
                if name in given:
                    seen.annotations["resource"] = str(given[name]).rpartition("/")[2]
            return call(operation, given)

    return traced


def make_at_init(*services: str) -> None:
    """Makes clients while Lambda initializes the process: it has a whole CPU then, and later what its memory buys.

    Elsewhere, where handlers are imported but may never be called, a client is made when it is first needed.
    """
    if "AWS_LAMBDA_INITIALIZATION_TYPE" in os.environ:
        for service in services:
            client(service)
