"""The setup of the complete connector; mutants replace its connector or its PSP."""

import json
from typing import Literal

from connector_kit import Deed, Truth
from connector_kit.example.conformance import EXPONENTS, KEY, AcmeSetup
from connector_kit.example.connector import AcmeConnector
from tests.connector_kit.complete import CompleteConnector, CompletePay
from tillgate.connectors.v1 import Case


class CompleteSetup(AcmeSetup):
    connector: type[AcmeConnector] = CompleteConnector

    pay: type[CompletePay] = CompletePay

    def __init__(self) -> None:
        self.psp: CompletePay = self.pay(KEY)

    def bad(self, method: str) -> dict[str, str]:
        return {"token": "src_poor" if method == "gift_card" else "src_declined"}

    def needs_shopper(self, method: str) -> dict[str, str]:
        return {"token": "src_3ds"}

    def stored(self, case: Case) -> int:
        customer = case.shopper["key"]
        return sum(each.customer == customer and not each.deleted for each in self.psp.cards)

    def payee(self, to: Literal["vendor", "person"], *, works: bool) -> tuple[str | None, dict[str, str] | None]:
        source = "src_visa" if works else "src_declined"
        return (source, None) if to == "vendor" else (None, {"token": source})

    def settle(self) -> bytes:
        return json.dumps(self.psp.report).encode()

    def unasked(self, case: Case, deed: Deed, amount: int) -> None:
        if deed != "dispute":
            return super().unasked(case, deed, amount)
        payment, own_id = self._of(case)[0], f"dp_{case.id}"
        decimal = str(amount / 10 ** EXPONENTS[case.currency])
        dispute = {"id": own_id, "payment": payment.id, "amount": decimal, "status": "NEEDS_RESPONSE", "revision": 1}
        self.psp.disputes[own_id] = dispute
        return self.psp.notify(payment)

    def truth(self, case: Case) -> Truth:
        payments = [each for each in self._of(case) if each.first.kind == "PAYOUT"]
        if not payments:
            return super().truth(case)
        done = [each for each in payments if each.first.state == "done"]
        paid = sum(each.total("PAYOUT") for each in done)
        return Truth(paid_out=int(paid * 10 ** EXPONENTS[case.currency]), executed=len(done))
