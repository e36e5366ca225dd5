"""POST /orders/{order_key}/split: PAY for a list of vendors at once, run by a state machine (TH-4, TH-5)."""

from tillgate.api.endpoint import Request, Response, endpoint
from tillgate.api.once import once_for
from tillgate.api.split_models import SplitPayment
from tillgate.api.split_views import split_view
from tillgate.domain.errors import Refusal
from tillgate.domain.splits import Split
from tillgate.use_cases.guard import Guard
from tillgate.use_cases.run_split import load_split
from tillgate.use_cases.split_payment import split_payment

MOST_BYTES = 4_000_000  # ten thousand parts


@endpoint
def handler(request: Request) -> Response:
    merchant = request.merchant("orders:write")
    body = request.read(SplitPayment, most=MOST_BYTES)
    parts = body.wanted()

    def perform(guard: Guard[Split]) -> tuple[Split, None]:
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

    return once_for(
        request,
        merchant.merchant_id,
        body,
        perform,
        lambda split, _: split_view(split),
        reload=lambda key: load_split(request.system, *key.split("#")),
        status=lambda _: 202,
        xml_root="split",
    )
