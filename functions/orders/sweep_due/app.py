"""Every minute: handles what is due and nothing else has done (TH-9, GO-4): outcomes, authorizations, lost windows.

A few that are overdue are seen to here, one after the other. Where there are more, as while a PSP does not answer, all
go into a queue from which `keep_due` takes many at once (ADR 96).
"""

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from itertools import batched
from typing import Any

from tillgate.runtime.aws import client
from tillgate.runtime.telemetry import logger
from tillgate.store.shared.due_index import Waiting
from tillgate.use_cases.operators.gauge import gauge
from tillgate.use_cases.orders.meet_deadlines import keep, overdue
from tillgate.use_cases.psp.apply_notification import try_parked_again
from tillgate.use_cases.shoppers.saved_instruments import settle_instruments
from tillgate.wiring import system

MOST_A_SHARD = 250  # what is left over comes first a minute later
MOST_PARKED = 25
BY_ITSELF = 5
# Seconds from the sweep's beginning after which none of a kind is begun. One takes 20 at most; the function has 55.
ORDERS, PARKED, INSTRUMENTS = 15.0, 25.0, 30.0


class NotQueued(Exception):
    """The queue has not taken all of it; the next sweep finds the rest."""


def handler(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    logger.clear_state()
    began = system().clock()
    found = overdue(system(), MOST_A_SHARD)
    gauge(system(), found)
    many = len(found) > BY_ITSELF
    if many:
        _queue(found)
    swept = {
        "orders": 0 if many else _keep(found, began + ORDERS),
        "queued": len(found) if many else 0,
        "parked": try_parked_again(system(), MOST_PARKED, began + PARKED),
        "instruments": settle_instruments(system(), MOST_PARKED, began + INSTRUMENTS),
    }
    logger.info("swept", extra=swept)
    return swept


def _keep(found: Sequence[Waiting], until: float) -> int:
    done = 0
    for waiting in found:
        if system().clock() >= until:
            break
        done += keep(system(), waiting)
    return done


def _queue(waiting: Sequence[Waiting]) -> None:
    for some in batched(waiting, 10, strict=False):
        entries = [_entry(str(number), each) for number, each in enumerate(some)]
        answer = client("sqs").send_message_batch(QueueUrl=os.environ["DUE_QUEUE_URL"], Entries=entries)
        if answer.get("Failed"):
            raise NotQueued(answer["Failed"][0]["Code"])


def _entry(number: str, waiting: Waiting) -> dict[str, Any]:
    """What the sweeps of five minutes find overdue since the same instant is queued once: SQS drops the copies."""
    known = hashlib.sha256(f"{waiting.pk} {waiting.sk} {waiting.due_at}".encode()).hexdigest()
    return {
        "Id": number,
        "MessageBody": json.dumps(asdict(waiting)),
        "MessageGroupId": hashlib.sha256(waiting.pk.encode()).hexdigest(),
        "MessageDeduplicationId": known,
    }
