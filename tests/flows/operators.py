"""What an operator does through the deployed admin function, for tests that need a merchant of their own."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from tests.flows.client import JSON, Merchant, eventually

NAME = "Ada"
PAYOUTS = {"per_payout": 10_000, "per_day": 1_000_000, "approval_above": None}


class Operators:
    """Invokes the admin function, as the console or the CLI does."""

    def __init__(self, aws: Callable[[str], Any], function: str, stack: JSON) -> None:
        self._aws = aws
        self._function = function
        self._stack = stack

    def call(self, action: str, **fields: Any) -> JSON:
        told = self._invoke(action, fields)
        assert "error" not in told, told
        if action == "update_merchant":
            self._shown_by_late_reads(fields["merchant_id"])
        return told

    def _shown_by_late_reads(self, merchant_id: str) -> None:
        """A function that reads the account before they show the change keeps the old one for a minute."""
        settings = self._aws("lambda").get_function_configuration(FunctionName=self._function)["Environment"]
        key = {"pk": {"S": f"MERCHANT#{merchant_id}"}, "sk": {"S": "PROFILE"}}
        read = partial(self._aws("dynamodb").get_item, TableName=settings["Variables"]["MERCHANTS_TABLE"], Key=key)
        assert eventually(lambda: read().get("Item") == read(ConsistentRead=True)["Item"])

    def refused(self, action: str, **fields: Any) -> str:
        """Why it is not possible."""
        return str(self._invoke(action, fields)["error"])

    def _invoke(self, action: str, fields: JSON) -> JSON:
        payload = json.dumps({"action": action} | fields).encode()
        answer = self._aws("lambda").invoke(FunctionName=self._function, Payload=payload)
        told: JSON = json.loads(answer["Payload"].read())
        return told

    def merchant(self, name: str, **fields: Any) -> Merchant:
        return Merchant(self._stack, self.call("create_merchant", name=name, **fields))

    def payer(self, name: str, **limit: Any) -> Merchant:
        """A merchant of its own that may pay out euros to persons."""
        merchant = self.merchant(name)
        scopes = ["orders:read", "orders:write", "payouts:write", "account:write"]
        self.call("update_client", client_id=merchant.account["client_id"], scopes=scopes, by=NAME)
        self.limit(merchant, **PAYOUTS | limit)
        return merchant

    def limit(self, merchant: Merchant, **limit: Any) -> None:
        who = {"merchant_id": merchant.account["merchant_id"], "by": NAME, "reason": "a test"}
        self.call("set_payout_limit", currency="EUR", **who, **limit)

    def client(self, merchant: Merchant, scopes: list[str]) -> Merchant:
        """The same merchant's other system, which may do less."""
        merchant_id = merchant.account["merchant_id"]
        told = self.call("create_client", merchant_id=merchant_id, scopes=scopes, by=NAME)
        return Merchant(self._stack, merchant.account | told)
