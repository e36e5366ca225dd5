"""Both sides after the chaos: what we hold, what the PSP holds, what the merchant was told."""

import hashlib
import hmac
import json
import time
import urllib.request
from typing import Any

import botocore.session
import urllib3

from chaos.lives import Moved
from tillgate.domain.evolve import replay
from tillgate.domain.order import Order
from tillgate.store.orders import Orders

NAMES = ("authorized", "captured", "cancelled", "refunded")


class Books:
    def __init__(self, stack: dict[str, Any], resources: dict[str, str]) -> None:
        self._stack = stack
        self._resources = resources
        self._orders = Orders(self.aws("dynamodb"), resources["OrdersTable"])
        self._secret = self._read_secret()
        self._http = urllib3.PoolManager(timeout=urllib3.Timeout(30))

    def aws(self, service: str) -> Any:
        return botocore.session.Session().create_client(
            service,
            region_name=self._stack["region"],
            endpoint_url=self._stack["endpoint_url"],
            aws_access_key_id="test",
            aws_secret_access_key="test",  # noqa: S106
        )

    def sweep(self) -> None:
        """What the schedule does every minute, now."""
        self.aws("lambda").invoke(FunctionName=self._resources["SweepDueFunction"], Payload=b"{}")

    def order(self, order_key: str) -> Order:
        found = self._orders.load(order_key)
        if found is None:
            raise LookupError(order_key)
        return found

    def flaws(self, order_key: str, moved: Moved, told: set[str]) -> list[str]:
        """In words; empty if all is well."""
        order = self.order(order_key)
        theirs = [self._at_psp(payment.payment_id) for payment in order.payments]
        found = [f"{p.payment_id} is pending" for p in order.payments if p.pending]
        for payment, amounts in zip(order.payments, theirs, strict=True):
            ours = {name: getattr(payment, name) for name in NAMES}
            found += [] if ours == amounts else [f"{payment.payment_id}: {ours} here, {amounts} at the PSP"]
        sums = {name: sum(each[name] for each in theirs) for name in NAMES}
        held = sums["authorized"] - sums["captured"] - sums["cancelled"]
        if Moved(sums["captured"], sums["refunded"], held) != moved:
            found.append(f"{sums} were moved, {moved} was asked for")
        found += self._history(order)
        found += [] if order.order_reference in told else ["the merchant was never told"]
        return [f"{order_key}: {flaw}" for flaw in found]

    def _history(self, order: Order) -> list[str]:
        changes = list(self._orders.history(order.order_key))
        replayed = replay(event for change in changes for event in change.events)
        names = [name for name in Order.__slots__ if name != "version"]
        differs = [name for name in names if getattr(replayed, name) != getattr(order, name)]
        found = [f"replay differs in {name}" for name in differs]
        whole = [change.version for change in changes] == list(range(1, order.version + 1))
        return found + ([] if whole else ["history has a gap"])

    def told(self) -> set[str]:
        with urllib.request.urlopen(f"{self._stack['shop_url']}/inbox", timeout=30) as answer:
            return {str(item.get("id")) for item in json.load(answer)["items"]}

    def dead(self) -> dict[str, int]:
        """How many messages lie in each dead-letter queue."""
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
