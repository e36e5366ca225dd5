"""Acme Pay where a vendor's part is a transfer out of a payment that was captured at once."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, ClassVar

from connector_kit import Truth
from connector_kit.example import psp
from connector_kit.example.conformance import EXPONENTS
from connector_kit.example.connector import DECIMALS, AcmeConnector
from tests.connector_kit.complete import COMPLETE, CompleteConnector, CompletePay
from tests.connector_kit.setups import CompleteSetup
from tillgate.connectors.v1 import Case, Fact, Kind, Manifest, Op, Outcome

TRANSFERS = replace(
    COMPLETE, load="tests.connector_kit.transferring:TransferConnector", marketplace="transfer_after_capture"
)


@dataclass
class Movement:
    """`amount` of the shopper's money, of which the vendor gets, or gives back, `share`."""

    id: str
    key: str
    part: str
    kind: str
    amount: Decimal
    share: Decimal


class TransferPay(CompletePay):
    def __init__(self, api_key: str) -> None:
        super().__init__(api_key)
        self.movements: list[Movement] = []

    def _route(
        self, method: str, path: list[str], query: dict[str, list[str]], said: dict[str, Any], key: str
    ) -> tuple[int, dict[str, Any]]:
        match (method, *path):
            case "POST", "transfers":
                return self._move(said, key)
            case "GET", "transfers":
                found = [each for each in self.movements if each.part == query["part"][0]]
                return 200, {"data": [{"id": each.id, "key": each.key, "kind": each.kind} for each in found]}
        return super()._route(method, path, query, said, key)

    def _move(self, said: Mapping[str, Any], key: str) -> tuple[int, dict[str, Any]]:
        known = next((each for each in self.movements if each.key == key), None)
        if known is None:
            payment = self.found(said["parent"])[0]
            amount, share, kind = Decimal(said["amount"]), Decimal(said["share"]), said["kind"]
            if kind == "CAPTURE" and self.refuses(payment, amount, said["to"]):
                return 422, {"code": "declined"}
            known = Movement(f"acme_tr_{len(self.movements)}", key, said["part"], kind, amount, share)
            self.movements.append(known)
            payment.customer = f"{payment.customer or ''} {said['part']}"
        return 200, {"id": known.id}

    def refuses(self, payment: psp.Payment, amount: Decimal, to: str) -> bool:
        sent = [each for each in self.movements if each.kind == "CAPTURE" and each.part in (payment.customer or "")]
        return to == "src_declined" or sum(each.amount for each in sent) + amount > payment.captured


class TransferConnector(CompleteConnector):
    manifest: ClassVar[Manifest] = TRANSFERS

    def start(self, case: Case, op: Op) -> list[Fact]:
        return [self.done(case, op, f"{case.id}:part")] if case.parent else super().start(case, op)

    def perform(self, case: Case, op: Op) -> list[Fact]:
        return self.move(case, op, self.share(case, op)) if case.parent else super().perform(case, op)

    def share(self, case: Case, op: Op) -> int:
        if op.kind is Kind.CAPTURE:
            return op.amount - op.fee
        (taken,) = [each for each in case.ops if each.kind is Kind.CAPTURE] or [op]
        before = sum(each.amount for each in case.ops if each.kind is Kind.REFUND and each.id < op.id)
        back = (taken.fee * (before + op.amount) // taken.amount) - (taken.fee * before // taken.amount)
        kept = 0 if not case.refunds_fee else back
        return 0 if op.kind is Kind.CANCEL else op.amount - kept

    def move(self, case: Case, op: Op, share: int) -> list[Fact]:
        assert case.parent
        decimals = -DECIMALS.get(case.currency, 2)
        amount, part = (str(Decimal(each).scaleb(decimals)) for each in (op.amount, share))
        body = {"part": case.id, "parent": case.parent.id, "kind": op.kind.value, "to": case.account}
        status, shown = self._call("POST", "/transfers", {**body, "amount": amount, "share": part}, key=op.id)
        if status == 422:
            return [replace(self.done(case, op, ""), outcome=Outcome.FAILED, reason="REFUSED")]
        return [self.done(case, op, shown["id"])]

    def ask(self, case: Case) -> list[Fact] | None:
        if not case.parent:
            return super().ask(case)
        _, shown = self._call("GET", f"/transfers?part={case.id}")
        ops = {each.id: each for each in case.ops}
        begun = [self.done(case, each, f"{case.id}:part") for each in case.ops if each.kind is Kind.AUTHORIZE]
        return begun + [self.done(case, ops[each["key"]], each["id"]) for each in shown["data"] if each["key"] in ops]

    def done(self, case: Case, op: Op, reference: str) -> Fact:
        return Fact(case=case.id, kind=op.kind, outcome=Outcome.SUCCEEDED, op=op.id, reference=reference)


class TransferSetup(CompleteSetup):
    connector: type[AcmeConnector] = TransferConnector
    pay: type[CompletePay] = TransferPay

    def truth(self, case: Case) -> Truth:
        if not case.parent:
            return super().truth(case)
        assert isinstance(self.psp, TransferPay)
        mine = [each for each in self.psp.movements if each.part == case.id]
        back = [each for each in mine if each.kind != "CAPTURE"]
        transferred = sum(each.share for each in mine if each not in back) - sum(each.share for each in back)
        one = 10 ** EXPONENTS[case.currency]
        refunded = sum(each.amount for each in back)
        return Truth(
            transferred=int(transferred * one),
            refunded=int(refunded * one),
            executed=sum(each.amount > 0 for each in mine),
        )
