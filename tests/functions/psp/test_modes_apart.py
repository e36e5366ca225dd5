"""Each payment is operated through, and spoken of by, the account that it was begun with: test or live (GO-8)."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from tests.functions.acme import ACME, CREDENTIALS, LIVE, put, with_acme
from tests.functions.aws import make_queue, messages
from tests.functions.scripted_psp import ScriptedPsp
from tests.functions.world import PAYMENT_ID, Answer, World, invoke, sample
from tillgate.connectors.v1 import Fact, Look, NotAuthentic, Sent
from tillgate.domain.payments.operations import OperationStatus

TEST_SET = {"mode": "test", "credentials": CREDENTIALS}
LIVE_SET = {"mode": "live", "credentials": LIVE}
PENDING = OperationStatus.PENDING


@dataclass
class SignedPsp(ScriptedPsp):
    """Its notifications are signed with the name of its account."""

    account: str = ""

    def receive(self, sent: Sent) -> list[Fact | Look]:
        if sent.headers.get("sandbox-signature") != self.account:
            raise NotAuthentic("not signed by this account")
        return [*self.read(sent.body)]


@pytest.fixture
def acme(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """`mer_1` takes cards through its test account; its live account is set up and not used yet."""
    with_acme(world, monkeypatch)
    make_queue(monkeypatch, "PSP_NOTIFICATIONS_QUEUE_URL")
    for mode in ("test", "live"):
        world.system.connectors[f"acme {mode}"] = SignedPsp(name="acme", manifest=ACME, account=mode)
    world.has_merchant(methods={"card": "acme"})
    put(world, TEST_SET)
    put(world, LIVE_SET | {"use": False})
    return world


def psp(world: World, mode: str) -> SignedPsp:
    found: SignedPsp = world.system.connectors[f"acme {mode}"]
    return found


def start(world: World, *outcomes: OperationStatus, mode: str) -> None:
    psp(world, mode).says(*outcomes)
    world.created()
    body = {"method": "card", "instrument": {"token": "tok_visa"}}
    assert world.call("start_payment", body).json["mode"] == mode


def notified(world: World, signature: str, merchant_id: str = "mer_1") -> Answer:
    """What the PSP is answered to the news that the payment is authorized."""
    outcome = {"key": f"{PAYMENT_ID}_1", "status": "succeeded"}
    body = {"payment": {"reference": PAYMENT_ID, "operations": [outcome]}}
    event = world.event("receive_psp_notification", body, token=None, headers={"Sandbox-Signature": signature})
    event["resource"] = "/psp/{connector}/notifications/{merchant_id}"
    event["pathParameters"] = {"connector": "acme", "merchant_id": merchant_id}
    answer = invoke("receive_psp_notification", event)
    return Answer(answer["statusCode"], {k.lower(): v for k, v in answer["headers"].items()}, answer["body"])


def applied(queue_url: str) -> list[Any]:
    """Applies what is in the queue, and says which accounts it came from."""
    said = messages(queue_url)
    for message in said:
        event = sample("apply_psp_notification")
        event["Records"][0]["body"] = json.dumps(message)
        assert invoke("apply_psp_notification", event) == {"batchItemFailures": []}
    return [message["mode"] for message in said]


def test_what_was_begun_in_test_is_captured_in_test_after_the_switch(acme: World) -> None:
    start(acme, mode="test")
    put(acme, {"mode": "live"})
    assert acme.call("capture_payment", {}).json["status"] == "CAPTURED"
    assert [what for what, *_ in psp(acme, "test").calls] == ["authorize", "capture"]
    assert psp(acme, "live").calls == []


@pytest.mark.parametrize("mode", ["test", "live"])
def test_each_account_speaks_of_its_own_payments(acme: World, monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    queue = make_queue(monkeypatch, "PSP_NOTIFICATIONS_QUEUE_URL")
    put(acme, {"mode": mode, "use": True})
    start(acme, PENDING, mode=mode)
    assert notified(acme, mode).status == 202
    assert applied(queue) == [mode]
    assert acme.order().status == "AUTHORIZED"


def test_test_credentials_say_nothing_of_a_live_payment(
    acme: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    queue = make_queue(monkeypatch, "PSP_NOTIFICATIONS_QUEUE_URL")
    put(acme, {"mode": "live"})
    start(acme, PENDING, mode="live")
    before = acme.order()
    assert notified(acme, "test").status == 202
    assert applied(queue) == ["test"]
    assert acme.order() == before
    assert '"NotificationOfAnother":[1.0]' in capsys.readouterr().out
    assert notified(acme, "live").status == 202
    assert applied(queue) == ["live"]
    assert acme.order().status == "AUTHORIZED"


def test_who_has_not_set_it_up_verifies_nothing(acme: World) -> None:
    assert notified(acme, "stolen").refusal == (401, "unauthorized")
    assert notified(acme, "test", merchant_id="mer_2").refusal == (401, "unauthorized")
    put(acme, {"mode": "test", "credentials": None})
    assert notified(acme, "test").refusal == (401, "unauthorized")
    assert notified(acme, "live").status == 202
