"""What the answers to a dispute share: the caller, the dispute's view and the idempotency key."""

from collections.abc import Callable

from pydantic import BaseModel

from tillgate.api.http.authentication import caller
from tillgate.api.http.idempotency import idempotent
from tillgate.api.http.request import MOST_BYTES, Request, Response
from tillgate.api.payments.views import dispute_view
from tillgate.domain.orders.order import Order
from tillgate.use_cases.payments.list_disputes import dispute_of
from tillgate.use_cases.shared.idempotency import IdempotencyGuard


def on_dispute[Model: BaseModel](
    request: Request,
    model: type[Model],
    perform: Callable[[str, str, Model, IdempotencyGuard], Order],
    most: int = MOST_BYTES,
) -> Response:
    """Reads the body, calls `perform(merchant_id, dispute_id, body, guard)` once, answers the dispute as it is then."""
    merchant = caller(request, "orders:write")
    body = request.read(model, most)
    dispute_id = request.path["dispute_id"]

    def view(order: Order, _: str | None) -> dict[str, object]:
        found = dispute_of(order, dispute_id)
        return dispute_view(found.order, found.payment, found.dispute)

    return idempotent(
        request,
        merchant.merchant_id,
        body,
        lambda guard: (perform(merchant.merchant_id, dispute_id, body, guard), dispute_id),
        view,
        xml_root="dispute",
    )
