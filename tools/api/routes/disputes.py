"""Routes of disputes."""

from tillgate.api.http.fields import Nothing
from tillgate.api.payments.models import ListDisputes, SendEvidence

from .route import BUSY, Route, change, read

DISPUTE = "/disputes/{dispute_id}"
_ANSWERING = {
    409: ("operation_not_allowed", *BUSY),
    422: ("capability_not_supported",),
    503: ("psp_unavailable",),
}

ROUTES: tuple[Route, ...] = (
    read(
        "list_disputes",
        "/disputes",
        "Disputes",
        "List disputes",
        "Your disputes, the most recently opened first.",
        "list of Dispute",
        query=ListDisputes,
    ),
    read("get_dispute", DISPUTE, "Disputes", "Read a dispute", "The dispute as the PSP last reported it.", "Dispute"),
    change(
        "send_evidence",
        f"{DISPUTE}/evidence",
        "Send evidence",
        "Sends evidence to the PSP, which puts the dispute under review. Possible while the dispute is open. The "
        "evidence is passed on and not stored.",
        SendEvidence,
        tag="Disputes",
        answers={200: "Dispute"},
        refusals=_ANSWERING,
        example={"text": "Delivered on 3 May, signed for by the customer; see the receipt."},
    ),
    change(
        "accept_dispute",
        f"{DISPUTE}/accept",
        "Accept a dispute",
        "Gives up the disputed amount; the dispute is closed for good.",
        Nothing,
        tag="Disputes",
        answers={200: "Dispute"},
        refusals=_ANSWERING,
    ),
)
