"""An in-memory AWS for our functions, and HTTP between us, the sandbox PSP and the merchant's shop."""

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from proofs.crash.table import Tables, refused
from proofs.crash.wire import Wire

SECRETS = {
    "sandbox": {"key_id": "sandbox", "secret": "a-secret-that-only-tests-know"},
}
LINKS = {"api_url": "http://tillgate.test", "psp_url": "http://psp.test"}


@dataclass
class Message:
    id: str
    body: str
    visible_at: datetime
    receives: int = 0


@dataclass
class Execution:
    machine: str
    due_at: datetime
    told: dict[str, Any]
    done: bool = False


def waited(timestamp: str) -> datetime:
    """When a Wait of Step Functions ends: fractions of a second are cut off."""
    return datetime.fromisoformat(timestamp).replace(microsecond=0)


@dataclass
class Cloud:
    """Tables, queues and executions outlive the processes that use them."""

    now: datetime
    tables: Tables = field(default_factory=Tables)
    queues: dict[str, list[Message]] = field(default_factory=dict)
    objects: dict[tuple[str, str], bytes] = field(default_factory=dict)
    dead: dict[str, list[Message]] = field(default_factory=dict)
    executions: dict[str, Execution] = field(default_factory=dict)
    ids: "itertools.count[int]" = field(default_factory=itertools.count)

    def send_message(self, QueueUrl: str, MessageBody: str, DelaySeconds: int = 0) -> dict[str, Any]:  # noqa: N803
        message = Message(f"m{next(self.ids)}", MessageBody, self.now + timedelta(seconds=DelaySeconds))
        self.queues.setdefault(QueueUrl, []).append(message)
        return {"MessageId": message.id}

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        for each in Entries:
            self.send_message(QueueUrl, each["MessageBody"])
        return {}

    def start_execution(self, *, stateMachineArn: str, name: str, input: str) -> dict[str, Any]:  # noqa: A002, N803
        if name in self.executions:
            raise refused("ExecutionAlreadyExists", "StartExecution")
        told = json.loads(input)
        due_at = waited(told["due_at"]) if "due_at" in told else self.now
        self.executions[name] = Execution(stateMachineArn, due_at, told)
        return {}

    def stop_execution(self, *, executionArn: str, cause: str) -> dict[str, Any]:  # noqa: N803
        name = executionArn.rpartition(":")[2]
        if name not in self.executions:
            raise refused("ExecutionDoesNotExist", "StopExecution")
        self.executions[name].done = True
        return {}

    def put_object(self, Bucket: str, Key: str, Body: bytes) -> dict[str, Any]:  # noqa: N803
        self.objects[Bucket, Key] = Body
        return {}

    def get_object(self, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        return {"Body": BytesIO(self.objects[Bucket, Key])}

    def list_objects_v2(self, Bucket: str) -> dict[str, Any]:  # noqa: N803
        return {"Contents": [{"Key": key} for bucket, key in self.objects if bucket == Bucket]}

    def get_parameter(self, **_: Any) -> dict[str, Any]:
        return {"Parameter": {"Value": json.dumps(LINKS)}}

    def get_secret_value(self, SecretId: str) -> dict[str, Any]:  # noqa: N803
        return {"SecretString": json.dumps(SECRETS[SecretId])}


class Session:
    """Replaces botocore's session: its clients use the in-memory cloud. Ours go over the wire, the PSP's do not."""

    def __init__(self, cloud: Cloud, wire: Wire | None) -> None:
        self._cloud = cloud
        self._wire = wire

    def create_client(self, service: str, **_: Any) -> "Client":
        target: Any = self._cloud.tables if service == "dynamodb" else self._cloud
        return Client(service, target, self._wire)


class Client:
    def __init__(self, service: str, target: Any, wire: Wire | None) -> None:
        self._service, self._target, self._wire = service, target, wire

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        if operation == "get_paginator":
            return self._paginator
        method = getattr(self._target, operation)
        wire = self._wire
        if wire is None:
            return lambda **call: method(**call)
        return lambda **call: wire.call(f"{self._service} {operation}", lambda: method(**call))

    def _paginator(self, operation: str) -> "_Paginator":
        return _Paginator(getattr(self, operation))


class _Paginator:
    def __init__(self, call: Callable[..., dict[str, Any]]) -> None:
        self._call = call

    def paginate(self, **call: Any) -> list[dict[str, Any]]:
        return [self._call(**call)]


@dataclass
class Answer:
    """An HTTP response in the form of urllib3's."""

    status: int
    data: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    def read1(self, _most: int) -> bytes:
        """All of it at the first call."""
        read, self.data = self.data, b""
        return read

    def release_conn(self) -> None: ...
