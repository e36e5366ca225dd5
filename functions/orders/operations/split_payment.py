"""POST /orders/{order_key}/split: PAY for a list of vendors at once, run by a state machine (TH-4, TH-5)."""

from tillgate.api.http.authentication import caller
from tillgate.api.http.idempotency import idempotent_for
from tillgate.api.http.request import Request, Response
from tillgate.api.marketplace.split_models import SplitPayment
from tillgate.api.marketplace.split_views import split_view
from tillgate.domain.marketplace.splits import Split
from tillgate.domain.shared.refusals import Refusal
from tillgate.use_cases.marketplace.run_split import load_split
from tillgate.use_cases.marketplace.split_payment import split_payment
from tillgate.use_cases.shared.idempotency import IdempotencyGuard

MOST_BYTES = 4_000_000  # ten thousand parts


def answer(request: Request) -> Response:
    merchant = caller(request, "orders:write")
    body = request.read(SplitPayment, most=MOST_BYTES)
    parts = body.wanted()

    def perform(guard: IdempotencyGuard[Split]) -> tuple[Split, None]:
        try:
            split = split_payment(
                request.system,
                merchant.merchant_id,
                request.path["order_key"],
                technical_payment_id=body.technical_payment_id,
                parts=parts,
                cancel_all=body.on_failure == "cancel_all",
                guard=guard,
            )
        except Refusal as refused:
            if refused.pointer and refused.pointer.startswith("/parts"):
                refused.pointer = body.pointer_of(refused.pointer)
            raise
        return split, None

    return idempotent_for(
        request,
        merchant.merchant_id,
        body,
        perform,
        lambda split, _: split_view(split),
        reload=lambda key: load_split(request.system, *key.split("#")),
        status=lambda _: 202,
        xml_root="split",
    )
