"""Serves the page, and calls functions for it as the console does with the permissions of who is logged in."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from local import aws
from local.place import Place

DASHBOARD = "tillgate-local-desk"
FILES = {
    "/": ("desk.html", "text/html; charset=utf-8"),
    "/desk.css": ("desk.css", "text/css; charset=utf-8"),
    "/desk.js": ("desk.js", "text/javascript; charset=utf-8"),
}
SAFE = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    protocol_version = "HTTP/1.1"
    place: ClassVar[Place]

    def do_GET(self) -> None:
        """The page's files, and the widgets of the deployed dashboard."""
        if self.path == "/widgets":
            self._answer(200, json.dumps(self._widgets()), "application/json")
        elif self.path in FILES:
            name, kind = FILES[self.path]
            self._answer(200, Path(__file__).with_name(name).read_text(), kind)
        else:
            self._answer(404, "Nothing here", "text/plain")

    def do_POST(self) -> None:
        """Calls a widget's function: `{"endpoint": ARN, "payload": {...}}`. Only this page may ask for it."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Origin") != f"http://{self.headers.get('Host')}":
            return self._answer(403, "Only the desk's own page calls functions.", "text/plain")
        asked = json.loads(body)
        known = {each["properties"]["endpoint"] for each in self._widgets()} | set(self._acting())
        if asked["endpoint"] not in known:
            return self._answer(403, "This is no function of the desk.", "text/plain")
        try:
            answer = aws.client(self.place, "lambda").invoke(
                FunctionName=asked["endpoint"], Payload=json.dumps(asked["payload"])
            )
        except ClientError as error:
            return self._answer(502, str(error), "text/plain")
        return self._answer(200, answer["Payload"].read().decode(), "application/json")

    def _widgets(self) -> list[dict[str, Any]]:
        body = aws.client(self.place, "cloudwatch").get_dashboard(DashboardName=DASHBOARD)["DashboardBody"]
        return [each for each in json.loads(body)["widgets"] if each["type"] == "custom"]

    def _acting(self) -> list[str]:
        """The functions that the buttons call."""
        resources = json.loads(self.place.resources_file.read_text())
        return [resources[f"{each}FunctionAliaslive"] for each in ("DeskActions", "DeskPersonal")]

    def _answer(self, status: int, text: str, kind: str) -> None:
        body = text.encode()
        self.send_response(status)
        for name, value in SAFE.items():
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Logs nothing: the functions do."""
