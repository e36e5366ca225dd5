"""The conformance kit's setup: `pytest --connector tillgate.connectors.stripe`.

What Stripe counts, and what has happened there, is read from the stand-in, with a table of minor units of its own.
"""

from __future__ import annotations

import json
import tempfile
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import datetime
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal

from connector_kit import CannotShow, Choice, Deed, Setup, Truth
from tests.connectors.stripe.cases import CREDENTIALS
from tests.psps.stripe.stand_in import OPERATOR, Psp, running
from tillgate.connectors.stripe.connector import StripeConnector
from tillgate.connectors.v1 import Action, Case, Connector, Http, Sent

HUNDREDFOLD = ("ISK", "UGX")  # Stripe counts them in hundredths that do not exist
PROMPT = {"iban": "NL39RABO0300065264", "holder": "A. Shopper"}  # here its bank decides at once
SLOW = {"iban": "AT321904300235473204", "holder": "A. Shopper"}
BUTTONS: Mapping[Choice, str] = {"approve": "approve", "decline": "decline", "cancel": "cancel"}


class StripeSetup(Setup):
    stand_in = "localstripe 1.15 behind local/stripe"
    written_by = "others; the proxy before it by the connector's author"
    secrets = (CREDENTIALS["secret_key"], *CREDENTIALS["webhook_secret"].split())

    def __init__(self) -> None:
        self._open = ExitStack()
        self._inbox: list[Sent] = []

    @cached_property
    def _psp(self) -> Psp:
        folder = Path(self._open.enter_context(tempfile.TemporaryDirectory()))
        psp = Psp(self._open.enter_context(running(folder)))
        server = ThreadingHTTPServer(("127.0.0.1", 0), _receiver(self._inbox))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self._open.callback(server.shutdown)
        psp.listen(f"http://127.0.0.1:{server.server_port}/")
        return psp

    @property
    def http(self) -> Http:
        return self._psp

    def make(self, http: Http, now: Callable[[], datetime], *, credentials: Literal["ours", "wrong"]) -> Connector:
        wrong = {name: f"wrong_{value}" for name, value in CREDENTIALS.items()}
        return StripeConnector(CREDENTIALS if credentials == "ours" else wrong, http, now)

    def good(self, method: str) -> dict[str, str]:
        return PROMPT if method == "direct_debit" else {"token": "pm_card_visa"}

    def bad(self, method: str) -> dict[str, str]:
        if method == "direct_debit":
            raise CannotShow("a bank refuses a debit later")
        return {"token": "pm_card_visa_chargeDeclined"}

    def asks(self, method: str, times: int = 1) -> Mapping[str, str] | None:
        if method == "direct_debit" or times > 1:
            return super().asks(method, times)
        return {"token": "pm_card_threeDSecure2Required"}

    def choose(self, action: Action, choice: Choice) -> Sent | None:
        self._psp.press(action, BUTTONS[choice])
        return Sent(query={"payment_intent": "pi_1", "redirect_status": "succeeded"})

    def undecided(self, method: str) -> dict[str, str]:
        if method != "direct_debit":
            raise CannotShow("a card is decided at once")
        return SLOW

    def decide(self, case: Case) -> None:
        self._psp.backoffice("settle", self._intent(case)["id"])

    def needs_shopper(self, method: str) -> dict[str, str]:
        if method == "direct_debit":
            raise CannotShow("a mandate is given once")
        return {"token": "pm_card_authenticationRequired"}

    def heard(self, case: Case) -> list[Sent]:
        assert self._psp.call("GET", "/_config/delivered")[0] == 200
        names = [case.id.encode(), *(each["id"].encode() for each in self._intents(case))]
        return [sent for sent in self._inbox if any(b'"%s"' % name in sent.body for name in names)]

    def unasked(self, case: Case, deed: Deed, amount: int) -> None:
        intent = self._intent(case)
        acts = {"refund": "refund", "expire_rest": "expire", "dispute": "dispute"}
        if deed == "fail_refund":
            (refund,) = self._psp.read(f"refunds?payment_intent={intent['id']}&limit=100")["data"]
            self._psp.backoffice("fail_refund", refund["id"])
        elif deed in acts:
            self._psp.backoffice(acts[deed], intent["id"], amount=_theirs(amount, case.currency))
        else:
            raise CannotShow("Stripe takes captured money back by a dispute alone, and a capture does not fail later")

    def forget_keys(self) -> None:
        self._psp.backoffice("a_day_passes")

    def stored(self, case: Case) -> int:
        every = self._psp.read("customers?limit=100000")["data"]
        mine = [each["id"] for each in every if each["metadata"].get("tillgate_shopper") == case.shopper["key"]]
        accounts = list(self._psp.backoffice("wallet")["attached"].values())
        return sum(len(self._cards(each)) + accounts.count(each) for each in mine)

    def _cards(self, customer: str) -> list[Any]:
        return list(self._psp.read(f"payment_methods?customer={customer}&type=card&limit=100")["data"])

    def payee(self, to: Literal["vendor", "person"], *, works: bool) -> tuple[str | None, dict[str, str] | None]:
        if to == "person":
            return super().payee(to, works=works)  # type: ignore[return-value]
        return ("acct_kit" if works else "acct_refusing"), None

    def settle(self) -> bytes:
        self._psp.backoffice("payout")
        return b""

    def truth(self, case: Case) -> Truth:
        if case.parent:
            return self._of_part(case)
        payouts = [each for each in self._listed("payouts", case.account) if _of(each, case)]
        sums = {"authorized": 0, "captured": 0, "cancelled": 0, "refunded": 0, "executed": 0}
        for intent in self._intents(case):
            for name, amount in self._of_intent(intent).items():
                sums[name] += amount
        executed = sums.pop("executed") + len(payouts)
        ours = {name: _ours(amount, case.currency) for name, amount in sums.items()}
        paid = sum(each["amount"] for each in payouts if each["status"] == "paid")
        return Truth(**ours, paid_out=_ours(paid, case.currency), executed=executed)

    def _of_part(self, case: Case) -> Truth:
        transfers = [each for each in self._listed("transfers") if _of(each, case)]
        refunds = [each for each in self._listed("refunds") if _of(each, case)]
        return Truth(
            transferred=sum(each["amount"] - each["amount_reversed"] for each in transfers),
            refunded=sum(each["amount"] for each in refunds if each["status"] == "succeeded"),
            executed=len(transfers) + len(refunds),
        )

    def _of_intent(self, intent: Mapping[str, Any]) -> dict[str, int]:
        charge, status = intent["latest_charge"], intent["status"]
        if not charge or not charge["paid"] or status == "requires_payment_method":
            return {}
        made = self._psp.read(f"refunds?payment_intent={intent['id']}&limit=100")["data"]
        refunds = [each for each in made if each["status"] == "succeeded"]
        released = intent["amount"] - intent["amount_received"] if status in ("succeeded", "canceled") else 0
        ours = [each for each in made if each["metadata"].get("tillgate_op")]
        asked = [intent["metadata"].get("tillgate_capture"), intent["cancellation_reason"] == "requested_by_customer"]
        return {
            "authorized": intent["amount"],
            "captured": intent["amount_received"],
            "cancelled": released,
            "refunded": sum(each["amount"] for each in refunds),
            "executed": 1 + sum(map(bool, asked)) + len(ours),
        }

    def _intents(self, case: Case) -> list[Any]:
        return [each for each in self._listed("payment_intents") if _of(each, case)]

    def _intent(self, case: Case) -> Any:
        (intent,) = self._intents(case)
        return intent

    def _listed(self, path: str, account: str | None = None) -> list[Any]:
        expand = "&expand[0]=data.latest_charge" if path == "payment_intents" else ""
        headers = OPERATOR | ({"Stripe-Account": account} if account else {})
        status, body = self._psp.call("GET", f"/v1/{path}?limit=100000{expand}", headers=headers)
        assert status == 200
        return list(json.loads(body)["data"])

    def begin(self) -> None:
        assert self._psp.call("DELETE", "/_config/data")[0] == 200
        self._inbox.clear()

    def close(self) -> None:
        self._open.close()


def _of(thing: Mapping[str, Any], case: Case) -> bool:
    return bool(thing["metadata"].get("tillgate_case") == case.id)


def _theirs(amount: int, currency: str) -> int:
    return amount * 100 if currency in HUNDREDFOLD else amount


def _ours(amount: int, currency: str) -> int:
    return amount // 100 if currency in HUNDREDFOLD else amount


def _receiver(inbox: list[Sent]) -> type[BaseHTTPRequestHandler]:
    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            inbox.append(Sent(headers=headers, body=self.rfile.read(int(headers["content-length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Logs nothing."""

    return Receiver
