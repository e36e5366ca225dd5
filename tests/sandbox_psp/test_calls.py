"""Signatures, bodies, keys and the shape of errors; what stands in the log."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from functions.sandbox_psp.sandbox import service
from functions.sandbox_psp.sandbox.calls import logger
from functions.sandbox_psp.sandbox.clients import Credentials
from functions.sandbox_psp.sandbox.signing import sign, signature
from tests.sandbox_psp.support import CREDENTIALS, call, invoke, new_payment, start

FOLDER = Path(__file__).parents[2] / "functions" / "sandbox_psp"
PATH = "/payments/pay_1"

pytestmark = pytest.mark.usefixtures("clock_stands_still")


def test_signature_is_the_documented_one() -> None:
    expected = "b663966cd70a68ccac5d5abbe52f456bbc02ae4ba98eebab13d83f02a8eaea8b"
    assert signature("secret", "1700000000", "post", "/payments", b'{"a":1}') == expected


def test_unsigned_call_is_refused() -> None:
    answer = invoke("GET", PATH, {}, b"")
    assert (answer.status, answer.error) == (401, "unauthorized")


@pytest.mark.parametrize("off_by", [-301, 301])
def test_old_and_early_signatures_are_refused(off_by: int) -> None:
    headers = sign(CREDENTIALS, "GET", PATH, b"", time.time() + off_by)
    assert invoke("GET", PATH, headers, b"").status == 401


@pytest.mark.parametrize("off_by", [-300, 300])
def test_clocks_may_differ_a_little(off_by: int) -> None:
    headers = sign(CREDENTIALS, "GET", PATH, b"", time.time() + off_by)
    assert invoke("GET", PATH, headers, b"").status == 404


@pytest.mark.parametrize(
    ("who", "method", "path", "body"),
    [
        (Credentials("sandbox", "wrong"), "GET", PATH, b""),
        (Credentials("other", CREDENTIALS.secret), "GET", PATH, b""),
        (CREDENTIALS, "POST", PATH, b""),
        (CREDENTIALS, "GET", "/payments/pay_2", b""),
        (CREDENTIALS, "GET", PATH, b"{}"),
    ],
)
def test_signature_of_something_else_is_refused(who: Credentials, method: str, path: str, body: bytes) -> None:
    start()
    assert invoke("GET", PATH, sign(who, method, path, body, time.time()), b"").status == 401


@pytest.mark.parametrize("timestamp", ["", "soon", "-5", "1e9", "9" * 400])
def test_senseless_timestamp_is_refused(timestamp: str) -> None:
    headers = sign(CREDENTIALS, "GET", PATH, b"", time.time()) | {"Sandbox-Timestamp": timestamp}
    assert invoke("GET", PATH, headers, b"").status == 401


@pytest.mark.parametrize(
    "fields",
    [
        {"amount": 0},
        {"amount": -1},
        {"amount": 49.99},
        {"amount": "4999"},
        {"amount": True},
        {"amount": 1_000_000_000_001},
        {"currency": "eur"},
        {"capture": "yes"},
        {"method": "barter"},
        {"reference": "with/slash"},
        {"reference": ""},
        {"return_url": "javascript:alert(1)"},
        {"notification_url": "ftp://example.com/"},
        {"surprise": 1},
    ],
)
def test_bad_body_is_422(fields: dict[str, object]) -> None:
    answer = call("POST", "/payments", new_payment() | fields, key="op_1")
    assert (answer.status, answer.error) == (422, "invalid_request")
    assert answer.json["error"]["message"].startswith(next(iter(fields)))


@pytest.mark.parametrize("body", [b"", b"[]", b"nonsense", b"\xc3\xa4"])
def test_what_is_no_object_is_422(body: bytes) -> None:
    headers = sign(CREDENTIALS, "POST", "/payments", body, time.time()) | {"Idempotency-Key": "op_1"}
    assert invoke("POST", "/payments", headers, body).status == 422


def test_key_is_required() -> None:
    assert call("POST", "/payments", new_payment()).error == "idempotency_key_required"
    assert call("POST", "/payments/pay_1/captures", {"amount": 1}).error == "idempotency_key_required"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("GET", "/payments", 405), ("POST", "/payments/", 404), ("GET", PATH, 404)],
)
def test_errors_have_one_shape(method: str, path: str, status: int) -> None:
    answer = call(method, path)
    assert answer.status == status
    assert set(answer.json["error"]) == {"code", "message"}


def test_own_fault_is_a_plain_500(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(reference: str) -> None:
        raise RuntimeError("not for the caller")

    monkeypatch.setattr(service, "get", fail)
    answer = call("GET", PATH)
    assert (answer.status, answer.error) == (500, "internal_error")
    assert "not for the caller" not in answer.text


def test_log_has_one_line_a_call_and_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(logger.registered_handler, "stream", stream)
    start()
    lines = stream.getvalue().strip().splitlines()
    assert len(lines) == 1
    line = json.loads(lines[0])
    assert (line["call"], line["status"], line["service"]) == ("create_payment", 200, "sandbox_psp")
    assert line["reference"] == "pay_1"
    assert CREDENTIALS.secret not in lines[0]
    assert "tok_visa" not in lines[0]


@pytest.mark.parametrize("module", ["app", "notifier"])
def test_handlers_import_from_their_own_folder(module: str) -> None:
    """As in Lambda: the folder alone is on the path, and nothing of Tillgate comes in."""
    code = f"import sys, {module}; assert callable({module}.handler); assert 'tillgate' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], cwd=FOLDER, check=True)
