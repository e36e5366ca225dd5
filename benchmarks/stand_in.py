"""AWS and the sandbox PSP for measurements: one small HTTP server in a process of its own.

What a call costs the handler's process is what AWS would cost it: an HTTP request, signed, and its answer. Conditions
are not looked at, for the benchmarks call one after the other and every condition holds.
"""

import base64
import json
import re
import sys
import threading
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Item = dict[str, Any]
Key = tuple[str, str, str]

PSP_SECRET = {"key_id": "sandbox", "secret": "a-secret-of-the-benchmarks"}
CLAUSES = re.compile(r"\b(SET|REMOVE|ADD|DELETE)\b")


class Tables:
    """DynamoDB as far as the measured calls need it."""

    def __init__(self) -> None:
        self.items: dict[Key, Item] = {}

    def get_item(self, asked: Item) -> Item:
        found = self.items.get(_place(asked["TableName"], asked["Key"]))
        return {"Item": found} if found else {}

    def batch_get_item(self, asked: Item) -> Item:
        return {
            "Responses": {
                table: [item for key in wanted["Keys"] if (item := self.items.get(_place(table, key)))]
                for table, wanted in asked["RequestItems"].items()
            },
            "UnprocessedKeys": {},
        }

    def put_item(self, asked: Item) -> Item:
        self.items[_place(asked["TableName"], asked["Item"])] = asked["Item"]
        return {}

    def update_item(self, asked: Item) -> Item:
        place = _place(asked["TableName"], asked["Key"])
        self.items[place] = _updated(self.items.get(place) or asked["Key"], asked)
        return {"Attributes": self.items[place]} if "ReturnValues" in asked else {}

    def transact_write_items(self, asked: Item) -> Item:
        for action in asked["TransactItems"]:
            if "Put" in action:
                self.put_item(action["Put"])
            elif "Update" in action:
                self.update_item(action["Update"])
        return {}

    def query(self, asked: Item) -> Item:
        """By `pk`, and a prefix or a range of `sk` where one is given; no index."""
        values = {name: value["S"] for name, value in asked["ExpressionAttributeValues"].items()}
        pk = values.pop(":pk")
        least = min(values.values(), default="")
        most = max(values.values(), default="") if len(values) > 1 else f"{least}\uffff"
        found = sorted(
            (place, item)
            for place, item in list(self.items.items())
            if place[:2] == (asked["TableName"], pk) and least <= place[2] <= most
        )
        items = [item for _, item in (found if asked.get("ScanIndexForward", True) else found[::-1])]
        items = items[: asked.get("Limit", len(items))]
        return {"Items": items, "Count": len(items), "ScannedCount": len(items)}


def _place(table: str, attributes: Item) -> Key:
    return table, attributes["pk"]["S"], attributes["sk"]["S"]


def _updated(item: Item, asked: Item) -> Item:
    """The item after an update expression of SET and REMOVE; sums (ADD) are not kept."""
    names, values = asked.get("ExpressionAttributeNames", {}), asked.get("ExpressionAttributeValues", {})
    item = dict(item)
    parts = CLAUSES.split(asked["UpdateExpression"])
    for clause, body in zip(parts[1::2], parts[2::2], strict=True):
        for each in re.split(r",(?![^(]*\))", body):
            name, _, value = (part.strip() for part in each.partition("="))
            name = names.get(name, name)
            if clause == "REMOVE":
                item.pop(name, None)
            elif clause == "SET" and value in values:
                item[name] = values[value]
    return item


class Psp:
    """The sandbox PSP, which agrees to everything."""

    def __init__(self) -> None:
        self.payments: dict[str, Item] = {}

    def answer(self, path: str, body: Item, key: str) -> Item:
        _, _, reference, operation = f"{path}///".split("/")[:4]
        payment = self.payments.setdefault(reference or body["reference"], _psp_payment(body))
        kind = {"captures": "capture", "cancels": "cancel", "refunds": "refund"}.get(operation, "authorize")
        done = {"key": key, "type": kind, "status": "succeeded", "amount": body["amount"], "reason": None}
        payment["operations"].append(done)
        return payment


def _psp_payment(body: Item) -> Item:
    return {
        "id": "psp_1",
        "reference": body.get("reference"),
        "status": "authorized",
        "brand": "visa",
        "redirect_url": None,
        "amounts": {"captured": 0},
        "operations": [],
    }


class Cloud:
    def __init__(self) -> None:
        self.tables = Tables()
        self.psp = Psp()
        self.links: dict[str, str] = {}

    def aws(self, target: str, asked: Item) -> Item:
        service, _, operation = target.partition(".")
        if service.startswith("DynamoDB"):
            return getattr(self.tables, re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower())(asked)  # type: ignore[no-any-return]
        if operation == "GetSecretValue":
            return {"SecretString": json.dumps(PSP_SECRET)}
        if operation == "GetParameter":
            return {"Parameter": {"Name": asked["Name"], "Value": json.dumps(self.links)}}
        if operation == "Decrypt":
            return {"Plaintext": base64.b64encode(b"whsec_" + base64.b64encode(b"s" * 24)).decode()}
        return {"MessageId": "1", "MD5OfMessageBody": ""}  # SQS


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer is one packet: two would wait for each other
    disable_nagle_algorithm = True
    cloud: Cloud

    def do_GET(self) -> None:
        self._say(b"{}", "application/json")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if target := self.headers.get("X-Amz-Target"):
            self._say(json.dumps(self.cloud.aws(target, json.loads(body))).encode(), "application/x-amz-json-1.0")
        elif self.path.startswith("/psp/"):
            key = self.headers.get("Idempotency-Key", "")
            answer = self.cloud.psp.answer(self.path.removeprefix("/psp"), json.loads(body), key)
            self._say(json.dumps(answer).encode(), "application/json")
        else:  # a merchant's server
            self._say(b"{}", "application/json")

    def _say(self, body: bytes, media_type: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("x-amzn-RequestId", "F4K3REQUEST")
        self.send_header("x-amz-crc32", str(zlib.crc32(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, *_: object) -> None: ...


def serve() -> None:
    """Serves on a free port, which it prints, until its input ends."""
    Handler.cloud = Cloud()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    url = f"http://127.0.0.1:{server.server_port}"
    Handler.cloud.links = {"api_url": f"{url}/v1", "psp_url": f"{url}/psp", "shop_url": url}
    print(url, flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    serve()
