"""Refunds by the PaymentIntent, never beyond what was captured: `localstripe` keeps them. Disputes, which it lacks."""

from __future__ import annotations

import time

from .forms import JSON
from .intents import Intent, Intents, Tell
from .theirs import refuse

DAYS = 24 * 60 * 60


class Refunds:
    def __init__(self, intents: Intents, tell: Tell) -> None:
        self._intents = intents
        self._tell = tell

    def create(self, body: JSON) -> JSON:
        intent = self._intents.find(str(body.get("payment_intent")))
        charge = self._intents.charge(intent) if intent.charge else {"amount_captured": 0, "amount_refunded": 0}
        left = charge["amount_captured"] - charge["amount_refunded"]
        amount = int(body.get("amount") or left)
        if not 0 < amount <= left:
            raise refuse(f"Refund amount is greater than unrefunded amount on charge ({left}).", "charge_over_refunded")
        known = {"charge": intent.charge, "amount": amount, "metadata": body.get("metadata")}
        intent.refunds.append(self._intents.theirs.post("refunds", known))
        made = self._shown(intent.refunds[-1], intent)
        self._tell("refund.created", made)
        self._tell("charge.refunded", self._intents.charge(intent))
        return made

    def fail(self, refund_id: str) -> JSON:
        """The bank gives a refund back after all."""
        self._intents.failed_refunds.add(refund_id)
        every = ((each, intent) for intent in self._intents.all.values() for each in intent.refunds)
        found, intent = next(pair for pair in every if pair[0]["id"] == refund_id)
        self._tell("refund.failed", self._shown(found, intent))
        return self._shown(found, intent)

    def every(self, intent_id: str | None) -> list[JSON]:
        """Oldest first."""
        wanted = [each for each in self._intents.all.values() if intent_id in (None, each.id)]
        found = [self._shown(refund, intent) for intent in wanted for refund in intent.refunds]
        return sorted(found, key=lambda each: int(each["created"]))

    def _shown(self, theirs: JSON, intent: Intent) -> JSON:
        failed = theirs["id"] in self._intents.failed_refunds
        return theirs | {
            "failure_reason": "lost_or_stolen_card" if failed else None,
            "payment_intent": intent.id,
            "status": "failed" if failed else theirs["status"],
        }


class Disputes:
    def __init__(self, intents: Intents, tell: Tell) -> None:
        self._intents = intents
        self._tell = tell
        self.all: dict[str, JSON] = {}

    def open(self, intent_id: str, amount: int | None = None) -> JSON:
        """A cardholder's bank claims money back."""
        intent = self._intents.find(intent_id)
        intent.body["disputed"] = "yes"
        charge = self._intents.charge(intent)
        now = int(time.time())
        dispute: JSON = {
            "id": f"du_{len(self.all) + 1}{intent_id[3:]}",
            "object": "dispute",
            "amount": amount or charge["amount_captured"],
            "balance_transactions": [{"type": "adjustment"}],
            "charge": charge["id"],
            "created": now,
            "currency": charge["currency"],
            "evidence": {},
            "evidence_details": {"due_by": now + 9 * DAYS, "submission_count": 0},
            "metadata": {},
            "payment_intent": intent_id,
            "reason": "fraudulent",
            "status": "needs_response",
        }
        self.all[dispute["id"]] = dispute
        self._tell("charge.dispute.created", dispute)
        return dispute

    def update(self, dispute_id: str, body: JSON) -> JSON:
        dispute = self._open(dispute_id)
        dispute["metadata"] |= body.get("metadata") or {}
        dispute["evidence"] |= body.get("evidence") or {}
        if body.get("submit") == "true":
            dispute["status"] = "under_review"
            dispute["evidence_details"]["submission_count"] += 1
            self._tell("charge.dispute.updated", dispute)
        return dispute

    def close(self, dispute_id: str) -> JSON:
        """The merchant accepts."""
        self._open(dispute_id)
        return self.decide(dispute_id, "lost")

    def decide(self, dispute_id: str, status: str) -> JSON:
        """The bank's verdict: won or lost."""
        dispute = self.all[dispute_id]
        dispute["status"] = status
        if status == "won":
            dispute["balance_transactions"].append({"type": "adjustment"})
        self._tell("charge.dispute.closed", dispute)
        return dispute

    def _open(self, dispute_id: str) -> JSON:
        if dispute_id not in self.all:
            raise refuse(f"No such dispute: '{dispute_id}'", "resource_missing", 404)
        if self.all[dispute_id]["status"] != "needs_response":
            raise refuse("This dispute takes no evidence any more.", "dispute_not_open")
        return self.all[dispute_id]
