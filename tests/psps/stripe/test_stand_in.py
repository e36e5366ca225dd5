"""The stand-in itself: on the loopback alone, and what the proxy does not know is left to `localstripe`."""

import json
import subprocess
import sys
import uuid
from pathlib import Path

from tests.psps.stripe.stand_in import OPERATOR, ROOT, Psp

HEADERS = {"Authorization": "Bearer sk_test_x"}
PROGRAM = """
import socket, sys
with socket.socket(socket.AF_INET6) as six, socket.socket() as four:
    six.bind(("::", 0)), four.bind(("0.0.0.0", 0))
    print(six.getsockname()[0], four.getsockname()[0])
open("/tmp/" + sys.argv[1], "w").write("kept")
"""


def test_a_program_that_would_listen_everywhere_and_write_to_tmp_does_neither(tmp_path: Path) -> None:
    name = f"tillgate-{uuid.uuid4()}"
    (tmp_path / "greedy.py").write_text(PROGRAM)
    command = [sys.executable, str(ROOT / "local/stripe/loopback.py"), str(tmp_path), "greedy", name]
    done = subprocess.run(command, env={"PYTHONPATH": str(tmp_path)}, check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["::1", "127.0.0.1"]
    assert (tmp_path / name).read_text() == "kept"
    assert not Path("/tmp", name).exists()  # noqa: S108 - that is the point


def test_what_the_proxy_does_not_know_is_localstripes(psp: Psp) -> None:
    status, body = psp.call("POST", "/v1/customers", b"name=A", HEADERS)
    assert (status, json.loads(body)["object"]) == (200, "customer")
    assert psp.call("GET", "/v1/payment_intents/pi_nobody", headers=HEADERS)[0] == 404
    assert psp.call("GET", "/v1/balance", headers={})[0] == 401


def test_an_account_does_not_see_what_is_anothers(psp: Psp) -> None:
    """So that a merchant's events are signed with that merchant's secret and go to its endpoint alone."""
    body = b"amount=100&currency=eur&payment_method=pm_card_visa&confirm=true"
    made = json.loads(psp.call("POST", "/v1/payment_intents", body, HEADERS)[1])["id"]
    assert psp.call("GET", f"/v1/payment_intents/{made}", headers=HEADERS)[0] == 200
    assert psp.call("GET", f"/v1/payment_intents/{made}", headers=OPERATOR)[0] == 404


def test_a_hold_ends_seven_days_after_its_charge_whenever_it_is_asked_about(psp: Psp) -> None:
    body = b"amount=100&currency=eur&payment_method=pm_card_visa&confirm=true&capture_method=manual"
    made = json.loads(psp.call("POST", "/v1/payment_intents", body, HEADERS)[1])["id"]
    shown = psp.call("GET", f"/v1/payment_intents/{made}?expand[]=latest_charge", headers=HEADERS)[1]
    charge = json.loads(shown)["latest_charge"]
    assert charge["payment_method_details"]["card"]["capture_before"] == charge["created"] + 7 * 24 * 60 * 60
