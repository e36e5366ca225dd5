"""The connector against `localstripe`, which others wrote, behind the proxy of ours (docs/connectors/stripe.md)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.connectors.stripe.cases import CREDENTIALS, Clock, case, learned, op
from tests.psps.stripe.stand_in import Psp, running
from tillgate.connectors.stripe.connector import StripeConnector
from tillgate.connectors.v1 import Case, Fact, Kind


@pytest.fixture(scope="session")
def stripe_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(tmp_path_factory.mktemp("stripe")) as url:
        yield url


@pytest.fixture
def psp(stripe_url: str) -> Psp:
    return Psp(stripe_url)


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime.now(UTC))


@pytest.fixture
def stripe(psp: Psp, clock: Clock) -> StripeConnector:
    return StripeConnector(CREDENTIALS, psp, clock)


NewCase = Callable[..., Case]


@pytest.fixture
def new(clock: Clock, request: pytest.FixtureRequest) -> NewCase:
    """A case that was begun just now, with an id of its own."""
    made = 0

    def make(token: str | None = "pm_card_visa", kind: Kind = Kind.AUTHORIZE, **more: Any) -> Case:  # noqa: S107
        nonlocal made
        made += 1
        case_id = f"pay_{time.time_ns()}_{made}"
        amount = more.get("amount", 4999)
        begun = op(1, kind, amount, case=case_id, requested_at=clock.now)
        return case(token, id=case_id, ops=(begun,), created_at=clock.now, **more)

    return make


@pytest.fixture
def held(stripe: StripeConnector, new: NewCase) -> Case:
    """A card whose authorization succeeded."""
    begun = new()
    return learned(begun, stripe.start(begun, begun.ops[0]))


@pytest.fixture
def taken(stripe: StripeConnector, new: NewCase) -> Case:
    """A card that was captured at once."""
    begun = new(capture="auto")
    return learned(begun, stripe.start(begun, begun.ops[0]))


def forgotten(known: Case) -> Case:
    """The case if the answer had been lost: nothing of Stripe's is known."""
    ops = tuple(replace(each, outcome=None, reference=None) for each in known.ops)
    return replace(known, memory={}, reference=None, ops=ops)


def press(psp: Psp, facts: list[Fact], button: str) -> None:
    """What the shopper does on the page that a fact leads to."""
    psp.press(next(fact.action for fact in facts if fact.action), button)
