"""What flows work with: the demo merchants, the sandbox PSP, and the deployed system from inside."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from local.place import Place
from tests.conftest import Stack
from tests.flows.books import Books
from tests.flows.client import Merchant
from tests.flows.inside import Client, Inside, read_secret
from tests.flows.not_with_stripe import why_not
from tests.flows.operators import Operators
from tests.flows.psp_pages import Psp
from tests.flows.stripe_psp import StripePsp

FLOWS = Path(__file__).parent
WITH_STRIPE = os.environ.get("PSP") == "stripe"
STRICT = ("orders", "payments")  # folders


@pytest.fixture(scope="session")
def aws(stack: Stack) -> Client:
    """Clients of the local cloud's services, with the rights of an operator."""

    @cache
    def client(service: str) -> Any:
        return boto3.Session().client(  # threads ask: the default session is not safe between them
            service,
            region_name=stack["region"],
            endpoint_url=stack["endpoint_url"],
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(max_pool_connections=32),
        )

    return client


@pytest.fixture(scope="session")
def merchant(stack: Stack, operators: Operators) -> Merchant:
    """The first demo merchant, as its own system calls us."""
    if WITH_STRIPE:  # attempts with one card are counted there: all tests have the same few
        limits = dict.fromkeys(("instrument", "merchant"), 1000)
        operators.call("update_merchant", merchant_id=stack["merchants"][0]["merchant_id"], attempt_limits=limits)
    first = Merchant(stack, stack["merchants"][0])
    first.pays_vendors = "auto" if WITH_STRIPE else "manual"
    return first


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With PSP=stripe, what its stand-in cannot show is left out; the table has the reasons."""
    if not WITH_STRIPE:
        return
    here = [item for item in items if item.path.is_relative_to(FLOWS)]
    left_out = [item for item in here if why_not(item.name)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def other_merchant(stack: Stack) -> Merchant:
    """The second one, who has nothing to look for in the first one's orders."""
    return Merchant(stack, stack["merchants"][1])


@pytest.fixture(scope="module", autouse=True)
def strictness(request: pytest.FixtureRequest) -> Iterator[None]:
    """The local cloud is as strict as AWS for tests of these folders, and as kind as ever for others (ADR 169)."""
    if request.path.parent.name not in STRICT and request.path.stem != "test_strict_cloud":
        yield
        return
    flag = request.getfixturevalue("place").strict_while
    flag.touch()
    yield
    flag.unlink()


@pytest.fixture(scope="session")
def operators(stack: Stack, aws: Client, resources: dict[str, str]) -> Operators:
    """Makes merchants of their own for tests that change an account."""
    return Operators(aws, resources["AdminFunction"], stack)


@pytest.fixture(scope="session")
def psp(stack: Stack, aws: Client, resources: dict[str, str], place: Place) -> Psp:
    """The sandbox PSP, spoken to with the secret that both sides share; with PSP=stripe, also Stripe's stand-in."""
    secret = read_secret(aws, resources["SandboxPspSecret"])
    if not WITH_STRIPE:
        return Psp(stack["psp_url"], **secret)
    merchants = [each["merchant_id"] for each in stack["merchants"]]
    return StripePsp(stack["psp_url"], **secret, stripe_url=place.stripe_url, merchants=merchants)


@pytest.fixture(scope="session")
def inside(stack: Stack, aws: Client, resources: dict[str, str]) -> Iterator[Inside]:
    """The deployed system's use cases in this process; metrics they count need the names that functions have."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("POWERTOOLS_SERVICE_NAME", "tillgate")
        patch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Tillgate")
        yield Inside(aws, resources, stack)


@pytest.fixture(scope="session")
def books(inside: Inside, psp: Psp) -> Books:
    """Compares what we say with what the PSP says."""
    return Books(inside, psp)
