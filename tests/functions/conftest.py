"""A world for each test."""

from collections.abc import Iterator
from itertools import count

import pytest

from tests import tokens
from tests.functions.aws import cloud, emptied
from tests.functions.world import World
from tillgate import wiring
from tillgate.runtime import backoff
from tillgate.use_cases.orders import create_order


@pytest.fixture(scope="module")
def aws() -> Iterator[None]:
    with cloud():
        yield


@pytest.fixture
def world(aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The template's tables with one merchant, `mer_1`; time stands still, keys are counted."""
    numbers, links = count(1), count(1)
    with emptied(monkeypatch):
        world = World()
        monkeypatch.setattr(wiring, "System", lambda: world.system)
        monkeypatch.setattr(backoff, "sleep", world.pauses.append)
        monkeypatch.setattr(create_order, "new_order_key", lambda: f"ord_{next(numbers):026d}")
        world.has_token_keys(tokens.public_keys(), tokens.PRIVATE)
        monkeypatch.setattr(create_order, "new_menu_key", lambda: f"mk_{next(links):026d}")
        world.has_merchant()
        yield world


@pytest.fixture
def paid(world: World) -> World:
    """A world with an order whose one payment is authorized."""
    world.paid()
    return world
