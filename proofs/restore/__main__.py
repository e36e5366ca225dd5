"""`python -m proofs.restore`: what docs/deploy.md says under "Restoring", in a local cloud.

Orders are paid; the orders table is restored under another name, its stream switched on, the parameters set and
deployed. Orders of before are finished, new ones are paid, their changes come through the restored stream, and nothing
more is written into the old table. What the old table had not announced when it was copied, the sweep announces.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import boto3

from proofs.summary import note
from proofs.upgrade.calls import Caller

ROOT = Path(__file__).resolve().parent.parent.parent
SYSTEM = ROOT / ".local" / "restore"
SUFFIX = "-r1"
PATIENCE = 480.0  # seconds: what the old stream had still to announce, the sweep finds after five minutes


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m proofs.restore", description=__doc__)
    parser.add_argument("--port", type=int, default=5300)
    port = parser.parse_args().port
    try:
        local("up", port, "--detach")
        return rehearse(port)
    finally:
        local("down", port)


def rehearse(port: int) -> int:
    caller = Caller(SYSTEM / "stack.json")
    before = [caller.begin() for _ in range(3)]
    dynamodb = client(port)
    table = json.loads((SYSTEM / "resources.json").read_text())["OrdersTable"]
    restored = table + SUFFIX
    dynamodb.restore_table_to_point_in_time(
        SourceTableName=table, TargetTableName=restored, UseLatestRestorableTime=True
    )
    dynamodb.get_waiter("table_exists").wait(TableName=restored)
    switched = dynamodb.update_table(
        TableName=restored, StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    )
    label = switched["TableDescription"]["LatestStreamArn"].rpartition("/")[2]
    local("deploy", port, "--parameter", f"RestoredOrders={SUFFIX}", "--parameter", f"RestoredOrdersStream={label}")
    old = items(dynamodb, table)
    for payment in before:
        caller.finish(payment)
    for _ in range(3):
        caller.finish(caller.begin())
    flaws = [] if items(dynamodb, table) == old else ["the old table was written"]
    flaws += [] if announced(dynamodb, restored) else ["a change of the restored table was not announced"]
    note("restore", calls=caller.answers.total(), flaws=len(flaws))
    sys.stdout.write(f"Restored as {restored}: {caller.answers.total()} calls, {flaws or 'all is well'}\n")
    return 1 if flaws else 0


def announced(dynamodb: Any, table: str) -> bool:
    """Whether all that was to be forwarded by the stream has been: nothing waits in the index of what falls due."""
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE:
        waiting = [
            each for each in items(dynamodb, table) if each.get("due_shard", {"S": ""})["S"].startswith("ANNOUNCE")
        ]
        if not waiting:
            return True
        time.sleep(2)
    return False


def items(dynamodb: Any, table: str) -> list[dict[str, Any]]:
    pages = dynamodb.get_paginator("scan").paginate(TableName=table)
    return sorted(
        (each for page in pages for each in page["Items"]), key=lambda each: (each["pk"]["S"], each["sk"]["S"])
    )


def client(port: int) -> Any:
    return boto3.client(
        "dynamodb",
        endpoint_url=f"http://127.0.0.1:{port}",
        region_name="eu-west-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106 - the local cloud takes any
    )


def local(command: str, port: int, *arguments: str) -> None:
    python = str(ROOT / ".local" / "venvs" / "local" / "bin" / "python")
    words = [python, "-m", "local", command, "--dir", str(SYSTEM), "--port", str(port), *arguments]
    subprocess.run(words, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(ROOT)})


if __name__ == "__main__":
    sys.exit(main())
