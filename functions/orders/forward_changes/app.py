"""Stream of the orders table: starts the executions that an order needs, queues notifications to its merchant (CM-6)
and invoice e-mails (RG-7).

First in, first out: the first change that cannot be forwarded ends the batch, and the stream continues from it. Changes
behind it would otherwise be forwarded again with every retry.

It decides nothing: everything is in the order's item, so a crash after the write loses nothing. Repetitions do nothing:
executions are named after their window, unwinding or run of a split, and e-mails are numbered.
"""

import json
import os
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from tillgate.runtime.aws import client
from tillgate.runtime.batches import each_change
from tillgate.runtime.waits import not_before


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return each_change(event, forward)


def forward(record: dict[str, Any]) -> None:
    new = record["dynamodb"].get("NewImage", {})
    old = record["dynamodb"].get("OldImage", {})
    if new.get("sk", {}).get("S", "").startswith("SPLIT#") and new["run"] != old.get("run"):
        _start_split(new)
    if new.get("sk", {}).get("S") != "ORDER":
        return
    for name, due_at in new["windows"]["M"].items():
        if name not in old.get("windows", {"M": {}})["M"]:
            _start_window(new["pk"]["S"], name, due_at["S"])
    if "unwinding" in new and new["unwinding"] != old.get("unwinding"):
        _start_unwinding(new)
    if old and new["announced"] != old["announced"]:
        _announce(new)
    if new.get("mails") != old.get("mails") and int(new["mails"]["N"]):
        _mail(new)


def _start_window(order_key: str, name: str, due_at: str) -> None:
    _start(os.environ["WINDOW_STATE_MACHINE_ARN"], name, {"order_key": order_key, "due_at": _wait(due_at)})


def _start_unwinding(item: dict[str, Any]) -> None:
    """An ending waits for an outcome or for vendors. If this is lost, the sweep finds it."""
    due_at = item["due_at"] if "due_at" in item else item["updated_at"]
    start = {"order_key": item["pk"]["S"], "due_at": _wait(due_at["S"])}
    _start(os.environ["UNWIND_STATE_MACHINE_ARN"], item["unwinding"]["S"], start)


def _start_split(head: dict[str, Any]) -> None:
    """A split needs one execution per run. If one is lost, the sweep starts a new run."""
    split_id = head["sk"]["S"].removeprefix("SPLIT#")
    batches = list(range(int(head["batches"]["N"])))
    start = {"order_key": head["pk"]["S"], "split_id": split_id, "batches": batches}
    _start(os.environ["SPLIT_STATE_MACHINE_ARN"], f"{split_id}-{head['run']['N']}", start)


def _wait(instant: str) -> str:
    return not_before(datetime.fromisoformat(instant))


def _start(state_machine: str, name: str, start: dict[str, Any]) -> None:
    try:
        client("stepfunctions").start_execution(stateMachineArn=state_machine, name=name, input=json.dumps(start))
    except ClientError as error:
        if error.response["Error"]["Code"] != "ExecutionAlreadyExists":
            raise


def _announce(item: dict[str, Any]) -> None:
    message = {
        "order_key": item["pk"]["S"],
        "merchant_id": item["merchant_id"]["S"],
        "order_reference": item["order_reference"]["S"],
        "version": int(item["version"]["N"]),
    }
    _queue("MERCHANT_NOTIFICATIONS_QUEUE_URL", message)


def _mail(item: dict[str, Any]) -> None:
    """Queues an invoice e-mail (RG-7) with its number, so that a repeated message sends no second one."""
    _queue("INVOICE_MAILS_QUEUE_URL", {"order_key": item["pk"]["S"], "number": int(item["mails"]["N"])})


def _queue(variable: str, message: dict[str, Any]) -> None:
    client("sqs").send_message(QueueUrl=os.environ[variable], MessageBody=json.dumps(message))
