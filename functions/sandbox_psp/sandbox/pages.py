"""The shopper's page: plain forms, no scripts, nothing from other origins. Its unguessable id gives access."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from . import cards, service
from .calls import guarded
from .errors import PspError, invalid
from .model import Payment, StoredCard
from .money import readable
from .payments import Action

_HERE = Path(__file__).parent
_ACTIONS: dict[str, Action] = {"approve": "approve", "decline": "decline", "cancel": "cancel"}
_POLICY = (
    "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' https:{more}"
)


async def show_page(request: Request) -> Response:
    """GET /pay/{id}."""
    page_id = str(request.path_params["id"])
    if page_id.startswith("card_"):
        return _card_page(cards.of_page(page_id))
    return _page(service.get_by_id(page_id))


async def take_choice(request: Request) -> Response:
    """POST /pay/{id}: only the first choice counts; every call sends the shopper back to the shop."""
    payment_id, fields = str(request.path_params["id"]), await _fields(request)
    action = _ACTIONS.get(fields.get("action", ""))
    if payment_id.startswith("card_"):
        return _confirmed(payment_id, action)
    choice = fields.get("choice") or None
    payment = service.get_by_id(payment_id) if action is None else service.act(payment_id, action, choice)
    if action is None and payment.status == "requires_action":
        raise invalid("Choose Approve, Decline or Cancel.")
    if payment.status == "requires_action" and payment.page_url:
        return RedirectResponse(payment.page_url, status_code=303, headers=_headers(payment.return_url))
    if payment.status == "closed" or payment.return_url is None:
        return _page(payment)
    return RedirectResponse(payment.return_url, status_code=303, headers=_headers(payment.return_url))


def _confirmed(card_id: str, action: Action | None) -> Response:
    """The shopper confirms, or not, that a card is stored."""
    if action is None:
        raise invalid("Choose Approve, Decline or Cancel.")
    card = cards.confirm(card_id, action == "approve")
    return RedirectResponse(str(card.return_url), status_code=303, headers=_headers(card.return_url))


def _card_page(card: StoredCard) -> Response:
    awaited = card.answer == "awaited" and not card.deleted
    content = _templates().get_template("store.html").render(card=card, awaited=awaited)
    return HTMLResponse(content, headers=_headers(card.return_url))


async def stylesheet(request: Request) -> Response:
    """GET /static/sandbox.css."""
    return Response(_style(), media_type="text/css", headers={"Cache-Control": "public, max-age=3600"})


async def _fields(request: Request) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode("utf-8", "replace")))


def _page(payment: Payment) -> Response:
    first = payment.authorization
    pages = {"requires_action": f"{payment.page}.html", "closed": "closed.html"}
    name = pages.get(payment.status, "answered.html")
    template = _templates().get_template(name)
    content = template.render(
        payment=payment,
        amount=readable(first.amount if first else payment.amount, payment.currency),
        succeeded=first is not None and first.status == "succeeded",
    )
    return HTMLResponse(content, headers=_headers(payment.return_url))


def _refusal(error: PspError) -> Response:
    content = _templates().get_template("refused.html").render(error=error)
    return HTMLResponse(content, status_code=error.status, headers=_headers(None))


def _headers(return_url: str | None) -> dict[str, str]:
    # Browsers apply form-action to the redirects after a form too, and the way back to the shop has several hops
    # whose origins are not known here: so any https origin, and any http one if the caller uses http.
    more = " http:" if (return_url or "").startswith("http:") else ""
    return {
        "Content-Security-Policy": _POLICY.format(more=more),
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }


@cache
def _templates() -> Environment:
    loader = FileSystemLoader(_HERE / "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)


@cache
def _style() -> bytes:
    return (_HERE / "static" / "sandbox.css").read_bytes()


ROUTES = [
    Route("/pay/{id}", guarded(show_page, _refusal), methods=["GET"]),
    Route("/pay/{id}", guarded(take_choice, _refusal), methods=["POST"]),
    Route("/static/sandbox.css", guarded(stylesheet, _refusal), methods=["GET"]),
]
