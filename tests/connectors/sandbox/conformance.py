"""The sandbox PSP's own application for the conformance kit, in-process, in its own cloud out of moto."""

import json
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlencode, urlsplit

import pytest
from moto import mock_aws

from connector_kit import CannotShow, Choice, Deed, Setup, Truth
from functions.sandbox_psp.sandbox import api, clients, outbox, reports, service, signing, storage
from functions.sandbox_psp.sandbox.model import Operation, StoredCard
from tests.sandbox_psp.conftest import _forget, _make_resources
from tests.sandbox_psp.support import CREDENTIALS, PSP_URL, invoke
from tillgate.connectors.sandbox.connector import SandboxConnector
from tillgate.connectors.v1 import Action, Case, Connector, Http, Sent

BUCKET = "sandbox-psp-reports"
VARIABLES = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
    "SANDBOX_PSP_TABLE": "sandbox-psp",
    "SANDBOX_PSP_SECRET_ID": "sandbox-psp-secret",
    "LINKS_PARAMETER": "/tillgate/test/links",
    "REPORTS_BUCKET": BUCKET,
}
GOOD = {"gift_card": "gc_1000", "bank_redirect": "bank_aurora", "direct_debit": "bank_aurora"}
SLOW = {"card": "tok_pending", "wallet": "tok_pending", "bank_redirect": "bank_slow", "direct_debit": "bank_slow"}
ASKS = {"card": "tok_sca", "wallet": "tok_visa_3ds", "bank_redirect": "bank_aurora", "direct_debit": "bank_aurora"}
BAD = {"card": "tok_declined", "wallet": "tok_declined", "gift_card": "gc_empty"}


class SandboxSetup(Setup):
    stand_in = "the sandbox PSP"
    written_by = "us, as is the connector"
    secrets = (CREDENTIALS.secret,)
    limits = {
        "store: confirmed by the shopper": "it stores a card without asking its holder",
    }

    def __init__(self) -> None:
        self._patch = pytest.MonkeyPatch()
        self._patch.delenv("AWS_ENDPOINT_URL", raising=False)
        for name, value in VARIABLES.items():
            self._patch.setenv(name, value)
        self._patch.setattr(api, "TOO_LATE_SECONDS", 0.0)
        self._aws = mock_aws()
        self._aws.start()
        _forget()
        _make_resources(self._patch)
        clients.client("s3").create_bucket(Bucket=BUCKET)
        self._events: list[dict[str, Any]] = []
        self._patch.setattr(outbox, "_send", self._record)

    def begin(self) -> None:
        """An empty table: moto copies all of it for every transaction."""
        table, dynamodb = VARIABLES["SANDBOX_PSP_TABLE"], clients.client("dynamodb")
        for item in dynamodb.scan(TableName=table)["Items"]:
            dynamodb.delete_item(TableName=table, Key={"pk": item["pk"], "sk": item["sk"]})
        self._events.clear()

    def close(self) -> None:
        self._aws.stop()
        self._patch.undo()
        _forget()

    def _record(self, message: dict[str, Any], delay: int) -> None:
        if message["kind"] == outbox.NOTIFY:
            self._events.append(message["event"])

    @property
    def http(self) -> Http:
        return _call

    def make(self, http: Http, now: Callable[[], datetime], *, credentials: Literal["ours", "wrong"]) -> Connector:
        secret = CREDENTIALS.secret if credentials == "ours" else "a-secret-of-somebody-else"
        return SandboxConnector({"key_id": CREDENTIALS.key_id, "secret": secret}, http, now)

    # ---- what is paid with

    def amount(self, method: str) -> int:
        return 800 if method == "gift_card" else 4800

    def good(self, method: str) -> dict[str, str]:
        return {"token": GOOD.get(method, "tok_visa")}

    def bad(self, method: str) -> dict[str, str]:
        if method not in BAD:
            raise CannotShow("a bank refuses on its page only")
        return {"token": BAD[method]}

    def asks(self, method: str, times: int = 1) -> dict[str, str]:
        if times > 1:
            raise CannotShow("its pages lead from one to the next by themselves")
        return {"token": ASKS[method]}

    def needs_shopper(self, method: str) -> dict[str, str]:
        return {"token": "tok_sca"}

    def choose(self, action: Action, choice: Choice) -> Sent | None:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = invoke("POST", action.url.removeprefix(PSP_URL), form, urlencode({"action": choice}).encode())
        back = urlsplit(answer.headers.get("location", ""))
        return Sent(query=dict(each.split("=", 1) for each in back.query.split("&") if "=" in each))

    def undecided(self, method: str) -> dict[str, str]:
        if method not in SLOW:
            raise CannotShow("a gift card is decided at once")
        return {"token": SLOW[method]}

    def decide(self, case: Case) -> None:
        payment = service.mature(case.id)
        if payment is not None:
            self._events.append(outbox.event(payment))

    # ---- what the PSP has

    def truth(self, case: Case) -> Truth:
        if case.method == "":
            return _paid_out(case)
        payment = storage.find(case.id)
        if payment is None:
            return Truth()
        reversals = [each for each in payment.operations if each.type == "reversal" and each.status == "succeeded"]
        taken, of = sum(each.amount for each in reversals), payment.amounts
        return Truth(
            authorized=of.authorized + taken,
            captured=of.captured + taken,
            cancelled=of.cancelled,
            refunded=of.refunded,
            reversed=taken if payment.stands else 0,
            executed=sum(_is_executed(each) for each in payment.operations),
        )

    def stored(self, case: Case) -> int:
        items = clients.client("dynamodb").scan(TableName=VARIABLES["SANDBOX_PSP_TABLE"], ConsistentRead=True)["Items"]
        cards = [StoredCard.model_validate_json(item["card"]["S"]) for item in items if "card" in item]
        return sum(card.customer == case.shopper["key"] and not card.deleted for card in cards)

    def heard(self, case: Case) -> list[Sent]:
        return [_signed(event) for event in self._events if _reference(event) == case.id]

    def unasked(self, case: Case, deed: Deed, amount: int) -> None:
        service.do(case.id, "reverse" if deed == "reverse_part" else deed, None if deed == "reverse" else amount)

    def payee(self, to: Literal["vendor", "person"], *, works: bool) -> tuple[str | None, dict[str, str] | None]:
        if to == "vendor":
            return "acct_kit" if works else "acct_refusing", None
        return None, {"token": "tok_visa" if works else "tok_payout_fails"}

    def settle(self) -> bytes:
        report = reports.handler({}, None)["report"]
        content: bytes = clients.client("s3").get_object(Bucket=BUCKET, Key=report)["Body"].read()
        return content


def _call(method: str, url: str, headers: Any, body: bytes) -> tuple[int, bytes]:
    answer = invoke(method, urlsplit(url).path, dict(headers), body)
    return answer.status, answer.text.encode()


def _is_executed(operation: Operation) -> bool:
    return operation.key is not None and operation.status in ("succeeded", "reversed")


def _paid_out(case: Case) -> Truth:
    payout = storage.find_payout(case.id)
    done = [each for each in payout.operations if each.status == "succeeded"] if payout else []
    return Truth(paid_out=sum(each.amount for each in done), executed=len(done))


def _reference(event: dict[str, Any]) -> str:
    return str((event.get("payment") or event["payout"])["reference"])


def _signed(event: dict[str, Any]) -> Sent:
    body = json.dumps(event).encode()
    headers = signing.sign(CREDENTIALS, "POST", signing.NOTIFICATION_PATH, body, time.time())
    return Sent(headers={name.lower(): value for name, value in headers.items()}, body=body)
