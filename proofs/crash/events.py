"""Events that AWS passes to functions: an API call, a batch of messages."""

import time
from typing import Any

from proofs.crash.cloud import Message


def of_queue(batch: list[Message]) -> dict[str, Any]:
    return {
        "Records": [
            {
                "messageId": each.id,
                "body": each.body,
                "receiptHandle": each.id,
                "attributes": {
                    "ApproximateReceiveCount": str(each.receives),
                    "SentTimestamp": str(int(time.time() * 1000)),
                },
            }
            for each in batch
        ]
    }


def of_api(
    method: str, path: str, headers: dict[str, str], body: str, parameters: dict[str, str], resource: str = ""
) -> dict[str, Any]:
    return {
        "resource": resource or path,
        "path": path,
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": {},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": parameters or None,
        "requestContext": {"requestId": "req-1", "stage": "v1", "path": path, "identity": {"sourceIp": "127.0.0.1"}},
        "body": body,
        "isBase64Encoded": False,
    }
