"""`Idempotency-Key` (GO-1): the same key and body is answered the same again, another body is refused."""

import json
import re
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel

from tillgate.domain.errors import Refusal
from tillgate.domain.order import Order
from tillgate.store.idempotency import STILL_RUNNING, Kept, Key, KeyTaken, fingerprint
from tillgate.use_cases.guard import Guard
from tillgate.use_cases.loading import load

from .content import to_json
from .endpoint import Request, Response
from .problems import Problem, concurrent
from .versions import if_match

_KEY = re.compile(r"^[\x21-\x7e]{1,255}$")
View = Callable[[Order, str | None], dict[str, Any]]


def once(
    request: Request,
    merchant_id: str,
    body: BaseModel,
    perform: Callable[[Guard], tuple[Order, str | None]],
    view: View,
    *,
    status: Callable[[Order], int] = lambda _: 200,
    xml_root: str = "order",
) -> Response:
    """Performs the call once for its key; answers the `view` of the order it made and of what it was about."""
    key = _key(request, merchant_id, body)

    def render(order: Order, subject: str | None) -> tuple[int, str]:
        return status(order), to_json(view(order, subject))

    try:
        order, subject = perform(Guard(key, request.system.keys, render, if_match(request.headers)))
    except KeyTaken as taken:
        return _again(request, key, taken.kept, render, xml_root)
    except (Refusal, Problem):
        # The first call may have used up what this repetition asks for: then it is answered, not refused.
        kept = request.system.keys.load(key) if key else None
        if key is None or kept is None:
            raise
        return _again(request, key, kept, render, xml_root)
    return Response(status(order), view(order, subject), xml_root=xml_root)


def _key(request: Request, merchant_id: str, body: BaseModel) -> Key | None:
    given = request.headers.get("idempotency-key")
    if given is None:
        return None
    if not _KEY.match(given):
        raise Problem(422, "invalid_request", "an Idempotency-Key has 1 to 255 visible ASCII characters")
    told = fingerprint(*request.method_and_path, json.loads(body.model_dump_json(exclude_unset=True)))
    return Key(merchant_id, given, told, request.system.now())


def _again(
    request: Request,
    key: Key | None,
    kept: Kept,
    render: Callable[[Order, str | None], tuple[int, str]],
    xml_root: str,
) -> Response:
    if key is None or kept.fingerprint != key.fingerprint:
        raise Problem(422, "idempotency_key_reused", "this Idempotency-Key came with another request; use a new one")
    answer = kept.answer
    if answer is None:
        if key.now - kept.began_at < STILL_RUNNING:
            raise concurrent()
        answer = render(load(request.system, kept.order_key), kept.subject)
    return Response(answer[0], json.loads(answer[1]), {"Idempotent-Replayed": "true"}, xml_root)
