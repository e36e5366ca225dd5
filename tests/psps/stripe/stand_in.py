"""Starts what stands in for Stripe, and speaks to it: as the connector's `Http`, as a shopper, as one of Stripe's."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import urllib3

from tests.connectors.stripe.cases import CREDENTIALS
from tests.connectors.stripe.official import check_answer, check_request
from tillgate.connectors.stripe.manifest import MANIFEST
from tillgate.connectors.v1 import Action, NoAnswer, NotSent

OPERATOR = {"Authorization": f"Bearer {CREDENTIALS['secret_key']}"}
ROOT = Path(__file__).resolve().parents[3]
HTTP = urllib3.PoolManager(retries=False, timeout=10)


@dataclass
class Psp:
    """Stripe's stand-in. As an `Http` it takes what is for api.stripe.com, and can lose requests or answers."""

    url: str
    sent: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    unsent: Callable[[str, str], bool] = lambda *_: False  # of such a request it is known that it never left
    lost: Callable[[str, str], bool] = lambda *_: False
    unanswered: Callable[[str, str], bool] = lambda *_: False

    def __call__(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        parts = urlsplit(url)
        assert parts.netloc in MANIFEST.hosts
        path = parts.path.removeprefix("/v1/")
        self.sent.append((method, path, dict(headers)))
        if "multipart" not in headers.get("Content-Type", ""):
            check_request(method, path, body.decode() or parts.query)
        if self.unsent(method, path):
            raise NotSent
        if self.lost(method, path):
            raise NoAnswer
        status, answer = self.call(method, f"{parts.path}?{parts.query}", body, headers)
        if status < 400:
            check_answer(json.loads(answer))
        if self.unanswered(method, path):
            raise NoAnswer
        return status, answer

    def call(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] = {}) -> tuple[int, bytes]:
        answer = HTTP.request(method, self.url + path, body=body or None, headers=dict(headers), redirect=False)
        return answer.status, answer.data

    def backoffice(self, do: str, thing: str = "all", **form: int) -> Any:
        """What happens at Stripe or a bank without our asking."""
        status, body = self.call("POST", f"/_backoffice/{do}/{thing}", urlencode(form).encode(), OPERATOR)
        assert status == 200, body
        return json.loads(body)

    def read(self, path: str) -> Any:
        """What an operator would see in the dashboard."""
        status, body = self.call("GET", f"/v1/{path}", headers=OPERATOR)
        assert status == 200, body
        return json.loads(body)

    def listen(self, url: str) -> None:
        """Sends the account's events there."""
        form = urlencode({"url": url, "secret": CREDENTIALS["webhook_secret"].split()[-1]}).encode()
        assert self.call("POST", "/_config/webhooks/test", form, OPERATOR)[0] == 200

    def press(self, action: Action | None, button: str) -> None:
        """What the shopper does on the page that an action leads to."""
        assert action
        assert action.kind == "redirect"
        assert self.call("GET", action.url.removeprefix(self.url))[0] == 200
        assert self.call("POST", action.url.removeprefix(self.url), f"do={button}".encode())[0] == 303

    def posts(self, path: str) -> int:
        return sum((method, to) == ("POST", path) for method, to, _ in self.sent)


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Its URL: on a free port of the loopback. It is ended by its process id."""
    subprocess.run([str(ROOT / "local" / "venv"), "stripe"], check=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", "local.stripe", str(port), str(folder)], cwd=ROOT)
    try:
        _wait(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(15)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 90
    while True:
        assert process.poll() is None, "the stand-in does not start"
        assert time.monotonic() < deadline, "the stand-in does not answer"
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
