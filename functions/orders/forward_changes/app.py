"""Stream of the orders table: starts the executions that an order needs, queues notifications to its merchant (CM-6)
and invoice e-mails (RG-7).

First in, first out: the first change that cannot be forwarded ends the batch, and the stream continues from it. Changes
behind it would otherwise be forwarded again with every retry.

Most orders are paid within minutes, and an execution is the dearest thing there is: a window that is further away gets
its execution from `open_windows`, if it is still open when the delayed message comes (ADR 130).

It decides nothing: everything is in the order's item, so a crash after the write loses nothing. Repetitions do nothing:
executions are named after their window, unwinding or run of a split, and e-mails are numbered.
"""

import json
import os
from datetime import datetime, timedelta
from typing import Any

from tillgate.runtime import executions
from tillgate.runtime.aws import client
from tillgate.runtime.batches import each_change
from tillgate.runtime.tracing import message_attributes, taken_up
from tillgate.runtime.waits import not_before
from tillgate.wiring import system

MARGIN = timedelta(minutes=1)  # of a delayed message, which comes late if much is queued

NEVER = {"N": "0"}  # an order of nothing is announced by its creation, all others later


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return each_change(event, forward)


def forward(record: dict[str, Any]) -> None:
    """In the trace of the call that made the change, if it is traced."""
    new = record["dynamodb"].get("NewImage", {})
    with taken_up(new.get("trace", {}).get("S"), order_key=new.get("pk", {}).get("S", "")):
        _forward(new, record["dynamodb"].get("OldImage", {}))


def _forward(new: dict[str, Any], old: dict[str, Any]) -> None:
    if new.get("sk", {}).get("S", "").startswith("SPLIT#") and new["run"] != old.get("run"):
        _start_split(new)
    if new.get("sk", {}).get("S") != "ORDER":
        return
    _windows(new, old)
    if "unwinding" in new and new["unwinding"] != old.get("unwinding"):
        _start_unwinding(new)
    if new["announced"] != old.get("announced", NEVER):
        _announce(new)
    if new.get("mails") != old.get("mails") and int(new["mails"]["N"]):
        _mail(new)


def _windows(new: dict[str, Any], old: dict[str, Any]) -> None:
    now, opened = _instants(new), _instants(old)
    later = []
    for name in now.keys() - opened.keys():
        if now[name] - system().now() <= _delay() + MARGIN:
            _start(os.environ["WINDOW_STATE_MACHINE_ARN"], name, {"order_key": new["pk"]["S"]}, now[name])
        else:
            later.append(name)
    if later and not _is_asked_soon(new, opened):
        _queue("WINDOWS_QUEUE_URL", {"order_key": new["pk"]["S"]}, _delay())
    if _age(new) >= _delay() - MARGIN:  # before, none had an execution; one whose time has come ends by itself
        for name in (each for each in opened.keys() - now.keys() if opened[each] > system().now()):
            executions.stop(os.environ["WINDOW_STATE_MACHINE_ARN"], name)


def _is_asked_soon(order: dict[str, Any], opened: dict[str, datetime]) -> bool:
    """The message about the order's own window is still to come, and opens all of its windows."""
    created = _created(order)
    waits = any("-payment-" not in name and at - created > _delay() + MARGIN for name, at in opened.items())
    return waits and _age(order) < _delay() - MARGIN


def _instants(item: dict[str, Any]) -> dict[str, datetime]:
    return {name: datetime.fromisoformat(at["S"]) for name, at in item.get("windows", {"M": {}})["M"].items()}


def _created(order: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(order["listed_at"]["S"].partition("#")[0])


def _age(order: dict[str, Any]) -> timedelta:
    return system().now() - _created(order)


def _delay() -> timedelta:
    return timedelta(seconds=int(os.environ["WINDOW_DELAY_SECONDS"]))


def _start_unwinding(item: dict[str, Any]) -> None:
    """An ending waits for an outcome or for vendors. If this is lost, the sweep finds it."""
    due_at = item["due_at"] if "due_at" in item else item["updated_at"]
    name, at = item["unwinding"]["S"], datetime.fromisoformat(due_at["S"])
    _start(os.environ["UNWIND_STATE_MACHINE_ARN"], name, {"order_key": item["pk"]["S"]}, at)


def _start_split(head: dict[str, Any]) -> None:
    """A split needs one execution per run. If one is lost, the sweep starts a new run."""
    split_id = head["sk"]["S"].removeprefix("SPLIT#")
    batches = list(range(int(head["batches"]["N"])))
    start = {"order_key": head["pk"]["S"], "split_id": split_id, "batches": batches}
    executions.start(os.environ["SPLIT_STATE_MACHINE_ARN"], f"{split_id}-{head['run']['N']}", start)


def _start(state_machine: str, name: str, given: dict[str, Any], due_at: datetime) -> None:
    executions.start(state_machine, name, given | {"due_at": not_before(due_at)})


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


def _queue(variable: str, message: dict[str, Any], delay: timedelta = timedelta(0)) -> None:
    delayed = message_attributes() | ({"DelaySeconds": int(delay.total_seconds())} if delay else {})
    client("sqs").send_message(QueueUrl=os.environ[variable], MessageBody=json.dumps(message), **delayed)
