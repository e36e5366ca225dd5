"""Conditional writes: one that did not happen is an answer, not an error."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError


def succeeds(write: Callable[..., Any], **arguments: Any) -> bool:
    """Whether a conditional write's condition held."""
    try:
        write(**arguments)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        return False
    return True
