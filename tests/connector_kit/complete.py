"""Acme Pay with everything that a manifest can declare: stored cards, payouts, disputes, settlement, balances."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar

from connector_kit.example import psp
from connector_kit.example.connector import DECIMALS, AcmeConnector
from connector_kit.example.manifest import MANIFEST
from tillgate.connectors.v1 import (
    BankCredit,
    Case,
    DisputeNotice,
    Evidence,
    Fact,
    Instrument,
    Kind,
    Malformed,
    Manifest,
    NotAccepted,
    Op,
    Outcome,
    Settlement,
)

COMPLETE = replace(
    MANIFEST,
    load="tests.connector_kit.complete:CompleteConnector",
    methods={
        "card": replace(MANIFEST.methods["card"], stores=True, recurring=True),
        "gift_card": replace(
            MANIFEST.methods["card"],
            inputs=frozenset({"token"}),
            redirect="none",
            cancels="whole",
            balance=True,
            amounts={"EUR": (1, 100_000)},
        ),
    },
    pays=frozenset({"vendor", "person"}),
    disputes=True,
    settles="report",
    marketplace="carve",
)
ASKED = replace(COMPLETE, load="tests.connector_kit.complete:AskedConnector", settles="asked")
OPENED = datetime(2030, 1, 1, tzinfo=UTC)


@dataclass
class Card:
    id: str
    reference: str
    customer: str
    source: str
    deleted: bool = False


class CompletePay(psp.AcmePay):
    def __init__(self, api_key: str) -> None:
        super().__init__(api_key)
        self.cards: list[Card] = []
        self.disputes: dict[str, dict[str, Any]] = {}
        self.answered: set[str] = set()
        self.store_as: dict[str, str] = {}

    def _route(
        self, method: str, path: list[str], query: dict[str, list[str]], said: dict[str, Any], key: str
    ) -> tuple[int, dict[str, Any]]:
        match (method, *path):
            case "DELETE", "cards", reference:
                for card in self.cards:
                    card.deleted |= card.reference == reference
                return 200, {}
            case "GET", "balances":
                return 200, {"balance": "0" if query["source"] == ["src_poor"] else "100.00"}
            case "GET", "settlements":
                return 200, self.report
            case "POST", "disputes", dispute_id:
                return self._answer(dispute_id, said["says"], key)
        return super()._route(method, path, query, said, key)

    def _answer(self, dispute_id: str, says: str, key: str) -> tuple[int, dict[str, Any]]:
        dispute = self.disputes[dispute_id]
        if key not in self.answered:
            if dispute["status"] != "NEEDS_RESPONSE":
                return 422, {"code": "closed"}
            self.answered.add(key)
            status = "UNDER_REVIEW" if says == "evidence" else "ACCEPTED"
            dispute |= {"status": status, "revision": dispute["revision"] + 1}
        return 200, self.view(next(each for each in self.payments if each.id == dispute["payment"]))

    def _pay(self, said: Mapping[str, Any], key: str) -> tuple[int, dict[str, Any]]:
        if parent := said.get("parent"):
            return self._carve(self.found(parent)[0], said, key)
        self.store_as[said["reference"]] = said.get("store_as") or ""
        source, stored = said["source"], [each for each in self.cards if each.id == said["source"]]
        if stored:
            wanted = stored[0].source
            absent = said.get("recurring") and wanted == "src_3ds"
            gone = stored[0].deleted or stored[0].customer != said["customer"]
            source = "src_gone" if gone else "src_absent" if absent else "src_visa" if said.get("recurring") else wanted
        return super()._pay({**said, "source": source}, key)

    def _carve(self, parent: psp.Payment, said: Mapping[str, Any], key: str) -> tuple[int, dict[str, Any]]:
        known = sum(Decimal(each.amount) for each in self.payments if each.customer == f"part of {parent.id}")
        if key not in self.keys and known + Decimal(said["amount"]) > parent.held:
            return 422, {"code": "too_much"}
        return super()._pay({**said, "capture": False, "customer": f"part of {parent.id}"}, key)

    def view(self, payment: psp.Payment) -> dict[str, Any]:
        self._store(payment)
        token = self.store_as.get(payment.reference)
        cards = [each for each in self.cards if each.reference == token and not each.deleted]
        disputes = [each for each in self.disputes.values() if each["payment"] == payment.id]
        return {**super().view(payment), "card": cards[0].id if cards else None, "disputes": disputes}

    def _store(self, payment: psp.Payment) -> None:
        known = any(each.id == f"card_{payment.id}" for each in self.cards)
        token = self.store_as.get(payment.reference)
        if token and payment.customer and payment.first.state == "done" and not known:
            self.cards.append(Card(f"card_{payment.id}", token, payment.customer, payment.source))

    @property
    def report(self) -> dict[str, Any]:
        lines = [
            [each.reference, each.currency, str(each.captured), str(each.total("REFUND"))]
            for each in self.payments
            if each.captured
        ]
        return {"lines": lines, "count": len(lines)}


class CompleteConnector(AcmeConnector):
    manifest: ClassVar[Manifest] = COMPLETE

    def start(self, case: Case, op: Op) -> list[Fact]:
        if case.parent:
            part = {"reference": case.id, "source": case.account, "parent": case.parent.id, "currency": case.currency}
            return self._operate(case, op, "/payments", part)
        body = {
            "kind": op.kind.value,
            "reference": case.id,
            "currency": case.currency,
            "capture": case.capture == "auto" and op.kind is Kind.AUTHORIZE,
            "source": case.account or (case.instrument or {}).get("token"),
            "customer": case.shopper["key"] if case.saves_as or case.recurring or op.kind is Kind.SETUP else None,
            "recurring": case.recurring == "REPEATED",
            "store_as": case.saves_as,
        }
        stored = (case.instrument or {}).get("token", "").startswith("card_")
        customer = {"customer": case.shopper["key"]} if stored else {}
        return self._operate(case, op, "/payments", {**body, **customer})

    def forget(self, case: Case) -> bool:
        return self._call("DELETE", f"/cards/{case.id}")[0] == 200

    def balance(self, case: Case) -> int | None:
        _, shown = self._call("GET", f"/balances?source={(case.instrument or {}).get('token')}")
        return int(Decimal(shown["balance"]).scaleb(DECIMALS.get(case.currency, 2)))

    def send_evidence(self, case: Case, dispute: str, key: str, evidence: Evidence) -> list[Fact] | None:
        return self._answer(dispute, key, {"says": "evidence", "text": evidence.text})

    def accept_dispute(self, case: Case, dispute: str, key: str) -> list[Fact] | None:
        return self._answer(dispute, key, {"says": "accept"})

    def _answer(self, dispute: str, key: str, body: dict[str, object]) -> list[Fact] | None:
        try:
            status, shown = self._call("POST", f"/disputes/{dispute}", body, key)
            if status == 422:
                raise NotAccepted("the dispute is closed")
            return self._facts(shown)
        except NotAccepted:
            raise
        except Exception:
            return None

    def _facts(self, payment: Mapping[str, Any]) -> list[Fact]:
        disputes = [self._dispute(payment, each) for each in payment.get("disputes", ())]
        return super()._facts(payment) + disputes

    def _dispute(self, payment: Mapping[str, Any], shown: Mapping[str, Any]) -> Fact:
        notice = DisputeNotice(
            reference=shown["id"],
            status=shown["status"],
            amount=int(Decimal(shown["amount"]).scaleb(DECIMALS.get(payment["currency"], 2))),
            reason="FRAUDULENT",
            opened_at=OPENED,
            revision=shown["revision"],
        )
        return Fact(case=payment["reference"], kind=Kind.CAPTURE, outcome=Outcome.UNKNOWN, dispute=notice)

    def _fact(self, payment: Mapping[str, Any], operation: Mapping[str, Any]) -> Fact:
        fact = super()._fact(payment, operation)
        if not payment.get("card") or fact.kind not in (Kind.AUTHORIZE, Kind.SETUP):
            return fact
        return replace(
            fact, instrument=Instrument(token=payment["card"], brand="visa", last4="4242", expires="2039-12")
        )

    def read_report(self, report: bytes) -> Iterable[Settlement]:
        try:
            shown = json.loads(report)
            return [self._line(*line) for line in shown["lines"]]
        except (ValueError, KeyError, TypeError) as error:
            raise Malformed("no report of Acme's") from error

    def _line(self, reference: str, currency: str, captured: str, refunded: str) -> Settlement:
        decimals = DECIMALS.get(currency, 2)
        return Settlement(
            case=reference,
            state="SETTLED",
            currency=currency,
            amount=int(Decimal(captured).scaleb(decimals)),
            refunded=int(Decimal(refunded).scaleb(decimals)),
            as_of=OPENED,
        )


class AskedConnector(CompleteConnector):
    """Asks for what was settled, where the other reads a report."""

    manifest: ClassVar[Manifest] = ASKED

    def settled(self, since: datetime) -> Iterable[Settlement | BankCredit]:
        """Line by line, each currency in a payout of its own."""
        sums_of: Counter[str] = Counter()
        for sums in [self._line(*line) for line in self._call("GET", "/settlements")[1]["lines"]]:
            line = replace(sums, refunded=0, reference=sums.case, payout=f"po_{sums.currency}")
            yield replace(line, kind=Kind.CAPTURE)
            yield replace(line, kind=Kind.REFUND, amount=sums.refunded)
            sums_of[sums.currency] += sums.amount - sums.refunded
        for currency, amount in sums_of.items():
            yield BankCredit(payout=f"po_{currency}", currency=currency, amount=amount, arrives_at=OPENED)
