"""A warm process: runs handlers when it is told to, and says what CPU they took. JSON lines in and out.

product:  ["prepare", handler]         what the handler is called with next
          ["script", handler]          the DynamoDB calls that one call makes
          ["first", handler]           those of a process that has served nobody
          ["measure", handler, n]      CPU seconds of each call
floor:    ["repeat", script, event]    what to do
          ["measure", n]
"""

import base64
import importlib
import json
import os
import sys
import time
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

from benchmarks.subjects import MERCHANT_ID, SUBJECTS, event_of, folder_of
from benchmarks.token import KEY, TOKEN


class Product:
    """Our handlers, all in one process, and the orders that they are called with."""

    def __init__(self) -> None:
        from tillgate.domain.merchants.account import Endpoint, Merchant
        from tillgate.domain.merchants.token_keys import TokenKey, TokenKeys
        from tillgate.runtime.aws import client
        from tillgate.wiring import system

        self.made: list[tuple[str, Any]] = []
        self.number = 0
        self.handlers: dict[str, Any] = {}
        self.events: list[dict[str, Any]] = []
        self.measured: Any = None
        now = datetime.now(UTC)
        url = os.environ["AWS_ENDPOINT_URL"]
        endpoint = Endpoint(f"{url}/webhooks", ("order.updated",), now)
        merchant = Merchant(
            MERCHANT_ID,
            "Bench",
            methods={"card": "sandbox"},
            endpoints=(endpoint,),
            signing_secret="c2VhbGVk",  # noqa: S106
        )
        system().merchants.create_merchant(merchant)
        system().token_keys.publish_first(TokenKeys((TokenKey(*KEY, signs_from=now),)))
        self.token = TOKEN
        self._events = client("dynamodb").meta.events

    def _note(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        name = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in model.name).lstrip("_")
        self.made.append((name, json.loads(json.dumps(params, default=_without_bytes))))

    def handler(self, operation: str) -> Any:
        if operation not in self.handlers:
            folder = folder_of(operation)
            sys.path.insert(0, str(folder))
            sys.modules.pop("app", None)
            module: ModuleType = importlib.import_module("app")
            sys.path.remove(str(folder))
            self.handlers[operation] = module.handler
        return self.handlers[operation]

    def prepare(self, operation: str) -> dict[str, Any]:
        known: dict[str, Any] = {}
        self.number += 1
        for each in SUBJECTS[operation]:
            answer = self.handler(each)(event_of(each, self.token, self.number, known), None)
            if answer["statusCode"] >= 300:
                raise RuntimeError(f"{each} answered {answer}")
            known |= json.loads(answer["body"])
        if operation == "notify_merchant":
            known["version"] = self.version(known["order_key"])
        return event_of(operation, self.token, self.number, known)

    def version(self, order_key: str) -> int:
        from tillgate.wiring import system

        order = system().orders.load(order_key)
        return order.version if order else 0

    def make_ready(self, operation: str, calls: int) -> None:
        self.events = [self.prepare(operation) for _ in range(calls)]
        self.measured = self.handler(operation)

    def measure(self, calls: int) -> list[float]:
        events, self.events = self.events[:calls], self.events[calls:]
        return _cpu(self.measured, events)

    def script(self, operation: str, *, first: bool = False) -> dict[str, Any]:
        """The DynamoDB calls that one warm call makes, and the event it was called with."""
        from tillgate.wiring import system

        event = self.prepare(operation)
        self.made.clear()
        if first:
            system().merchants.items._kept.clear()
        self._events.register("provide-client-params.dynamodb", self._note, unique_id="noted")
        self.handler(operation)(event, None)
        self._events.unregister("provide-client-params.dynamodb", self._note, unique_id="noted")
        return {"script": self.made, "event": event}

    def first(self, operation: str) -> dict[str, Any]:
        """The same of a first call, which reads the merchant too."""
        return self.script(operation, first=True)


class Floor:
    """The bare handler with the calls of the handler it stands beside."""

    def __init__(self) -> None:
        sys.path.insert(0, "benchmarks/floor")
        self.app: Any = importlib.import_module("app")
        self.event: dict[str, Any] = {}

    def repeat(self, script: list[tuple[str, Any]], event: dict[str, Any]) -> None:
        self.app.calls[:] = self.app.restored(script)
        self.event = event

    def measure(self, calls: int) -> list[float]:
        return _cpu(self.app.handler, [self.event] * calls)


def _without_bytes(value: bytes) -> dict[str, str]:
    """As the floor restores it."""
    return {"base64": base64.b64encode(value).decode()}


def _cpu(handler: Any, events: list[dict[str, Any]]) -> list[float]:
    """CPU seconds of this process, for each call but the first: it finds the caches as the other process left them."""
    taken = []
    for event in events:
        began = time.process_time()
        answer = handler(event, None)
        taken.append(time.process_time() - began)
        if answer.get("statusCode", 200) >= 300 or answer.get("batchItemFailures"):
            raise RuntimeError(f"not what is to be measured: {answer}")
    return taken[1:]


def main(kind: str) -> None:
    """Answers on what was standard output; what handlers print goes nowhere."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    worker: Any = Product() if kind == "product" else Floor()
    for line in sys.stdin:
        command, *arguments = json.loads(line)
        print(json.dumps(getattr(worker, command)(*arguments)), file=answers, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
