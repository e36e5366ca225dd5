"""The processes that functions run in: their environment, and the memory that is lost with them."""

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any
from unittest.mock import patch
from urllib.parse import urlsplit

import urllib3

from functions.sandbox_psp.sandbox import api as psp_api
from proofs.crash.cloud import Answer, Session
from tests.handlers import handler_module
from tillgate import wiring
from tillgate.connectors.host import credentials
from tillgate.runtime import aws as store_client
from tillgate.runtime import batches
from tillgate.use_cases.notifications import notify_merchant
from tillgate.use_cases.shared import metering

if TYPE_CHECKING:
    from proofs.crash.world import World

ENVIRONMENT = {
    "ORDERS_TABLE": "orders",
    "MERCHANTS_TABLE": "merchants",
    "SHOPPERS_TABLE": "shoppers",
    "GUARDS_TABLE": "guards",
    "RETENTION_DAYS": "540",
    "SANDBOX_PSP_SECRET_ID": "sandbox",
    "PSP_SECRETS": "sandbox=sandbox",
    "SANDBOX_PSP_TABLE": "psp",
    "SANDBOX_PSP_NOTIFICATIONS_QUEUE_URL": "psp-out",
    "PSP_NOTIFICATIONS_QUEUE_URL": "psp-in",
    "MERCHANT_NOTIFICATIONS_QUEUE_URL": "merchant-out",
    "DUE_QUEUE_URL": "due",
    "WINDOWS_QUEUE_URL": "windows",
    "WINDOW_DELAY_SECONDS": "900",
    "WINDOW_STATE_MACHINE_ARN": "window",
    "UNWIND_STATE_MACHINE_ARN": "unwind",
    "SPLIT_STATE_MACHINE_ARN": "split",
    "API_URL": "http://tillgate.test",
    "LINKS_PARAMETER": "links",
    "STAND_INS": "sandbox=http://psp.test",
    "REPORTS_BUCKET": "reports",
    "SETTLEMENTS_BUCKET": "reports",
    "EXPORTS_BUCKET": "exports",
    "SETTLEMENTS_OF": "sandbox",
    "ALLOW_LOCAL_URLS": "true",
    "PAYOUT_HOLD_DAYS": "7",
    "PSP_OFFLINE_IBAN": "DE02120300000000202051",
    "PSP_OFFLINE_HOLDER": "Corner Shop",
    "PSP_OFFLINE_DAYS": "14",
    "STAGE": "test",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "POWERTOOLS_METRICS_DISABLED": "true",
    "POWERTOOLS_METRICS_NAMESPACE": "Tillgate",
}


class InTurn(Executor):
    """Runs concurrent work in turn, so that every run makes the same calls, and a place has one number."""

    def __init__(self, max_workers: int | None = None, thread_name_prefix: str = "") -> None: ...

    def submit[**P, Result](self, call: Callable[P, Result], /, *args: P.args, **kwargs: P.kwargs) -> "Future[Result]":
        future: Future[Result] = Future()
        try:
            future.set_result(call(*args, **kwargs))
        except BaseException as error:  # the process's death too: who waits for it dies of it
            future.set_exception(error)
        return future


def forget() -> None:
    """Clears the memory of a process."""
    for clear in _caches(len(sys.modules)):
        clear()
    credentials.forget()
    metering.forget()


@cache
def _caches(_modules: int) -> list[Callable[[], None]]:
    """What our functions and the PSP's keep between two calls; collected again when a module was loaded."""
    names = ("tillgate.", "functions.")
    modules = [module for name, module in list(sys.modules.items()) if name.startswith(names)]
    kept = {id(each): each for module in modules for each in vars(module).values() if hasattr(each, "cache_clear")}
    return [each.cache_clear for each in kept.values()]


def _cached(session: Session) -> Any:
    def get() -> Session:
        return session

    get.cache_clear = lambda: None  # type: ignore[attr-defined]
    return get


@contextmanager
def joined(world: "World") -> Iterator[None]:
    """Connects every process to this world and nothing else."""
    ours, theirs = Session(world.cloud, world.wire), Session(world.cloud, None)

    def request(_: object, method: str, url: str, **call: Any) -> Answer:
        asked = {name: call[name] for name in ("body", "headers") if call.get(name) is not None}
        place = f"http {method} {urlsplit(url).path}" if "psp" in url else f"http {method} {urlsplit(url).netloc}"
        if "tillgate.test" in url:  # the PSP calls us: not a call of ours
            return world.http(method, url, **asked)
        answer: Answer = world.wire.call(place, lambda: world.http(method, url, **asked))
        return answer

    def send(method: str, url: str, headers: dict[str, str], body: bytes | None, **_: object) -> int:
        return request(None, method, url, body=body, headers=headers).status

    with (
        patch.dict("os.environ", ENVIRONMENT),
        patch.object(store_client, "_session", _cached(ours)),
        patch("botocore.session.get_session", lambda: theirs),
        patch.object(wiring.System, "now", lambda _: world.tick()),
        patch.object(wiring.System, "clock", lambda it: it.now().timestamp()),  # calls take no time
        patch.object(wiring.System, "pause", lambda _, seconds: world.pass_time(timedelta(seconds=seconds))),
        patch.object(urllib3.PoolManager, "request", request),
        patch.object(handler_module("notify_merchant"), "send", send, create=True),
        patch.object(psp_api, "TOO_LATE_SECONDS", 0.0),
        patch.object(batches, "ThreadPoolExecutor", InTurn),
        patch.object(notify_merchant, "ThreadPoolExecutor", InTurn),
    ):
        forget()
        try:
            yield
        finally:
            forget()
