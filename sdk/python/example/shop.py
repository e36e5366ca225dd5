"""A shop: one ticket, paid on Tillgate's menu, shipped when it is safe. README.md says how it is started."""

import os
import sys
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tillgate_sdk import InvalidSignature, Tillgate, models, verify

HERE = f"http://127.0.0.1:{sys.argv[1]}"
tillgate = Tillgate(os.environ["API"], os.environ["CLIENT_ID"], os.environ["CLIENT_SECRET"])
versions: dict[str, int] = {}  # the newest version that was seen of each order


def buy() -> str:
    urls: models.ReturnUrls = {"success": HERE, "aborted": HERE, "error": HERE}
    name = f"shop-{uuid.uuid4().hex[:12]}"
    terms: models.CreateOrder = {"order_reference": name, "amount": 4999, "currency": "EUR", "return_urls": urls}
    terms["notification_url"] = f"{HERE}/events"
    return tillgate.create_order(terms, idempotency_key=name)["menu_url"]


def changed(order: models.Order) -> None:  # ships, once: captures what is held as soon as it is safe
    if order["version"] <= versions.get(order["order_key"], 0):
        return
    for payment in order["payments"] if "considered_safe" in order else []:
        if "capture" in payment["allowed_operations"]:
            key = f"ship-{payment['payment_id']}"
            tillgate.capture_payment(order["order_key"], payment["payment_id"], idempotency_key=key)
    versions[order["order_key"]] = order["version"]  # not sooner: after an error the notification comes again


class Shop(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        status = tillgate.get_order(query["order_key"][0])["status"] if "order_key" in query else "nothing bought yet"
        self.reply(200, f"<h1>Ticket</h1>{status}<form method=post action=/buy><button>49.99 EUR</button></form>")

    def do_POST(self) -> None:
        if self.path == "/buy":
            return self.reply(303, "", buy())
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        try:
            changed(verify(os.environ["SIGNING_SECRET"], dict(self.headers), body)["data"])
        except InvalidSignature as invalid:
            return self.reply(400, str(invalid))
        return self.reply(204, "")

    def reply(self, status: int, text: str, location: str = "") -> None:
        self.send_response(status)
        for name, value in (("Content-Type", "text/html"), ("Content-Length", str(len(text))), ("Location", location)):
            if value:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text.encode("ascii"))


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Shop).serve_forever()
