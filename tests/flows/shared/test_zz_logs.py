"""What all the flows before have left in the functions' logs: structured lines, no errors, no secrets (GO-10).

The name keeps this module behind the others; alone it looks at one flow of its own.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.flows.client import JSON, Merchant, authorized_order
from tests.flows.inside import Client, read_secret
from tests.flows.minting import mint

pytestmark = pytest.mark.flow

ALARM = "an operator is needed"
NOT_ITS_OWN = "a PSP has spoken of what is not its own"  # of another merchant, in the flows of Stripe


@pytest.fixture(scope="module")
def lines(aws: Client, resources: dict[str, str], merchant: Merchant) -> list[str]:
    """Everything that functions have logged."""
    order, payment = authorized_order(merchant, customer={"name": "Ottilie Sonnenschein"}, metadata={"note": "m-e-t-a"})
    merchant.done(payment, "capture")
    merchant.read(order)
    return everything_logged(aws("logs"), resources["FunctionLogs"])


def everything_logged(logs: Any, group: str) -> list[str]:
    """The local cloud gives at most so many lines and no token: the next page begins where the last one ended."""
    found: dict[tuple[int, str, str], str] = {}
    start, before = 0, -1
    while len(found) > before:
        before = len(found)
        for event in logs.filter_log_events(logGroupName=group, startTime=start, limit=10_000)["events"]:
            start = event["timestamp"]
            found[start, event["logStreamName"], event["message"]] = event["message"]
    return list(found.values())


@pytest.fixture(scope="module")
def entries(lines: list[str]) -> list[JSON]:
    """The structured ones; Lambda's own START, END and REPORT are left out."""
    return [json.loads(line) for line in lines if line.lstrip().startswith("{")]


def test_every_line_is_structured(lines: list[str]) -> None:
    loose = [line for line in lines if not line.startswith(("{", "START ", "END ", "REPORT ", "INIT_START"))]
    assert [line for line in loose if line.strip()][:5] == []


def test_no_flow_has_made_an_error(lines: list[str], entries: list[JSON]) -> None:
    """But for the alarms that flows have rung on purpose: those say for which order, or whose account spoke."""
    errors = [
        entry
        for entry in entries
        if (entry.get("level") in ("ERROR", "CRITICAL") or "exception" in entry)
        and entry.get("message") not in (ALARM, NOT_ITS_OWN)
    ]
    assert all(entry["order_key"] and entry["why"] for entry in entries if entry.get("message") == ALARM)
    assert all(entry["connector"] == "stripe" for entry in entries if entry.get("message") == NOT_ITS_OWN)
    assert [json.dumps(entry)[:2000] for entry in errors][:5] == []
    assert [line for line in lines if "Traceback" in line or "Task timed out" in line][:5] == []


def test_no_secret_and_no_personal_data_is_in_a_log(
    lines: list[str], merchant: Merchant, other_merchant: Merchant, aws: Client, resources: dict[str, str]
) -> None:
    secrets = {
        merchant.token,
        merchant.token.split(".")[2],
        *(str(who.account[name]) for who in (merchant, other_merchant) for name in ("client_secret", "signing_secret")),
        read_secret(aws, resources["SandboxPspSecret"])["secret"],
        mint(aws, resources).sealed,
        "Ottilie",
        "m-e-t-a",
        "tok_visa",
        "gc_1000",
        "Sandbox-Signature",
        "Bearer ey",
    }
    assert all(len(secret) > 5 for secret in secrets)
    text = "\n".join(lines)
    assert [secret for secret in secrets if secret in text] == []
    assert re.findall(r"mk_[0-9a-z]{20,}", text) == [], "a key of a menu"


def test_a_payment_is_followed_through_the_logs(entries: list[JSON], merchant: Merchant) -> None:
    """Its order key, and where one is named its payment id, stand in every function's line about it."""
    assert len([entry for entry in entries if entry.get("message") == "answered"]) >= 3
    for entry in entries:
        assert entry.get("_aws") or entry.get("timestamp"), entry
    routes = {entry.get("route") for entry in entries if "order_key" in entry}
    assert "/orders/{order_key}/payments/{payment_id}/capture" in routes
    captures = [entry for entry in entries if entry.get("route") == "/orders/{order_key}/payments/{payment_id}/capture"]
    assert all("order_key" in entry and "payment_id" in entry and "request_id" in entry for entry in captures)
