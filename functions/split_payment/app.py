"""POST /orders/{order_key}/split: PAY for a list of vendors at once, run by a state machine (TH-4, TH-5)."""

from tillgate.api import models
from tillgate.api.endpoint import Request, Response, endpoint
from tillgate.api.once import once
from tillgate.api.split_views import split_view
from tillgate.domain.order import Order
from tillgate.domain.splits import Part
from tillgate.use_cases.guard import Guard
from tillgate.use_cases.split_payment import split_payment

MOST_BYTES = 4_000_000  # ten thousand parts


@endpoint
def handler(request: Request) -> Response:
    merchant = request.merchant("orders:write")
    body = request.read(models.SplitPayment, most=MOST_BYTES)
    parts = [Part(part.vendor_id, part.amount, part.sub_order_reference, part.fee) for part in body.parts]

    def perform(guard: Guard) -> tuple[Order, str | None]:
        order, split = split_payment(
            request.system,
            merchant.merchant_id,
            request.path["order_key"],
            technical_payment_id=body.technical_payment_id,
            parts=parts,
            cancel_all=body.on_failure == "cancel_all",
            guard=guard,
        )
        return order, split.split_id

    def view(order: Order, split_id: str | None) -> dict[str, object]:
        split = request.system.splits.load(order.order_key, split_id or "")
        return split_view(split) if split else {"split_id": split_id, "order_key": order.order_key, "status": "RUNNING"}

    return once(request, merchant.merchant_id, body, perform, view, status=lambda _: 202, xml_root="split")
