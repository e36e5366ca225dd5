"""Traces in AWS X-Ray: what a call waits for, as subsegments of the trace that Lambda has begun (ADR 153).

Lambda runs X-Ray's daemon beside each function; it takes a subsegment as a datagram of JSON and does the rest. Outside
Lambda, in functions whose tracing is off, and of calls that X-Ray does not sample, nothing is made or sent.

A trace goes on over queues and the table's stream: a message has its header (`AWSTraceHeader`), an order's item has it
as attribute `trace`. Whoever takes it up writes a segment of its own into that trace.
"""

import json
import os
import socket
import time
from contextlib import suppress
from contextvars import ContextVar
from functools import cache
from types import TracebackType
from typing import Any, Self

_taken_up: ContextVar[str | None] = ContextVar("_taken_up", default=None)  # the header of what is being done


def header() -> str | None:
    """`Root=...;Parent=...;Sampled=1` of what is being done now; None if it is not traced."""
    if _daemon() is None:
        return None
    found = _taken_up.get() or os.environ.get("_X_AMZN_TRACE_ID")
    return found if found and "Sampled=1" in found and "Root=" in found else None


def message_attributes() -> dict[str, Any]:
    """What a message to a queue is sent with, so that its receiver takes up the trace; empty if there is none."""
    told = header()
    return {"MessageSystemAttributes": {"AWSTraceHeader": {"DataType": "String", "StringValue": told}}} if told else {}


class subsegment:  # noqa: N801 - used like a function, in `with`
    """A call of something else. `namespace`: `aws`, `remote` or None; annotations can be searched for.

    An exception that leaves it makes it a fault. What it is about is annotated, never what is secret or personal.
    """

    __slots__ = ("_began", "_header", "_id", "_token", "annotations", "fault", "name", "namespace")

    def __init__(self, name: str, namespace: str | None = None, **annotations: str) -> None:
        self.name = name
        self.namespace = namespace
        self.annotations: dict[str, str | int] = dict(annotations)
        self.fault = False
        self._header = header()

    def __enter__(self) -> Self:
        if self._header:
            self._id = os.urandom(8).hex()
            self._token = _taken_up.set(_with_parent(self._header, self._id))
            self._began = time.time()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if self._header:
            _taken_up.reset(self._token)
            _send(self._document(kind is not None or self.fault))

    def _document(self, fault: bool) -> dict[str, Any]:
        told = _fields(self._header or "")
        document: dict[str, Any] = {
            "name": self.name,
            "id": self._id,
            "trace_id": told["Root"],
            "parent_id": told.get("Parent"),
            "type": "subsegment",
            "start_time": self._began,
            "end_time": time.time(),
            "fault": fault,
            "annotations": self.annotations,
        }
        if self.namespace:
            document["namespace"] = self.namespace
        return {name: value for name, value in document.items() if value is not None}


class taken_up(subsegment):  # noqa: N801
    """Goes on with the trace of a message or a change. Does nothing without a header, or if it was not sampled."""

    __slots__ = ()

    def __init__(self, told: str | None, **annotations: str) -> None:
        super().__init__(os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "tillgate"), **annotations)
        self._header = told if told and "Sampled=1" in told and "Root=" in told and _daemon() else None

    def _document(self, fault: bool) -> dict[str, Any]:
        """A segment: it is no part of the function's own trace."""
        document = super()._document(fault)
        del document["type"]
        return document


def _fields(told: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in told.split(";") if "=" in part)


def _with_parent(told: str, parent: str) -> str:
    return f"Root={_fields(told)['Root']};Parent={parent};Sampled=1"


def _send(document: dict[str, Any]) -> None:
    """A trace is worth no failure: what the daemon does not take is lost."""
    address = _daemon()
    if address is None:
        return
    with suppress(OSError):
        _socket().sendto(b'{"format":"json","version":1}\n' + json.dumps(document).encode(), address)


@cache
def _daemon() -> tuple[str, int] | None:
    """None outside Lambda."""
    host, _, port = os.environ.get("AWS_XRAY_DAEMON_ADDRESS", "").partition(":")
    return (host, int(port)) if port.isdigit() else None


@cache
def _socket() -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.setblocking(False)
    return made
