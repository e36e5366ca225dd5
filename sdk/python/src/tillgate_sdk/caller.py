"""The two ways to drive an exchange: waiting, and awaited."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from threading import Lock
from typing import Any, Self
from urllib.parse import quote

import httpx

from .exchange import Exchange, Grant, Token

_TIMEOUT = httpx.Timeout(15, connect=5)  # seconds; a call that waits for a PSP answers within ten


def segment(key: str) -> str:
    """One segment of a path, whatever the key contains."""
    return quote(key, safe="")


class Caller:
    """`api_url` without a slash at its end. `transport` is for tests. Threads may share a client."""

    def __init__(
        self, api_url: str, client_id: str, client_secret: str, *, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._http = httpx.Client(base_url=api_url, timeout=_TIMEOUT, transport=transport)
        self._credentials = httpx.BasicAuth(client_id, client_secret)
        self._token = Token()
        self._lock = Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def _send(self, exchange: Exchange) -> httpx.Response:
        while True:
            token = self._bearer()
            try:
                answer = self._http.request(**exchange.request(token))
            except httpx.TransportError as error:
                time.sleep(exchange.lost(error))
                continue
            pause = exchange.answered(answer)
            if pause is None:
                return answer
            self._forget(token if answer.status_code == 401 else None)
            time.sleep(pause)

    def _bearer(self) -> str:
        with self._lock:
            if not self._token.is_valid:
                self._token.take(self._granted(Grant(credentials=self._credentials)))
            return self._token.text

    def _granted(self, grant: Grant) -> httpx.Response:
        while True:
            try:
                answer = self._http.request(**grant.request())
            except httpx.TransportError as error:
                time.sleep(grant.lost(error))
                continue
            pause = grant.answered(answer)
            if pause is None:
                return answer
            time.sleep(pause)

    def _forget(self, refused: str | None) -> None:
        with self._lock:
            if refused == self._token.text:
                self._token = Token()

    def _call(self, method: str, path: str, **given: Any) -> Any:
        answer = self._send(Exchange(method, path, **given))
        return answer.json() if answer.content else None

    def _text(self, method: str, path: str, **given: Any) -> str:
        return self._send(Exchange(method, path, **given)).text

    def _pages(self, method: str, path: str, query: Mapping[str, Any] | None = None) -> Iterator[Any]:
        asked = dict(query or {})
        while True:
            page = self._call(method, path, query=asked)
            yield from page["items"]
            if page.get("next_cursor") is None:
                return
            asked["cursor"] = page["next_cursor"]


class AsyncCaller:
    """The same, to be awaited. One event loop uses a client."""

    def __init__(
        self, api_url: str, client_id: str, client_secret: str, *, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._http = httpx.AsyncClient(base_url=api_url, timeout=_TIMEOUT, transport=transport)
        self._credentials = httpx.BasicAuth(client_id, client_secret)
        self._token = Token()
        self._lock = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        await self._http.aclose()

    async def _send(self, exchange: Exchange) -> httpx.Response:
        while True:
            token = await self._bearer()
            try:
                answer = await self._http.request(**exchange.request(token))
            except httpx.TransportError as error:
                await asyncio.sleep(exchange.lost(error))
                continue
            pause = exchange.answered(answer)
            if pause is None:
                return answer
            if answer.status_code == 401 and token == self._token.text:
                self._token = Token()
            await asyncio.sleep(pause)

    async def _bearer(self) -> str:
        async with self._lock:
            if not self._token.is_valid:
                self._token.take(await self._granted(Grant(credentials=self._credentials)))
            return self._token.text

    async def _granted(self, grant: Grant) -> httpx.Response:
        while True:
            try:
                answer = await self._http.request(**grant.request())
            except httpx.TransportError as error:
                await asyncio.sleep(grant.lost(error))
                continue
            pause = grant.answered(answer)
            if pause is None:
                return answer
            await asyncio.sleep(pause)

    async def _call(self, method: str, path: str, **given: Any) -> Any:
        answer = await self._send(Exchange(method, path, **given))
        return answer.json() if answer.content else None

    async def _text(self, method: str, path: str, **given: Any) -> str:
        return (await self._send(Exchange(method, path, **given))).text

    async def _pages(self, method: str, path: str, query: Mapping[str, Any] | None = None) -> AsyncIterator[Any]:
        asked = dict(query or {})
        while True:
            page = await self._call(method, path, query=asked)
            for item in page["items"]:
                yield item
            if page.get("next_cursor") is None:
                return
            asked["cursor"] = page["next_cursor"]
