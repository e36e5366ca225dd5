"""POST /disputes/{dispute_id}/evidence: speaks for the merchant at the shopper's bank (GO-6)."""

from tillgate.api.http.request import Request, Response
from tillgate.api.payments.disputes import on_dispute
from tillgate.api.payments.models import MOST_EVIDENCE_BYTES, SendEvidence
from tillgate.use_cases.payments.answer_dispute import send_evidence


def answer(request: Request) -> Response:
    return on_dispute(
        request,
        SendEvidence,
        lambda merchant_id, dispute_id, body, guard: send_evidence(
            request.system, merchant_id, dispute_id, body.decoded(), guard=guard
        ),
        MOST_EVIDENCE_BYTES,
    )
