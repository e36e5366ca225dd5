"""Logs and metrics: structured lines with order key and payment id; no secrets, no personal data (GO-10).

Metrics are written to the log in the embedded metric format, which needs no call. The lines have the same keys as
those of Powertools for AWS Lambda, and take a quarter of its time (ADR 70). Every metric has the dimension `stage`, so
that stages in one account do not set off each other's alarms, and those it is counted with (ADR 92).
"""

import json
import os
import sys
import time
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

NAMESPACE = "Tillgate"
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_encode = json.JSONEncoder(default=str, ensure_ascii=False, separators=(",", ":")).encode


class Logger:
    """Writes each entry as one line of JSON. Appended keys are part of every entry until they are cleared."""

    def __init__(self) -> None:
        self._keys: dict[str, Any] = {}

    def clear_state(self) -> None:
        self._keys = {}

    def append_keys(self, **keys: Any) -> None:
        self._keys |= keys

    def info(self, message: str, extra: Mapping[str, Any] | None = None) -> None:
        self._write("INFO", message, extra)

    def warning(self, message: str, extra: Mapping[str, Any] | None = None) -> None:
        self._write("WARNING", message, extra)

    def error(self, message: str, extra: Mapping[str, Any] | None = None) -> None:
        self._write("ERROR", message, extra)

    def exception(self, message: str, extra: Mapping[str, Any] | None = None) -> None:
        """Logs an error with the exception that is being handled."""
        self._write("ERROR", message, {**(extra or {}), **_raised()})

    def _write(self, level: str, message: str, extra: Mapping[str, Any] | None) -> None:
        if _LEVELS.index(level) < _least():
            return
        caller = sys._getframe(2)
        trace = os.environ.get("_X_AMZN_TRACE_ID")
        entry = {
            "level": level,
            "location": f"{caller.f_code.co_name}:{caller.f_lineno}",
            "message": message,
            "timestamp": _timestamp(time.time()),
            "service": _service(),
            **self._keys,
            **(extra or {}),
            "xray_trace_id": trace.partition(";")[0].removeprefix("Root=") if trace else None,
        }
        _print({name: value for name, value in entry.items() if value is not None})


logger = Logger()


def count(name: str, **dimensions: str) -> None:
    """Adds one to a metric. Dimensions must have few values: a connector or an outcome, never an id.

    A metric that an alarm watches has none: an alarm hears exactly the series with its own dimensions, never a sum.
    """
    _measured(name, 1.0, "Count", dimensions)


def measure(name: str, value: float, unit: str, **dimensions: str) -> None:
    """A value of a metric, in CloudWatch's `unit`: `Milliseconds`, `Seconds` or `Count`. Dimensions as with `count`.

    The number of values of a series is its statistic `SampleCount`: a duration needs no counter beside it (ADR 152).
    """
    _measured(name, value, unit, dimensions)


def _measured(name: str, value: float, unit: str, dimensions: Mapping[str, str]) -> None:
    told = {"stage": _stage(), **dimensions}
    metric = {"Namespace": NAMESPACE, "Dimensions": [[*told]], "Metrics": [{"Name": name, "Unit": unit}]}
    described = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [metric]}
    _print({"_aws": described, **told, name: [value]})


def _print(entry: Mapping[str, Any]) -> None:
    # One write, since threads log in parallel. A lone surrogate in a caller's text cannot be encoded otherwise.
    sys.stdout.write(f"{_encode(entry)}\n".encode(errors="backslashreplace").decode())
    sys.stdout.flush()


def _raised() -> dict[str, Any]:
    import traceback  # only needed for failures

    kind, error, place = sys.exc_info()
    if kind is None or error is None:
        return {}
    frames = [
        {"file": frame.filename, "line": frame.lineno, "function": frame.name, "statement": frame.line}
        for frame in traceback.extract_tb(place)
    ]
    return {
        "exception": "".join(traceback.format_exception(error)).rstrip("\n"),
        "exception_name": kind.__name__,
        "exception_notes": getattr(error, "__notes__", None),
        "stack_trace": {"type": kind.__name__, "value": error, "module": kind.__module__, "frames": frames},
    }


def _timestamp(now: float) -> str:
    """In UTC, as Lambda's clock is."""
    return f"{_second(int(now))},{int(now % 1 * 1000):03d}+0000"


@lru_cache(maxsize=1)
def _second(now: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(now))


@cache
def _least() -> int:
    level = os.environ.get("POWERTOOLS_LOG_LEVEL", "INFO")
    return _LEVELS.index(level) if level in _LEVELS else 1


@cache
def _stage() -> str:
    return os.environ.get("STAGE", "stage_undefined")


@cache
def _service() -> str:
    return os.environ.get("POWERTOOLS_SERVICE_NAME", "service_undefined")
