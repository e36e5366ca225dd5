"""The connector against the sandbox PSP's application, in its own cloud out of moto."""

import pytest

from tests.connectors.psp import InProcess, case, connector, start
from tests.sandbox_psp.conftest import cloud, no_wait, sent
from tillgate.connectors.sandbox.connector import SandboxConnector

__all__ = ["cloud", "no_wait", "sent"]


@pytest.fixture
def http(cloud: None) -> InProcess:
    return InProcess()


@pytest.fixture
def psp(http: InProcess) -> SandboxConnector:
    return connector(http)


@pytest.fixture
def payment_at_psp(psp: SandboxConnector) -> None:
    start(psp, case(token="tok_visa"))
