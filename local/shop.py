"""The demo merchant's shop: takes what Tillgate sends and shows it.

    GET  /update?id=REFERENCE     the update URL; `answer=503` in the query makes it answer that
    POST /notifications           signed events; `answer=410` works here too
    GET  /inbox                   what came, oldest first, as JSON; DELETE empties it
    GET  /return/success|aborted|error   where the shopper's browser comes back to

It remembers in memory only.
"""

from __future__ import annotations

import html
import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, urlsplit

HOST = "127.0.0.1"
TEXTS = {"success": "Thank you, your payment came through.", "aborted": "You did not pay.", "error": "Sorry."}
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Corner Shop</title>
<h1>Corner Shop</h1><p>{text}</p><p>Order {reference}</p></html>"""


class Inbox:
    """What Tillgate has sent, oldest first."""

    def __init__(self) -> None:
        self._messages: list[dict[str, Any]] = []
        self._lock = Lock()

    def add(self, message: dict[str, Any]) -> None:
        """Keeps a message, with the time it came."""
        with self._lock:
            self._messages.append({"received_at": time.time()} | message)

    def all(self) -> list[dict[str, Any]]:
        """A copy of what has come."""
        with self._lock:
            return list(self._messages)

    def clear(self) -> None:
        """Forgets everything."""
        with self._lock:
            self._messages.clear()


INBOX = Inbox()


class Shop(BaseHTTPRequestHandler):
    """Answers one request."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """The update URL, the inbox and the pages that shoppers return to."""
        url = urlsplit(self.path)
        query = parse_qs(url.query)
        if url.path == "/update":
            INBOX.add({"kind": "update", "id": query.get("id", [None])[0], "query": url.query})
            self._answer(_wished(query), b"")
        elif url.path == "/inbox":
            self._answer(200, json.dumps({"items": INBOX.all()}).encode(), "application/json")
        elif url.path.removeprefix("/return/") in TEXTS:
            self._answer(200, _page(url.path.removeprefix("/return/"), query), "text/html; charset=utf-8")
        else:
            self._answer(404, b"There is nothing here.\n")

    def do_POST(self) -> None:
        """Signed events."""
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        if url.path != "/notifications":
            self._answer(404, b"There is nothing here.\n")
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        INBOX.add({"kind": "notification", "headers": headers, "body": body})
        self._answer(_wished(parse_qs(url.query)), b"")

    def do_DELETE(self) -> None:
        """Empties the inbox."""
        INBOX.clear()
        self._answer(204, b"")

    def log_message(self, *_: object) -> None:
        """Says nothing: the inbox shows it all."""

    def _answer(self, status: int, body: bytes, content_type: str = "text/plain; charset=utf-8") -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _wished(query: dict[str, list[str]]) -> int:
    """The status that the caller's URL asks for: a way to rehearse a shop in trouble."""
    return int(query.get("answer", ["200"])[0])


def _page(how: str, query: dict[str, list[str]]) -> bytes:
    reference = html.escape(query.get("order_reference", ["unknown"])[0])
    return PAGE.format(text=TEXTS[how], reference=reference).encode()


def main() -> None:
    """Serves until it is ended: `python -m local.shop PORT`."""
    ThreadingHTTPServer((HOST, int(sys.argv[1])), Shop).serve_forever()


if __name__ == "__main__":
    main()
