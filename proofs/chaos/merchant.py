"""A persistent merchant's server: it repeats each call with its idempotency key until it gets an answer."""

import base64
import json
import time
import uuid
from typing import Any
from urllib.parse import urlencode, urlsplit

import urllib3

PATIENCE = 600.0  # seconds: the repair asks after 1 minute, then after 5
GAP = 2.0


class GaveUp(Exception):
    """A call was never answered, or an outcome never came."""


class Merchant:
    def __init__(self, stack: dict[str, Any]) -> None:
        self.stack = stack
        self.account = stack["merchants"][0]
        self.http = urllib3.PoolManager(maxsize=16, timeout=urllib3.Timeout(40), retries=False)
        self.repeated = 0
        self._token = ""
        self._until = 0.0

    def call(self, method: str, path: str, body: object = None, accept: tuple[int, ...] = ()) -> Any:
        """The answer; a refusal in `accept` counts as one."""
        key = uuid.uuid4().hex
        began = time.monotonic()
        while time.monotonic() - began < PATIENCE:
            status, answer = self._once(method, self.stack["api_url"] + path, body, key)
            running = status == 409 and answer.get("code") == "concurrent_request"
            if 200 <= status < 300 or (status in accept and not running):
                return answer
            if 0 < status < 500 and status not in (401, 429) and not running:
                raise GaveUp(f"{method} {path}: {status} {answer.get('code')} {answer.get('detail')}")
            if status == 401:
                self._until = 0.0
            self.repeated += 1
            time.sleep(GAP)
        raise GaveUp(f"{method} {path}: no answer")

    def until_decided(self, path: str) -> Any:
        """The payment, once it has no open operations at the PSP."""
        began = time.monotonic()
        while time.monotonic() - began < PATIENCE:
            payment = self.call("GET", path)
            if not payment["pending"]:
                return payment
            time.sleep(GAP)
            self.call("POST", f"{path}/sync", {})
        raise GaveUp(f"{path}: no outcome")

    def press(self, page: str, action: str) -> None:
        """The shopper presses a button on the PSP's page and follows the redirects back to us."""
        began = time.monotonic()
        while time.monotonic() - began < PATIENCE:
            try:
                form = urlencode({"action": action}).encode()
                kind = {"Content-Type": "application/x-www-form-urlencoded"}
                answer = self.http.request("POST", page, body=form, headers=kind, redirect=False)
                if answer.status == 303:
                    self.http.request("GET", answer.headers["Location"], redirect=False)
                    return
            except urllib3.exceptions.HTTPError:
                pass
            time.sleep(GAP)
        raise GaveUp(f"the page {urlsplit(page).path} does not answer")

    def _once(self, method: str, url: str, body: object, key: str) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {self._bearer()}", "Content-Type": "application/json"}
        if method != "GET":
            headers["Idempotency-Key"] = key
        content = None if body is None else json.dumps(body).encode()
        try:
            answer = self.http.request(method, url, body=content, headers=headers)
            return answer.status, json.loads(answer.data or b"{}")
        except (urllib3.exceptions.HTTPError, ValueError):
            return 0, {}

    def _bearer(self) -> str:
        while time.monotonic() > self._until:
            basic = base64.b64encode(f"{self.account['client_id']}:{self.account['client_secret']}".encode()).decode()
            try:
                answer = self.http.request(
                    "POST",
                    f"{self.stack['api_url']}/auth/token",
                    body=b"grant_type=client_credentials",
                    headers={
                        "Authorization": f"Basic {basic}",
                        "Content-Type": "application/x-www-form-urlencoded",
                    },
                )
                self._token, self._until = json.loads(answer.data)["access_token"], time.monotonic() + 1800
            except (urllib3.exceptions.HTTPError, ValueError, KeyError):
                time.sleep(GAP)
        return self._token
