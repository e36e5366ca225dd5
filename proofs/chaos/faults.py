"""The proxy between our functions and the local cloud, and the faults that it injects into their calls."""

import json
import subprocess
import time
import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAM = ROOT / ".local" / "venvs" / "chaos" / "bin" / "microburst"
SERVICES = ("DYNAMODB", "SQS", "SFN")

# Every service that a function writes to is throttled, fails, is slow, and loses answers after the write. The first
# rule that matches strikes. Clients repeat a call four times, so some calls are lost for good.
RULES: list[dict[str, Any]] = [
    {"service": "dynamodb", "operation": "TransactWriteItems", "probability": 0.25, "response": {"abort_bytes": 0}},
    {"service": "dynamodb", "operation": "PutItem", "probability": 0.2, "response": {"abort_bytes": 0}},
    {"service": "dynamodb", "operation": "GetItem", "probability": 0.02, "reset": True},
    {"service": "dynamodb", "operation": "TransactWriteItems", "probability": 0.01, "timeout_ms": 6000},
    {"service": "dynamodb", "probability": 0.03, "error": {"code": "ProvisionedThroughputExceededException"}},
    {"service": "dynamodb", "probability": 0.02, "error": {"code": "InternalServerError", "status": 500}},
    {"service": "dynamodb", "probability": 0.02, "latency": 700},
    {"service": "sqs", "probability": 0.05, "response": {"abort_bytes": 0}},
    {"service": "sqs", "probability": 0.05, "error": {"code": "ServiceUnavailable", "status": 503}},
    {"service": "stepfunctions", "probability": 0.1, "response": {"abort_bytes": 0}},
    {"service": "stepfunctions", "probability": 0.1, "error": {"code": "ThrottlingException", "status": 400}},
]


def _words(rule: dict[str, Any]) -> str:
    what = {name: rule[name] for name in ("response", "reset", "timeout_ms", "error", "latency") if name in rule}
    said = {
        "response": "answer lost",
        "reset": "connection reset",
        "timeout_ms": "no answer for seconds",
        "latency": "late",
    }
    kind = said.get(next(iter(what)), str(rule.get("error", {}).get("code")))
    return f"{rule['service']} {rule.get('operation', 'whatever')}: {kind}"


class Proxy:
    """A proxy (microburst) that forwards every call until `fail` is called."""

    def __init__(self, port: int, upstream: str, log: Path) -> None:
        self.url = f"http://127.0.0.1:{port}"
        log.parent.mkdir(parents=True, exist_ok=True)
        command = [str(PROGRAM), "--upstream", upstream, "--host", "127.0.0.1", "--port", str(port)]
        with log.open("wb") as output:
            self._process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)

    def wait(self) -> None:
        for _ in range(100):
            try:
                self._call("GET", "rules")
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise RuntimeError("the proxy does not answer")

    def fail(self, rules: list[dict[str, Any]]) -> None:
        self._call("POST", "rules", rules)

    def fired(self) -> Counter[str]:
        """How often each rule has fired."""
        rules: list[dict[str, Any]] = self._call("GET", "rules")
        return Counter({_words(rule): int(rule["fired_count"]) for rule in rules})

    def end(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=10)

    def _call(self, method: str, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_microburst/{path}", data=data, method=method)
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.load(response)
