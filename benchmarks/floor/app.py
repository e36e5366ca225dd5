"""What every handler is held against: botocore, JSON, the same DynamoDB calls, and nothing else."""

import base64
import json
import os
from pathlib import Path
from typing import Any

import botocore.session

SCRIPT = os.environ.get("FLOOR_SCRIPT")  # the calls to make: [operation, parameters] each, as the handler made them


def restored(value: Any) -> Any:
    """Parameters as they were: JSON has no bytes."""
    if isinstance(value, dict):
        if "base64" in value:
            return base64.b64decode(value["base64"])
        return {name: restored(each) for name, each in value.items()}
    return [restored(each) for each in value] if isinstance(value, list) else value


client = botocore.session.get_session().create_client("dynamodb")
calls: list[tuple[str, dict[str, Any]]] = restored(json.loads(Path(SCRIPT).read_text())) if SCRIPT else []


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    document = json.loads(event.get("body") or "{}")
    for operation, parameters in calls:
        answer = getattr(client, operation)(**parameters)
        if "S" in answer.get("Item", {}).get("order", {}):
            document = json.loads(answer["Item"]["order"]["S"])
    return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": json.dumps(document)}
