"""The function that forwards changes is switched off for good: merchants are told all the same (CM-6)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.flows.client import Merchant, eventually
from tests.flows.inside import Inside

pytestmark = pytest.mark.flow


@pytest.fixture
def nothing_is_forwarded(inside: Inside) -> Iterator[None]:
    functions = inside.aws("lambda")
    name = inside.resources["ForwardChangesFunction"]
    (source,) = functions.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]
    functions.update_event_source_mapping(UUID=source["UUID"], Enabled=False)
    yield
    functions.update_event_source_mapping(UUID=source["UUID"], Enabled=True)


@pytest.mark.usefixtures("nothing_is_forwarded")
def test_a_change_that_was_never_forwarded_is_announced_by_the_sweep(merchant: Merchant, inside: Inside) -> None:
    """CM-6: five minutes after the change."""
    past = inside.back(timedelta(minutes=6))
    order = past.create()
    past.start(order)
    assert merchant.told(order) == []

    def told() -> bool:
        answer = inside.aws("lambda").invoke(FunctionName=inside.resources["SweepNotificationsFunction"], Payload=b"{}")
        assert "FunctionError" not in answer
        return bool(merchant.told(order))

    eventually(told)
