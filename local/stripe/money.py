"""Balance transactions with fees, payouts and Connect: `localstripe` has transactions, and payouts without lines."""

from __future__ import annotations

import itertools
import time

from .forms import JSON
from .intents import Intents, Tell
from .theirs import refuse

FEE_PERCENT, FEE_FIXED = 14, 25  # tenths of a percent, minor units


class Money:
    def __init__(self, intents: Intents, tell: Tell) -> None:
        self._intents = intents
        self._tell = tell
        self._numbers = itertools.count(1)
        self._lines: dict[str, str] = {}  # payout by balance transaction
        self.payouts: dict[str, JSON] = {}
        self.accounts: dict[str, str] = {}  # connected account by payout
        self.transfers: dict[str, JSON] = {}

    def transactions(self, payout: str | None) -> list[JSON]:
        """Newest first, with their sources expanded. What a partial capture released is none."""
        charges = {each.charge: each for each in self._intents.all.values() if each.charge}
        found = []
        for line in self._intents.theirs.every("balance_transactions"):
            if line["source"] in self._intents.releases or payout not in (None, self._lines.get(line["id"])):
                continue
            if line["type"] == "charge" and line["source"] in charges:
                source = self._intents.charge(charges[line["source"]])
                amount = source["amount_captured"]
                fee = amount * FEE_PERCENT // 1000 + FEE_FIXED
            elif line["type"] == "refund":
                source = self._intents.theirs.get(f"refunds/{line['source']}")
                if source["charge"] not in charges:
                    continue
                source["charge"] = self._intents.charge(charges[source["charge"]])
                amount, fee = -int(source["amount"]), 0
            else:
                continue
            found.append(line | {"amount": amount, "fee": fee, "net": amount - fee, "source": source})
        return found

    def pay_out(self) -> JSON:
        """Stripe's own daily payouts to the merchant's bank, by currency, of what is in none yet. Returns EUR."""
        lines = [line for line in self.transactions(None) if line["id"] not in self._lines]
        made = {each: self._pay_out(each, lines) for each in {"eur"} | {line["currency"] for line in lines}}
        return made["eur"]

    def _pay_out(self, currency: str, lines: list[JSON]) -> JSON:
        mine = [line for line in lines if line["currency"] == currency]
        payout = self._payout(sum(line["net"] for line in mine), currency, {}, "paid") | {"automatic": True}
        self.payouts[payout["id"]] = payout
        self._lines |= {line["id"]: payout["id"] for line in mine}
        self._tell("payout.paid", payout)
        return payout

    def pay_vendor(self, account: str, body: JSON) -> JSON:
        """From a connected account to its bank."""
        if "refusing" in account:
            raise refuse("The account cannot be paid out.", "payouts_not_allowed")
        payout = self._payout(int(body["amount"]), body["currency"], body.get("metadata") or {}, "paid")
        self.payouts[payout["id"]] = payout
        self.accounts[payout["id"]] = account
        return payout

    def _payout(self, amount: int, currency: str, metadata: JSON, status: str) -> JSON:
        now = int(time.time())
        return {
            "id": f"po_{next(self._numbers)}{now}",
            "object": "payout",
            "amount": amount,
            "arrival_date": now - now % 86400,
            "automatic": False,
            "created": now,
            "currency": currency,
            "failure_code": None,
            "metadata": metadata,
            "status": status,
        }

    def transfer(self, body: JSON) -> JSON:
        """To a connected account, out of a charge that was captured."""
        charge = str(body.get("source_transaction"))
        intent = next((each for each in self._intents.all.values() if each.charge == charge), None)
        if intent is None or not self._intents.charge(intent)["captured"]:
            raise refuse("source_transaction is not captured.", "charge_not_captured")
        if "refusing" in str(body.get("destination")):
            raise refuse("No such destination", "account_invalid")
        sent = sum(each["amount"] for each in self.transfers.values() if each["source_transaction"] == charge)
        if sent + int(body["amount"]) > self._intents.charge(intent)["amount_captured"]:
            raise refuse("Transfers exceed the source amount.", "balance_insufficient")
        now = int(time.time())
        transfer = {
            "id": f"tr_{next(self._numbers)}{now}",
            "object": "transfer",
            "amount": int(body["amount"]),
            "amount_reversed": 0,
            "created": now,
            "currency": body["currency"],
            "destination": body["destination"],
            "metadata": body.get("metadata") or {},
            "source_transaction": charge,
            "transfer_group": body.get("transfer_group"),
        }
        self.transfers[transfer["id"]] = transfer
        return transfer

    def reverse(self, transfer_id: str, body: JSON) -> JSON:
        transfer = self.transfers[transfer_id]
        amount = int(body["amount"])
        if amount > transfer["amount"] - transfer["amount_reversed"]:
            raise refuse("More than was transferred.", "parameter_invalid")
        transfer["amount_reversed"] += amount
        return {"id": f"trr_{next(self._numbers)}", "object": "transfer_reversal", "amount": amount}
