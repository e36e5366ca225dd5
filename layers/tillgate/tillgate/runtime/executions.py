"""Executions of state machines. Their names are derived from what they are for, so each is started once."""

import json
from typing import Any

from botocore.exceptions import ClientError

from tillgate.runtime.aws import client
from tillgate.runtime.tracing import header


def start(state_machine: str, name: str, given: dict[str, Any]) -> None:
    """Does nothing if it was started before."""
    traced = {"traceHeader": told} if (told := header()) else {}
    start = {"stateMachineArn": state_machine, "name": name, "input": json.dumps(given), **traced}
    _call("ExecutionAlreadyExists", "start_execution", **start)


def stop(state_machine: str, name: str) -> None:
    """Does nothing if it was never started. One that has ended stays as it is."""
    execution = f"{state_machine.replace(':stateMachine:', ':execution:')}:{name}"
    _call("ExecutionDoesNotExist", "stop_execution", executionArn=execution, cause="nothing is awaited any more")


def _call(harmless: str, operation: str, **arguments: Any) -> None:
    try:
        getattr(client("stepfunctions"), operation)(**arguments)
    except ClientError as error:
        if error.response["Error"]["Code"] != harmless:
            raise
