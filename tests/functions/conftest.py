"""A world for each test."""

from collections.abc import Iterator

import pytest

from tests.functions.aws import cloud
from tests.functions.world import World
from tests.released.lives import a_world


@pytest.fixture(scope="module")
def aws() -> Iterator[None]:
    with cloud():
        yield


@pytest.fixture
def world(aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The template's tables with one merchant, `mer_1`; time stands still, keys are counted."""
    with a_world(monkeypatch) as world:
        yield world


@pytest.fixture
def paid(world: World) -> World:
    """A world with an order whose one payment is authorized."""
    world.paid()
    return world
