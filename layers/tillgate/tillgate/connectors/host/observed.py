"""What operators see of the calls to PSPs: a metric and a subsegment of the trace for each (ADR 152)."""

from time import perf_counter
from typing import Any

from tillgate.connectors.v1 import Outcome
from tillgate.runtime.telemetry import measure
from tillgate.runtime.tracing import subsegment

OUTCOMES = {
    Outcome.SUCCEEDED: "SUCCEEDED",
    Outcome.REVERSED: "SUCCEEDED",
    Outcome.FAILED: "FAILED",
    Outcome.PENDING: "OPEN",
    Outcome.ACTION: "OPEN",
    Outcome.NOT_BEGUN: "UNKNOWN",
    Outcome.UNKNOWN: "UNKNOWN",
}


class Observed:
    """Counts a call with what came of it and how long it took, once it is over, and shows it in the trace.

    Without an outcome it is UNKNOWN: nothing that could be used was answered, whether it was sent or not.
    """

    def __init__(self, connector: str, what: str, case_id: str = "") -> None:
        self.outcome = "UNKNOWN"
        self._connector = connector
        of = {"payment_id": case_id} if case_id else {}
        self._subsegment = subsegment(connector, "remote", connector=connector, operation=what, **of)

    def __enter__(self) -> "Observed":
        self._began = perf_counter()
        self._subsegment.__enter__()
        return self

    def __exit__(self, *raised: Any) -> None:
        self._subsegment.annotations["outcome"] = self.outcome
        self._subsegment.fault = self.outcome == "UNKNOWN"
        self._subsegment.__exit__(None, None, None)
        took = round((perf_counter() - self._began) * 1000, 1)
        measure("PspCall", took, "Milliseconds", connector=self._connector, outcome=self.outcome)
