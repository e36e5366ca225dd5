"""`make listen`: prints a merchant's signed events as they come, and whether each is genuine.

It waits at the first of the local system's `listen_urls` and adds that to the account's endpoints, beside those that
are there, until it ends. It verifies them with the SDK, as a shop would.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.error import HTTPError
from urllib.parse import urlsplit

from local import merchants
from local.place import TroubleError
from tillgate.domain.notifications.event_types import ANY
from tillgate_sdk import InvalidSignature, verify

JSON = dict[str, Any]


def listen(stack: JSON, merchant: JSON) -> None:
    """Until Ctrl-C. Raises `TroubleError` if something else listens there."""
    url = f"{stack['listen_urls'][0]}/"
    where = urlsplit(url)
    Handler.secret = merchant["signing_secret"]
    try:
        server = ThreadingHTTPServer((str(where.hostname), where.port or 80), Handler)
    except OSError:
        raise TroubleError(f"Something listens at {url} already.") from None
    call = partial(merchants.call_api, stack["api_url"], merchants.token(stack["api_url"], merchant))
    _endpoints(call, url, [{"url": url, "events": [ANY]}])
    print(f"Listening at {url} for the events of {merchant['merchant_id']}. Ctrl-C ends it.", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print(flush=True)
    finally:
        server.server_close()
        _endpoints(call, url, [])


def _endpoints(call: Any, url: str, ours: list[JSON]) -> None:
    """Sets the account's endpoints: ours, and all others as they are."""
    others = [{name: each[name] for name in ("url", "events")} for each in call("GET", "/account")["endpoints"]]
    try:
        call("PUT", "/account/notifications", {"endpoints": [each for each in others if each["url"] != url] + ours})
    except HTTPError as refused:
        raise TroubleError(f"The account's endpoints cannot be set: {refused.read().decode()}") from None


def told(headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> str:
    """An event in one line, and whether its signature is right."""
    try:
        verify(secret, headers, body)
        seal = "genuine"
    except InvalidSignature:
        seal = "NOT GENUINE"
    try:
        event = json.loads(body)
        data = event["data"]
        subject = data.get("order_reference") or data.get("dispute_id") or data.get("payout_id") or ""
        words = [event["type"], subject, data.get("order_key", ""), data.get("status", "")]
        words += [f"{data['amount']} {data['currency']}"] if "amount" in data else []
        words += [f"version {data['version']}"] if "version" in data else []
        words += ["considered safe"] if "considered_safe" in data else []
    except (ValueError, TypeError, KeyError, AttributeError):
        words = ["no event", body[:200].decode(errors="replace")]
    return "  ".join(each for each in (f"{now:%H:%M:%S}", seal, *map(str, words)) if each)


class Handler(BaseHTTPRequestHandler):
    """Takes every POST."""

    secret: ClassVar[str]

    def do_POST(self) -> None:
        """Prints the event and takes it."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        print(told(dict(self.headers), body, type(self).secret, datetime.now()), flush=True)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Logs nothing: each event is printed."""
