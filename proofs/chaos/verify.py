"""Compares all sides after the chaos: our state, the PSP's state, and what the merchant was told."""

import hashlib
import hmac
import json
import time
import urllib.request
from typing import Any

import boto3
import urllib3

from proofs.chaos.lives import Moved
from tillgate.domain.ledger.entries import fee_kept
from tillgate.domain.marketplace.vendor_payments import claim
from tillgate.domain.orders.evolve import replay
from tillgate.domain.orders.order import Order
from tillgate.store.ledger.entries import Ledger
from tillgate.store.marketplace.vendor_payments import VendorPayments
from tillgate.store.orders.orders import Orders
from tillgate.store.orders.vendor_sums import without_allotments

NAMES = ("authorized", "captured", "cancelled", "refunded", "disputed")


class Books:
    def __init__(self, stack: dict[str, Any], resources: dict[str, str]) -> None:
        self._stack = stack
        self._resources = resources
        self._orders = Orders(self.aws("dynamodb"), resources["OrdersTable"])
        self._secret = self._read_secret()
        self._http = urllib3.PoolManager(timeout=urllib3.Timeout(30))

    def aws(self, service: str) -> Any:
        return boto3.Session().client(  # threads ask: the default session is not safe between them
            service,
            region_name=self._stack["region"],
            endpoint_url=self._stack["endpoint_url"],
            aws_access_key_id="test",
            aws_secret_access_key="test",  # noqa: S106
        )

    def sweep(self) -> None:
        """Runs the scheduled sweeps now."""
        for name in ("SweepDueFunction", "SweepNotificationsFunction"):
            self.aws("lambda").invoke(FunctionName=self._resources[name], Payload=b"{}")

    def order(self, order_key: str) -> Order:
        found = self._orders.load(order_key)
        if found is None:
            raise LookupError(order_key)
        return found

    def flaws(self, order_key: str, moved: Moved, told: set[str]) -> list[str]:
        """The flaws in words; empty if all is well."""
        order = self.order(order_key)
        parts = self._parts(order)
        found = [flaw for one in (order, *parts) for flaw in (*self._both_sides(one), *self._history(one))]
        sums = {name: sum(getattr(payment, name) for payment in order.payments) for name in NAMES}
        held = sums["authorized"] - sums["captured"] - sums["cancelled"]
        if Moved(sums["captured"], sums["refunded"], held) != moved:
            found.append(f"{sums} were moved, {moved} was asked for")
        found += self._market(order, parts) if order.kind == "technical" else []
        found += [] if order.order_reference in told else ["the merchant was never told"]
        waiting = [item["sk"]["S"] for item in self._orders.query(order_key, "CHANGE#") if "due_at" in item]
        found += [f"{change} is not announced yet" for change in waiting]
        return [f"{order_key}: {flaw}" for flaw in found]

    def _parts(self, order: Order) -> list[Order]:
        return VendorPayments(self._orders).page(order.order_key, 100, None)[0] if order.kind == "technical" else []

    def _both_sides(self, order: Order) -> list[str]:
        """Our sums of a technical payment include its vendors' operations; the PSP's do not."""
        found = [f"{payment.payment_id} is pending" for payment in order.payments if payment.pending]
        for payment in order.payments:
            theirs = self._at_psp(payment.payment_id)
            ours = {name: getattr(payment, name) - getattr(payment.vendors, name) for name in NAMES}
            ours["authorized"] = payment.authorized
            found += [] if ours == theirs else [f"{payment.payment_id}: {ours} here, {theirs} at the PSP"]
        return found

    def _market(self, order: Order, parts: list[Order]) -> list[str]:
        """Allotments equal the vendors' claims, and the ledger has what they earned."""
        allotted, claimed = sum(p.allotted for p in order.payments), sum(claim(part) for part in parts)
        found = [] if allotted == claimed else [f"{allotted} is allotted, the vendors have {claimed}"]
        ledger = Ledger(self.aws("dynamodb"), self._resources["OrdersTable"])
        for part in parts:
            vendor_id = part.share.vendor_id if part.share else ""
            entries = [
                entry
                for entry in ledger.entries(part.merchant_id, vendor_id, part.currency)
                if entry.entry_id.startswith(f"{part.payments[0].payment_id}@")
            ]
            earned = part.payments[0].captured - part.payments[0].refunded - fee_kept(part, part.payments[0])
            has = sum(entry.earned for entry in entries)
            found += [] if has == earned else [f"{part.order_key} earned {earned}, the ledger has {has}"]
        return found

    def _history(self, order: Order) -> list[str]:
        changes = list(self._orders.history(order.order_key))
        replayed = replay(event for change in changes for event in change.events)
        names = [name for name in Order.__slots__ if name not in ("version", "customer", "waiting")]
        stored = without_allotments(order)
        differs = [name for name in names if getattr(replayed, name) != getattr(stored, name)]
        found = [f"replay differs in {name}" for name in differs]
        whole = [change.version for change in changes] == list(range(1, order.version + 1))
        return found + ([] if whole else ["history has a gap"])

    def told(self) -> set[str]:
        with urllib.request.urlopen(f"{self._stack['shop_url']}/inbox", timeout=30) as answer:
            return {str(item.get("id")) for item in json.load(answer)["items"]}

    def dead(self) -> dict[str, int]:
        """The number of messages in each dead-letter queue."""
        sqs = self.aws("sqs")
        names = [name for name in self._resources if name.endswith("DeadQueue") or name == "LostChangesQueue"]
        asked = ["ApproximateNumberOfMessages"]
        return {
            name: int(
                sqs.get_queue_attributes(QueueUrl=self._resources[name], AttributeNames=asked)["Attributes"][asked[0]]
            )
            for name in names
        }

    def _at_psp(self, reference: str) -> dict[str, int]:
        path, timestamp = f"/payments/{reference}", str(int(time.time()))
        signed = f"{timestamp}.GET.{path}.".encode()
        headers = {
            "Sandbox-Key": self._secret["key_id"],
            "Sandbox-Timestamp": timestamp,
            "Sandbox-Signature": hmac.new(self._secret["secret"].encode(), signed, hashlib.sha256).hexdigest(),
        }
        answer = self._http.request("GET", self._stack["psp_url"] + path, headers=headers)
        if answer.status == 404:
            return dict.fromkeys(NAMES, 0)
        amounts: dict[str, int] = json.loads(answer.data)["amounts"]
        return amounts

    def _read_secret(self) -> dict[str, str]:
        answer = self.aws("secretsmanager").get_secret_value(SecretId=self._resources["SandboxPspSecret"])
        secret: dict[str, str] = json.loads(answer["SecretString"])
        return secret
