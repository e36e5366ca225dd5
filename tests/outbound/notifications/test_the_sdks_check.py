"""What merchants tell our messages from others' with, the SDK's check (Standard Webhooks), knows what we sign."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.outbound.notifications.conftest import SECRET
from tillgate.outbound.notifications import signing
from tillgate_sdk import InvalidSignature, verify
from tillgate_sdk.notifications import TOLERANCE

pytestmark = pytest.mark.usefixtures("clock_stands_still")

OTHER = "whsec_OTg3NjU0MzIxMDk4NzY1NDMyMTA5ODc2NTQzMjEwOTg="
BODY = b'{"data": {"status": "PAID"}}'


def signed(*secrets: str, age: timedelta = timedelta(0)) -> dict[str, str]:
    return signing.headers(list(secrets), "msg_1", BODY, datetime.fromtimestamp(time.time(), UTC) - age)


@pytest.mark.parametrize("secrets", [[SECRET], [OTHER, SECRET]], ids=["one secret", "while secrets change"])
def test_what_tillgate_signed_is_genuine(secrets: list[str]) -> None:
    assert verify(SECRET, signed(*secrets), BODY)["data"]["status"] == "PAID"


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
@pytest.mark.parametrize("value", ["soon", None])
def test_no_header_can_be_changed_or_left_out(name: str, value: str | None) -> None:
    sent = {each: text for each, text in (signed(SECRET) | {name: value}).items() if text is not None}
    with pytest.raises(InvalidSignature):
        verify(SECRET, sent, BODY)


def test_another_secret_or_body_is_not_genuine() -> None:
    for sent, body in ((signed(OTHER), BODY), (signed(SECRET), BODY.replace(b"PAID", b"paid"))):
        with pytest.raises(InvalidSignature):
            verify(SECRET, sent, body)


@pytest.mark.parametrize("age", [TOLERANCE + 1, -TOLERANCE - 1])
def test_what_is_old_or_of_tomorrow_is_not(age: int) -> None:
    with pytest.raises(InvalidSignature):
        verify(SECRET, signed(SECRET, age=timedelta(seconds=age)), BODY)
