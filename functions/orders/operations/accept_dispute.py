"""POST /disputes/{dispute_id}/accept: gives the disputed money up (GO-6)."""

from tillgate.api.http.fields import Nothing
from tillgate.api.http.request import Request, Response
from tillgate.api.payments.disputes import on_dispute
from tillgate.use_cases.payments.answer_dispute import accept_dispute


def answer(request: Request) -> Response:
    return on_dispute(
        request,
        Nothing,
        lambda merchant_id, dispute_id, _, guard: accept_dispute(request.system, merchant_id, dispute_id, guard=guard),
    )
