"""Starts every function once before the system reports ready: on a small machine, a cold start takes seconds."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from local import aws
from local.place import Place

# Every kind of handler accepts it and does nothing: a call without a token, a batch without records.
NOBODY = {"order_key": "nobody", "payment_id": "nobody", "connector": "nobody"}
NOWHERE = {"apiId": "none", "stage": "none"}
NOTHING = {"httpMethod": "GET", "headers": {}, "pathParameters": NOBODY, "requestContext": NOWHERE, "Records": []}
HAVE_NO_NOTHING = (
    *("Admin", "CloseWindow", "PayVendors", "RunSplitBatch", "SettleSplit", "SweepDue", "UnwindOrder"),
    *("SandboxPsp", "NotifyFromSandboxPsp", "Menu"),
)
AT_ONCE = 3


def warm(place: Place, resources: Mapping[str, str], psp_url: str) -> None:
    """Calls each function with an event that needs no work, a few at a time."""
    functions = [
        resources.get(f"{logical_id}Aliaslive", name)  # what callers call
        for logical_id, name in resources.items()
        if logical_id.endswith("Function") and logical_id.removesuffix("Function") not in HAVE_NO_NOTHING
    ]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for _ in pool.map(lambda name: _call(place, name), functions):
            pass
    with suppress(OSError):  # a 404 is fine, and so is a time-out: the function is warm either way
        urllib.request.urlopen(f"{psp_url}/pay/nobody", timeout=30).close()


def _call(place: Place, name: str) -> None:
    aws.client(place, "lambda").invoke(FunctionName=name, Payload=json.dumps(NOTHING).encode())["Payload"].read()
