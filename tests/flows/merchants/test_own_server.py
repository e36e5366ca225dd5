"""A developer's own server beside the local system (ADR 161): notified, returned to, moved in time, and nobody else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
from standardwebhooks.webhooks import Webhook

from local.place import Place
from tests.conftest import ROOT, Stack
from tests.flows.client import Merchant, eventually, send
from tests.flows.operators import Operators

pytestmark = pytest.mark.flow


class Own(BaseHTTPRequestHandler):
    """Keeps whatever comes."""

    came: list[tuple[str, str, dict[str, str], str]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        headers = {name.lower(): value for name, value in self.headers.items()}
        type(self).came.append((self.command, self.path, headers, body))
        self.send_response(204)
        self.end_headers()

    do_GET = do_POST  # noqa: N815

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def own(stack: Stack) -> Iterator[tuple[str, list[tuple[str, str, dict[str, str], str]]]]:
    """The origin that was given as LISTEN, and what came there."""
    url = stack["listen_urls"][-1]
    Own.came = []
    server = ThreadingHTTPServer(("127.0.0.1", urlsplit(url).port or 0), Own)
    Thread(target=server.serve_forever, daemon=True).start()
    yield url, Own.came
    server.shutdown()
    server.server_close()


def test_an_own_server_is_told_and_returned_to(own: Any, stack: Stack, operators: Operators) -> None:
    url, came = own
    merchant = operators.merchant("Own server", update_url=f"{url}/update")
    assert merchant.call("PUT", "/account/notifications", {"endpoints": [{"url": f"{url}/events"}]}).status == 200
    order = merchant.order(notification_url=f"{url}/notify?x=1", return_urls={"success": f"{url}/done"})
    merchant.start(order, "tok_visa")
    wanted = {("GET", f"/update?id={order['order_reference']}"), ("POST", "/events"), ("POST", "/notify?x=1")}
    assert eventually(lambda: wanted <= {each[:2] for each in came})
    for method, _, headers, body in came:
        if method == "POST":
            event = Webhook(merchant.account["signing_secret"]).verify(body, headers)
            assert event["data"]["order_key"] == order["order_key"]
    menu = send("GET", order["menu_url"]).text
    assert f"{url}/done?order_key={order['order_key']}" in menu


def test_every_other_origin_is_as_it_was(own: Any, stack: Stack, merchant: Merchant) -> None:
    url, _ = own
    port = urlsplit(url).port or 0
    for other in (
        *(f"http://localhost:{port}", f"https://127.0.0.1:{port}", f"http://127.0.0.1:{port + 20}", "http://127.0.0.1"),
        *(f"http://127.0.0.1:{port}0", f"http://x@127.0.0.1:{port}", stack["api_url"], stack["desk_url"]),
    ):
        answer = merchant.call("POST", "/orders", merchant.terms(notification_url=f"{other}/notify"))
        answer.refused(422, "invalid_request")


@contextmanager
def run(place: Place, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "local", *arguments, "--dir", str(place.folder), "--port", str(place.port)]
    environment = os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT}/layers/tillgate", "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()  # whatever has failed; one that has ended is not hurt


def test_listening_prints_each_event_and_whether_it_is_genuine(stack: Stack, merchant: Merchant, place: Place) -> None:
    before = merchant.call("GET", "/account").expect(200)["endpoints"]
    with run(place, "listen") as process:
        assert process.stdout is not None
        assert "Listening at" in process.stdout.readline()
        order = merchant.order()
        merchant.start(order, "tok_visa")
        seen = ""
        while "AUTHORIZED" not in seen:
            seen = process.stdout.readline()
        assert " genuine  order.updated" in seen
        assert order["order_reference"] in seen
        forged = json.dumps({"type": "order.updated", "data": {"order_reference": "forged"}})
        assert send("POST", f"{stack['listen_urls'][0]}/", forged, {"webhook-id": "x"}).status == 204
        while "forged" not in seen:
            seen = process.stdout.readline()
        assert "NOT GENUINE" in seen
        process.terminate()  # as Ctrl-C; a shell's background job would not hear SIGINT
        assert process.wait(30) == 0
    after = merchant.call("GET", "/account").expect(200)["endpoints"]
    assert [each["url"] for each in after] == [each["url"] for each in before]


@pytest.mark.parametrize("name", ["order_key", "order_reference"])
def test_time_passes_for_one_order(merchant: Merchant, place: Place, name: str) -> None:
    order, other = merchant.order(), merchant.order()
    merchant.start(order, "tok_visa_3ds")
    for minutes, says in (("31", "card EXPIRED"), ("121", "It is EXPIRED")):
        with run(place, "time", order[name], minutes) as process:
            assert process.stdout is not None
            assert says in process.stdout.read()
        assert process.returncode == 0
    assert merchant.read(other)["status"] == "UNPAID"
