"""The connector against the sandbox PSP's application, in its own cloud out of moto."""

import pytest

from tests.connectors.psp import InProcess, authorization, connector, payment
from tests.sandbox_psp.conftest import cloud, no_wait, sent
from tillgate.connectors.sandbox.connector import SandboxConnector
from tillgate.domain.payments.payment import Payment

__all__ = ["cloud", "no_wait", "sent"]


@pytest.fixture
def http(cloud: None) -> InProcess:
    return InProcess()


@pytest.fixture
def psp(http: InProcess) -> SandboxConnector:
    return connector(http)


@pytest.fixture
def payment_at_psp(psp: SandboxConnector) -> Payment:
    psp.authorize(authorization())
    return payment()
