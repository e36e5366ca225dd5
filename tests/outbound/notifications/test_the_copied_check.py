"""What merchants copy from the demo shop to tell our messages from others' (Standard Webhooks) holds what it should."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from local.shop.tillgate import TOLERANCE, is_genuine
from tests.outbound.notifications.conftest import SECRET
from tillgate.outbound.notifications import signing

pytestmark = pytest.mark.usefixtures("clock_stands_still")

OTHER = "whsec_OTg3NjU0MzIxMDk4NzY1NDMyMTA5ODc2NTQzMjEwOTg="
BODY = '{"data": {"status": "PAID"}}'


def signed(*secrets: str, age: timedelta = timedelta(0)) -> dict[str, str]:
    made = signing.headers(list(secrets), "msg_1", BODY.encode(), datetime.fromtimestamp(time.time(), UTC) - age)
    return {name.lower(): value for name, value in made.items()}


@pytest.mark.parametrize("secrets", [[SECRET], [OTHER, SECRET]], ids=["one secret", "while secrets change"])
def test_what_tillgate_signed_is_genuine(secrets: list[str]) -> None:
    assert is_genuine(signed(*secrets), BODY, SECRET)


def test_anything_else_is_not() -> None:
    good = signed(SECRET)
    assert not is_genuine(signed(OTHER), BODY, SECRET)
    assert not is_genuine(good, BODY.replace("PAID", "paid"), SECRET)
    assert not is_genuine(good | {"webhook-id": "msg_2"}, BODY, SECRET)
    assert not is_genuine(good | {"webhook-timestamp": "soon"}, BODY, SECRET)
    assert not is_genuine({}, BODY, SECRET)


@pytest.mark.parametrize("age", [TOLERANCE + 1, -TOLERANCE - 1])
def test_what_is_old_or_of_tomorrow_is_not(age: int) -> None:
    assert not is_genuine(signed(SECRET, age=timedelta(seconds=age)), BODY, SECRET)
