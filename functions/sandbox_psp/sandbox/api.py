"""The REST API for a merchant's system: every call is signed, every successful response is the payment or
the stored instrument. The back office next to it is unsigned: in production there is no sandbox."""

from __future__ import annotations

import asyncio
import re

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from . import cards, disputes, paying_out, payouts, service
from .bodies import (
    REFERENCE,
    Acceptance,
    BalanceOf,
    Copies,
    Evidence,
    NewDeed,
    NewInstrument,
    NewOperation,
    NewPayment,
    NewPayout,
    NewTransfer,
    parse,
)
from .calls import Endpoint, guarded, json_refusal, signed
from .errors import invalid, not_found
from .instruments import INSTRUMENTS
from .model import Payment, StoredCard, card_view, view
from .payments import Kind

TOO_LATE_SECONDS = 9.0  # longer than a caller should wait, shorter than the function's timeout
MAX_KEY_LENGTH = 255


async def create_payment(request: Request) -> Response:
    """POST /payments."""
    key = _idempotency_key(request)
    order = parse(NewPayment, await request.body())
    request.state.reference = order.reference  # for the log
    payment, made_now = service.start(order, key)
    if made_now and payment.instrument.answer == "too_late":
        await asyncio.sleep(TOO_LATE_SECONDS)
    return _answer(payment)


async def get_payment(request: Request) -> Response:
    """GET /payments/{reference}."""
    return _answer(service.get(_reference(request)))


async def tell_balance(request: Request) -> Response:
    """POST /balances: a gift card's balance."""
    asked = parse(BalanceOf, await request.body())
    return JSONResponse({"balance": service.balance(asked.token, asked.method)})


async def transfer_payment(request: Request) -> Response:
    """POST /payments/{reference}/transfers: returns the payment that was carved out."""
    key = _idempotency_key(request)
    order = parse(NewTransfer, await request.body())
    return _answer(service.transfer(_reference(request), order, key))


async def close_payment(request: Request) -> Response:
    """POST /payments/{reference}/close."""
    return _answer(service.close(_reference(request)))


async def send_evidence(request: Request) -> Response:
    """POST /payments/{reference}/disputes/{dispute_id}/evidence."""
    return _answer_dispute(request, "evidence", parse(Evidence, await request.body()))


async def accept_dispute(request: Request) -> Response:
    """POST /payments/{reference}/disputes/{dispute_id}/accept."""
    return _answer_dispute(request, "accept", parse(Acceptance, await request.body()))


def _answer_dispute(request: Request, says: disputes.Says, body: Evidence | Acceptance) -> Response:
    key, dispute_id = _idempotency_key(request), str(request.path_params["dispute_id"])
    return _answer(service.answer_dispute(_reference(request), dispute_id, says, key, body.model_dump_json()))


async def do_in_back_office(request: Request) -> Response:
    """POST /backoffice/{reference}: a demo's console, so it is unsigned, like the shopper's pages."""
    wanted = parse(NewDeed, await request.body())
    payment = service.do(_reference(request), wanted.do, wanted.amount)
    return JSONResponse(view(payment), status_code=202)


async def repeat_notification(request: Request) -> Response:
    """POST /payments/{reference}/notifications."""
    wanted = parse(Copies, await request.body())
    return _answer(service.repeat(_reference(request), wanted.copies))


async def store_instrument(request: Request) -> Response:
    """POST /instruments: for a customer, without a payment."""
    order = parse(NewInstrument, await request.body())
    request.state.reference = order.reference
    card, made_now = cards.register(order)
    if made_now and INSTRUMENTS[card.token].answer == "too_late":
        await asyncio.sleep(TOO_LATE_SECONDS)
    return _card(card)


async def get_instrument(request: Request) -> Response:
    """GET /instruments/{reference}."""
    return _card(cards.get(_reference(request)))


async def delete_instrument(request: Request) -> Response:
    """DELETE /instruments/{reference}: nothing is stored under it any more, or ever will be."""
    return _card(cards.delete(_reference(request)))


def _card(card: StoredCard) -> Response:
    return JSONResponse(card_view(card))


async def create_payout(request: Request) -> Response:
    """POST /payouts."""
    key = _idempotency_key(request)
    order = parse(NewPayout, await request.body())
    request.state.reference = order.reference  # for the log
    payout, paid_now = paying_out.pay(order, key)
    if paid_now and payout.instrument.answer == "too_late":
        await asyncio.sleep(TOO_LATE_SECONDS)
    return JSONResponse(payouts.view(payout))


async def get_payout(request: Request) -> Response:
    """GET /payouts/{reference}."""
    return JSONResponse(payouts.view(paying_out.get(_reference(request))))


async def repeat_payout_notification(request: Request) -> Response:
    """POST /payouts/{reference}/notifications."""
    wanted = parse(Copies, await request.body())
    return JSONResponse(payouts.view(paying_out.repeat(_reference(request), wanted.copies)))


def _operation(kind: Kind) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        key = _idempotency_key(request)
        order = parse(NewOperation, await request.body())
        return _answer(service.operate(_reference(request), kind, key, order))

    endpoint.__name__ = f"{kind}_payment"
    return endpoint


def _answer(payment: Payment) -> Response:
    return JSONResponse(view(payment))


def _reference(request: Request) -> str:
    reference = str(request.path_params["reference"])
    if not re.fullmatch(REFERENCE, reference):
        raise not_found()
    return reference


def _idempotency_key(request: Request) -> str:
    key = request.headers.get("idempotency-key", "").strip()
    if not 1 <= len(key) <= MAX_KEY_LENGTH:
        raise invalid("The header Idempotency-Key is missing or too long.", "idempotency_key_required")
    return key


ROUTES = [
    Route("/instruments", signed(store_instrument), methods=["POST"]),
    Route("/instruments/{reference}", signed(get_instrument), methods=["GET"]),
    Route("/instruments/{reference}", signed(delete_instrument), methods=["DELETE"]),
    Route("/payments", signed(create_payment), methods=["POST"]),
    Route("/balances", signed(tell_balance), methods=["POST"]),
    Route("/payments/{reference}", signed(get_payment), methods=["GET"]),
    Route("/payments/{reference}/captures", signed(_operation("capture")), methods=["POST"]),
    Route("/payments/{reference}/cancels", signed(_operation("cancel")), methods=["POST"]),
    Route("/payments/{reference}/refunds", signed(_operation("refund")), methods=["POST"]),
    Route("/payments/{reference}/transfers", signed(transfer_payment), methods=["POST"]),
    Route("/payments/{reference}/close", signed(close_payment), methods=["POST"]),
    Route("/payments/{reference}/disputes/{dispute_id}/evidence", signed(send_evidence), methods=["POST"]),
    Route("/payments/{reference}/disputes/{dispute_id}/accept", signed(accept_dispute), methods=["POST"]),
    Route("/payments/{reference}/notifications", signed(repeat_notification), methods=["POST"]),
    Route("/backoffice/{reference}", guarded(do_in_back_office, json_refusal), methods=["POST"]),
    Route("/payouts", signed(create_payout), methods=["POST"]),
    Route("/payouts/{reference}", signed(get_payout), methods=["GET"]),
    Route("/payouts/{reference}/notifications", signed(repeat_payout_notification), methods=["POST"]),
]
