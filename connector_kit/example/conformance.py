"""The setup of the example: the PSP in-process, and its truth."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Literal

from connector_kit import Choice, Deed, Setup, Truth
from connector_kit.example.connector import AcmeConnector, sign
from connector_kit.example.psp import AcmePay, Payment
from tillgate.connectors.v1 import Action, Case, Connector, Http, Sent

EXPONENTS = {"EUR": 2, "HUF": 2, "JPY": 0, "ISK": 0, "UGX": 0, "CLP": 0, "KWD": 3}  # Acme's own table
KEY, SECRET = "acme_key", "acme_webhook_secret"


class AcmeSetup(Setup):
    stand_in = "an in-process PSP"
    written_by = "the connector's author"
    secrets = (KEY, SECRET)
    connector: type[AcmeConnector] = AcmeConnector

    def __init__(self) -> None:
        self.psp = AcmePay(KEY)

    @property
    def http(self) -> Http:
        return self.psp.http

    def make(self, http: Http, now: Callable[[], datetime], *, credentials: Literal["ours", "wrong"]) -> Connector:
        ours = {"api_key": KEY, "webhook_secret": f"an_older_one\n{SECRET}"}
        wrong = {"api_key": "acme_wrong", "webhook_secret": "wrong"}
        return self.connector(ours if credentials == "ours" else wrong, http, now)

    def good(self, method: str) -> dict[str, str]:
        return {"token": "src_visa"}

    def bad(self, method: str) -> dict[str, str]:
        return {"token": "src_declined"}

    def asks(self, method: str, times: int = 1) -> dict[str, str]:
        return {"token": "src_3ds" if times == 1 else "src_3ds_twice"}

    def choose(self, action: Action, choice: Choice) -> Sent | None:
        self.psp.choose(self._by_id(action.url.split("/")[3]), choice)
        return Sent(query={"acme_payment": action.url.split("/")[3]})

    def undecided(self, method: str) -> dict[str, str]:
        return {"token": "src_slow"}

    def decide(self, case: Case) -> None:
        payment = self._of(case)[0]
        payment.first.state = "done"
        self.psp.notify(payment)

    def truth(self, case: Case) -> Truth:
        payments = [each for each in self._of(case) if each.first.state in ("done", "undone")]
        alive = [each for each in payments if each.first.state == "done"]
        sums = {
            "authorized": sum((each.total("AUTHORIZE") for each in alive), Decimal()),
            "captured": sum((each.captured for each in alive), Decimal()),
            "refunded": sum((each.total("REFUND") for each in alive), Decimal()),
            "reversed": sum((each.total("REVERSAL") for each in alive), Decimal()),
        }
        held = sum((each.held for each in alive), Decimal())
        sums["cancelled"] = sums["authorized"] - sums["captured"] - held
        minor = {name: int(amount.scaleb(EXPONENTS[case.currency])) for name, amount in sums.items()}
        done = [op for each in payments for op in each.operations if op.key and op.state in ("done", "undone")]
        return Truth(**minor, executed=len(done))

    def heard(self, case: Case) -> list[Sent]:
        bodies = [body for reference, body in self.psp.sent if reference == case.id]
        return [Sent(headers={"acme-signature": sign(SECRET, body)}, body=body) for body in bodies]

    def unasked(self, case: Case, deed: Deed, amount: int) -> None:
        payment, decimal = self._of(case)[0], Decimal(amount).scaleb(-EXPONENTS[case.currency])
        if deed in ("refund", "reverse_part"):
            self.psp.unasked(payment, "REFUND" if deed == "refund" else "REVERSAL", decimal)
        elif deed == "expire_rest":
            self.psp.unasked(payment, "CANCEL", decimal, "lapsed")
        elif deed in ("reverse", "fail_capture", "fail_refund"):
            kinds = {"reverse": "AUTHORIZE", "fail_capture": "CAPTURE", "fail_refund": "REFUND"}
            self.psp.undo(payment, kinds[deed])
        else:
            super().unasked(case, deed, amount)

    def forget_keys(self) -> None:
        self.psp.keys.clear()

    def lags(self, *, on: bool) -> None:
        self.psp.hidden = set() if on else None

    def _of(self, case: Case) -> list[Payment]:
        return [each for each in self.psp.payments if each.reference == case.id]

    def _by_id(self, own_id: str) -> Payment:
        return next(each for each in self.psp.payments if each.id == own_id)
