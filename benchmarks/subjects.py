"""What is measured: a handler, and how an order comes to where that handler is called."""

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MERCHANT_ID = "mer_bench"


# Each handler, and the calls that come before it.
SUBJECTS: dict[str, tuple[str, ...]] = {
    "get_order": ("create_order", "start_payment"),
    "create_order": (),
    "start_payment": ("create_order",),
    "capture_payment": ("create_order", "start_payment"),
    "refund_payment": ("create_order", "start_payment", "capture_payment"),
    "menu": ("create_order",),
    "notify_merchant": ("create_order", "start_payment", "capture_payment"),
}


def folder_of(operation: str) -> Path:
    (app,) = (ROOT / "functions").glob(f"*/{operation}/app.py")
    return app.parent


def environment(url: str) -> dict[str, str]:
    """What a function finds around it; every service is the stand-in at `url`."""
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_SESSION_TOKEN": "x" * 300,
        "AWS_LAMBDA_FUNCTION_NAME": "bench",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024",
        "STAGE": "bench",
        "ORDERS_TABLE": "orders",
        "MERCHANTS_TABLE": "merchants",
        "SHOPPERS_TABLE": "shoppers",
        "GUARDS_TABLE": "guards",
        "PSP_SECRETS": "sandbox=psp",
        "STAND_INS": f"sandbox={url}/psp",
        "MERCHANT_SECRETS_KEY_ID": "key",
        "LINKS_PARAMETER": "links",
        "API_URL": f"{url}/v1",
        "LOCAL_RECEIVERS": url,
        "ALLOW_LOCAL_URLS": "true",
        "MERCHANT_NOTIFICATIONS_QUEUE_URL": f"{url}/queue",
        "POWERTOOLS_SERVICE_NAME": "tillgate",
        "POWERTOOLS_METRICS_NAMESPACE": "Tillgate",
        "POWERTOOLS_LOG_LEVEL": "INFO",
    }


def event_of(operation: str, token: str, number: int, known: dict[str, Any]) -> dict[str, Any]:
    """The call of API Gateway, out of the sample; `known` is what earlier calls answered of the order."""
    if operation == "notify_merchant":
        event: dict[str, Any] = json.loads((ROOT / "events/notify_merchant.json").read_text())
        (record,) = event["Records"]
        told = {"order_key": known["order_key"], "merchant_id": MERCHANT_ID, "version": known["version"]}
        record["body"] = json.dumps(json.loads(record["body"]) | told)
        return event
    if operation == "menu":
        return _menu(token, known["menu_url"].partition("/v1")[2])
    event = json.loads((ROOT / f"events/{operation}.json").read_text())
    event["headers"] |= {"Authorization": f"Bearer {token}"}
    if event["httpMethod"] == "POST":
        event["headers"]["Idempotency-Key"] = f"{operation}-{number}"
    if operation == "create_order":
        event["body"] = json.dumps(json.loads(event["body"]) | {"order_reference": f"A-{number}"})
    if event["pathParameters"]:
        event["pathParameters"] = {name: known[name] for name in event["pathParameters"]}
        event["path"] = event["resource"].format(**known)
    return event


def _menu(token: str, path: str) -> dict[str, Any]:
    """The browser opens the payment page."""
    event = event_of("get_order", token, 0, {"order_key": path.rpartition("/")[2].partition("?")[0]})
    event["path"], _, query = path.partition("?")
    event["resource"] = "/pay/{order_key}"
    event["queryStringParameters"] = dict(each.split("=") for each in query.split("&")) if query else None
    event["multiValueQueryStringParameters"] = None
    event["headers"] = {"Accept": "text/html", "Accept-Language": "en", "Host": "api.example.com"}
    event["multiValueHeaders"] = {name: [value] for name, value in event["headers"].items()}
    return event
