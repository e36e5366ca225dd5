"""`Idempotency-Key` (GO-1): the same key and body get the same response again; another body is refused."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tillgate.api.http.content import to_json
from tillgate.api.http.problems import Problem, concurrent
from tillgate.api.http.request import Request, Response
from tillgate.api.http.versions import if_match
from tillgate.domain.orders.order import Order
from tillgate.domain.shared.card_numbers import card_number_in
from tillgate.domain.shared.refusals import Refusal
from tillgate.store.shared.idempotency import STILL_RUNNING, Kept, Key, Keyed, KeyTaken, Record, fingerprint
from tillgate.use_cases.shared.idempotency import IdempotencyGuard
from tillgate.use_cases.shared.load_order import load

if TYPE_CHECKING:
    from pydantic import BaseModel

_KEY = re.compile(r"^[\x21-\x7e]{1,255}$")
CUSTOMER = "customer"  # the personal field of an order's response
type View[Made] = Callable[[Made, str | None], dict[str, Any]]


def idempotent(
    request: Request,
    merchant_id: str,
    body: "BaseModel",
    perform: Callable[[IdempotencyGuard], tuple[Order, str | None]],
    view: View[Order],
    *,
    status: Callable[[Order], int] = lambda _: 200,
    xml_root: str = "order",
) -> Response:
    """Performs the call once per key and answers the `view` of the order and of its subject, such as a payment."""
    return idempotent_for(
        request,
        merchant_id,
        body,
        perform,
        view,
        reload=lambda order_key: load(request.system, order_key),
        answered=request.system.orders.as_answered,
        status=status,
        xml_root=xml_root,
    )


def idempotent_for[Made: Keyed](
    request: Request,
    merchant_id: str,
    body: "BaseModel",
    perform: Callable[[IdempotencyGuard[Made]], tuple[Made, str | None]],
    view: View[Made],
    *,
    reload: Callable[[str], Made],
    answered: Callable[[str, str], Made | None] = lambda _key, _mark: None,
    status: Callable[[Made], int] = lambda _: 200,
    xml_root: str = "response",
    personal: bool = False,
) -> Response:
    """The same for any aggregate with a key; `reload` reads what the call made, `answered` what its answer showed.

    A `personal` response is not stored, only the fact that it was given; of any other, everything but its customer
    data is. A replay returns the personal data that exists now, so that nothing outlives its erasure here (GO-7).
    """
    key = _key(request, merchant_id, body)

    def render(made: Made, subject: str | None) -> tuple[int, str | None]:
        return status(made), None if personal else to_json(_without_customer(view(made, subject)))

    def again(kept: Kept) -> Response:
        code, text = _answer_of(key, kept, lambda mark: _made_again(kept, answered(kept.key, mark), render)) or (
            None,
            None,
        )
        body = json.loads(text) if text else None
        if code is not None and body is not None and CUSTOMER not in body:
            return _replay(code, body, xml_root)
        made = reload(kept.key)
        present = view(made, kept.subject)
        return _replay(code or status(made), _with_customer(body, present) if body else present, xml_root)

    try:
        made, subject = perform(IdempotencyGuard(key, request.system.keys, render, if_match(request.headers)))
    except KeyTaken as taken:
        return again(taken.kept)
    except (Refusal, Problem):
        # The first call may have used up what the repetition asks for. Then replay its response rather than refuse.
        kept = request.system.keys.load(key) if key else None
        if kept is None:
            raise
        return again(kept)
    return Response(status(made), view(made, subject), xml_root=xml_root)


def _made_again[Made](
    kept: Kept, made: Made | None, render: Callable[[Made, str | None], tuple[int, str | None]]
) -> tuple[int, str | None] | None:
    """An answer that its key does not hold. Its customer data is not in the history: what there is now counts."""
    if made is None:
        return None
    code, text = render(made, kept.subject)
    return code, to_json(json.loads(text) | {CUSTOMER: None}) if text else None


@dataclass(frozen=True, slots=True)
class _Deleted:
    key: str


def deleted_once(request: Request, merchant_id: str, name: str, delete: Callable[[], object]) -> Response:
    """Deletes, once per key. What is deleted never comes back under its name, so a crash before the key is stored does
    no harm: the repetition finds nothing left to delete."""
    key = _key(request, merchant_id, {})
    kept = request.system.keys.load(key) if key else None
    if kept:
        _answer_of(key, kept, lambda _: None)
        return Response(204, None, {"Idempotent-Replayed": "true"})
    delete()
    if key:
        request.system.keys.finish(Record[_Deleted](key, False, None, lambda _: (204, None)), _Deleted(name))
    return Response(204)


def _without_customer(body: dict[str, Any]) -> dict[str, Any]:
    """The response to store: it says that there was customer data, not what it was."""
    return body | {CUSTOMER: None} if CUSTOMER in body else body


def _with_customer(body: dict[str, Any], present: dict[str, Any]) -> dict[str, Any]:
    """The stored response with the customer data, if that still exists."""
    told = {name: value for name, value in body.items() if name != CUSTOMER}
    return told | {CUSTOMER: present[CUSTOMER]} if CUSTOMER in present else told


def _replay(code: int, body: dict[str, Any], xml_root: str) -> Response:
    return Response(code, body, {"Idempotent-Replayed": "true"}, xml_root)


def _key(request: Request, merchant_id: str, body: "BaseModel | dict[str, str]") -> Key | None:
    given = request.headers.get("idempotency-key")
    if given is None:
        return None
    if not _KEY.match(given):
        raise Problem(422, "invalid_request", "an Idempotency-Key must be 1 to 255 visible ASCII characters")
    if card_number_in(given):
        raise Problem(422, "card_data_not_allowed", "the Idempotency-Key contains a card number; send another one")
    fields = body if isinstance(body, dict) else json.loads(body.model_dump_json(exclude_unset=True))
    told = fingerprint(*request.method_and_path, fields)
    return Key(merchant_id, given, told, request.system.now())


def _answer_of(
    key: Key | None, kept: Kept, made_again: Callable[[str], tuple[int, str | None] | None]
) -> tuple[int, str | None] | None:
    """The response to the key's first call; None if it crashed. 422 for another request, 409 while the first runs."""
    if key is None or kept.fingerprint != key.fingerprint:
        raise Problem(
            422, "idempotency_key_reused", "this Idempotency-Key was used for a different request; use a new one"
        )
    answer = kept.answer or made_again(key.mark)
    if answer is None and key.now - kept.began_at < STILL_RUNNING:
        raise concurrent()
    return answer
