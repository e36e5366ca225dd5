"""Many attempts at the very same moment: no more reach the PSP than are free (US-3)."""

from __future__ import annotations

import itertools
import time
from datetime import timedelta

import pytest

from tests.flows.client import Merchant, eventually
from tests.flows.inside import Client, is_seen
from tests.flows.operators import Operators
from tests.flows.races import together
from tillgate.domain.payments.attempts import WINDOW, pause

pytestmark = [pytest.mark.flow, pytest.mark.race]

FREE = 4


@pytest.fixture(scope="module")
def limited(operators: Operators, aws: Client, resources: dict[str, str]) -> Merchant:
    merchant = operators.merchant("Limited")
    merchant_id = merchant.account["merchant_id"]
    operators.call("update_merchant", merchant_id=merchant_id, attempt_limits={"address": FREE, "order": 2})
    eventually(lambda: is_seen(aws("dynamodb"), resources["MerchantsTable"], merchant_id))
    return merchant


def test_of_eight_at_once_from_one_address_as_many_pass_as_are_free(limited: Merchant) -> None:
    """Each for an order of its own, so that only the address is common to them.

    On a machine so busy that they take longer than the pause, one more may pass after it: so many seconds, so many.
    """
    for address in ("203.0.113.8", "203.0.113.7"):  # the first ones wait for processes, which then are there
        hour = _hour()
        answers, failed, spent = eight_at_once(limited, address)
    if hour != _hour():  # attempts are counted within an hour, and another has just begun
        answers, failed, spent = eight_at_once(limited, "203.0.113.9")
    passed = answers.count(201)
    assert sorted(answers) == [201] * passed + [429] * (8 - passed)
    assert passed >= FREE
    assert failed <= FREE + pauses_over(spent)


def eight_at_once(limited: Merchant, address: str) -> tuple[list[int], int, timedelta]:
    """The answers, how many attempts the PSP refused, and what it took.

    What the PSP has not decided in time counts against nobody.
    """
    orders = [limited.order() for _ in range(8)]
    body = {
        "method": "card",
        "instrument": {"token": "tok_declined"},
        "shopper_context": {"ip": address, "user_agent": "Mozilla/5.0"},
    }

    def attempt(order: dict[str, str]) -> int:
        answer = limited.call("POST", f"/orders/{order['order_key']}/payments", body)
        assert answer.status == 201 or int(answer.headers["retry-after"]) > 0
        return answer.status

    began = time.monotonic()
    answers = together(*[lambda order=order: attempt(order) for order in orders])
    spent = timedelta(seconds=time.monotonic() - began)
    payments = [payment for order in orders for payment in limited.read(order)["payments"]]
    assert len(payments) == answers.count(201), "what was refused has begun nothing"
    return answers, sum(payment["status"] == "FAILED" for payment in payments), spent


def pauses_over(spent: timedelta) -> int:
    """How many pauses, each longer than the one before it, have passed by then."""
    waits = itertools.accumulate(pause("address", FREE + number, FREE) for number in range(8))
    return sum(wait <= spent for wait in waits)


def _hour() -> int:
    return int(time.time() // WINDOW.total_seconds())


def test_an_order_pauses_and_says_for_how_long(limited: Merchant) -> None:
    order = limited.order()
    path = f"/orders/{order['order_key']}/payments"
    body = {"method": "card", "instrument": {"token": "tok_declined"}}
    assert [limited.call("POST", path, body).status for _ in range(2)] == [201, 201]
    refused = limited.call("POST", path, body)
    refused.refused(429, "too_many_requests")
    assert 0 < int(refused.headers["retry-after"]) <= 10
