"""There is no PSP: what is true of an offline payment is what we say of it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Literal

from connector_kit import CannotShow, Choice, Setup, Truth
from tillgate.connectors.offline.connector import OfflineConnector
from tillgate.connectors.v1 import Action, Case, Connector, Http, Kind, Op, Outcome, Sent

SUMS = {Kind.AUTHORIZE: "authorized", Kind.CAPTURE: "captured", Kind.CANCEL: "cancelled", Kind.REFUND: "refunded"}


class OfflineSetup(Setup):
    """An invoice or cash on delivery is as good as the merchant's word: every request of his counts."""

    stand_in = "no PSP: what the merchant requests is so"
    written_by = "us"
    limits = {
        "authorize: captured at once [*": "an order may capture at once and be paid by invoice or cash all the same:"
        " the merchant's own capture then says that the money has come",
    }

    @property
    def http(self) -> Http:
        return _nobody

    def make(self, http: Http, now: Callable[[], datetime], *, credentials: Literal["ours", "wrong"]) -> Connector:
        return OfflineConnector({"iban": "DE02120300000000202051", "holder": "Merchant"}, http, now)

    def good(self, method: str) -> None:
        return None

    def choose(self, action: Action, choice: Choice) -> Sent | None:
        raise CannotShow("a transfer arrives at our bank, whose statements the core reads and not the connector")

    def truth(self, case: Case) -> Truth:
        sums = dict.fromkeys(SUMS.values(), 0)
        for op in case.ops:
            if op.kind in SUMS and op.outcome is Outcome.SUCCEEDED:
                sums[SUMS[op.kind]] += op.amount
        done = sum(op.outcome is Outcome.SUCCEEDED for op in case.ops)
        return _released(Truth(**sums, executed=done), case.ops)


def _released(truth: Truth, ops: tuple[Op, ...]) -> Truth:
    final = any(op.kind is Kind.CAPTURE and op.final and op.outcome is Outcome.SUCCEEDED for op in ops)
    return replace(truth, cancelled=truth.authorized - truth.captured) if final else truth


def _nobody(method: str, url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
    raise AssertionError("an offline method calls nobody")
