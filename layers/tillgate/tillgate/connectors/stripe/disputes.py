"""Disputes (GO-6): read, contested with evidence, accepted."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Literal

from tillgate.connectors.stripe.amounts import from_stripe
from tillgate.connectors.stripe.reading import instant
from tillgate.connectors.stripe.wire import JSON, Unclear, Wire
from tillgate.connectors.v1 import (
    Case,
    DisputeNotice,
    Evidence,
    EvidenceFile,
    Fact,
    Kind,
    NoAnswer,
    NotAccepted,
    NotSent,
    Outcome,
)

Status = Literal["NEEDS_RESPONSE", "UNDER_REVIEW", "WON", "LOST", "ACCEPTED"]
ACCEPTED = "tillgate_accepted"  # metadata: Stripe itself does not tell a dispute that was accepted from a lost one
# Stripe's status, ours, and how far it is. An inquiry (`warning_`) may become a dispute; it has debited nothing yet.
_STATUSES: dict[str, tuple[Status, int]] = {
    "warning_needs_response": ("NEEDS_RESPONSE", 1),
    "warning_under_review": ("UNDER_REVIEW", 2),
    "warning_closed": ("WON", 3),
    "needs_response": ("NEEDS_RESPONSE", 4),
    "under_review": ("UNDER_REVIEW", 5),
    "prevented": ("WON", 6),
    "won": ("WON", 7),
    "lost": ("LOST", 8),
}
_FILES = (  # a file of such a name, whatever its ending, is put where Stripe has a place for it
    "cancellation_policy",
    "customer_communication",
    "customer_signature",
    "duplicate_charge_documentation",
    "receipt",
    "refund_policy",
    "service_documentation",
    "shipping_documentation",
)


def facts(case: Case, disputes: Iterable[JSON]) -> Iterator[Fact]:
    """A fact for each dispute. An inquiry that has debited nothing is left to Stripe's dashboard."""
    for each in disputes:
        if each["balance_transactions"] or not each["status"].startswith("warning_"):
            yield _fact(case, each)


def send_evidence(wire: Wire, case: Case, dispute: str, key: str, evidence: Evidence) -> list[Fact] | None:
    """As `AnswersDisputes.send_evidence` says. Stripe takes one file of each kind."""
    placed = _placed(evidence.files)
    try:
        texts = {"uncategorized_text": evidence.text}
        files = {place: _upload(wire, file, f"{key}:{place}") for place, file in placed.items()}
        body = {"evidence": texts | files, "submit": True}
        return _answered(wire, case, f"disputes/{dispute}", body, key)
    except (Unclear, NoAnswer, NotSent):
        return None


def accept(wire: Wire, case: Case, dispute: str, key: str) -> list[Fact] | None:
    """As `AnswersDisputes.accept_dispute` says."""
    try:
        noted = wire.post(f"disputes/{dispute}", {"metadata": {ACCEPTED: "yes"}}, f"{key}:note")
        if not noted.done:
            _refuse(noted.status, noted.error)
        return _answered(wire, case, f"disputes/{dispute}/close", {}, key)
    except (Unclear, NoAnswer, NotSent):
        return None


def _answered(wire: Wire, case: Case, path: str, body: JSON, key: str) -> list[Fact]:
    answer = wire.post(path, body, key)
    if not answer.done:
        _refuse(answer.status, answer.error)
    return [_fact(case, answer.body)]


def _refuse(status: int, error: JSON) -> None:
    if status in (401, 403, 429):
        raise Unclear(str(status))
    raise NotAccepted(str(error.get("message") or "Stripe takes no answer to this dispute any more"))


def _placed(files: tuple[EvidenceFile, ...]) -> dict[str, EvidenceFile]:
    placed: dict[str, EvidenceFile] = {}
    for file in files:
        stem = file.name.rpartition(".")[0].lower()
        place = stem if stem in _FILES else "uncategorized_file"
        if place in placed:
            raise NotAccepted(f"Stripe takes one file as {place}; others can be named {', '.join(_FILES)}")
        placed[place] = file
    return placed


def _upload(wire: Wire, file: EvidenceFile, key: str) -> str:
    mark = hashlib.sha256(key.encode() + file.content).hexdigest()  # the same again, as its key demands
    name = file.name.replace('"', "").replace("\r", "").replace("\n", "")
    head = (
        f'--{mark}\r\nContent-Disposition: form-data; name="purpose"\r\n\r\ndispute_evidence\r\n'
        f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        f"Content-Type: {file.content_type}\r\n\r\n"
    )
    form = head.encode() + file.content + f"\r\n--{mark}--\r\n".encode()
    answer = wire.upload(form, f"multipart/form-data; boundary={mark}", key)
    if not answer.done:
        _refuse(answer.status, answer.error)
    return str(answer.body["id"])


def _fact(case: Case, dispute: JSON) -> Fact:
    status, rank = _STATUSES[dispute["status"]]
    if status == "LOST" and (dispute.get("metadata") or {}).get(ACCEPTED):
        status = "ACCEPTED"
    due = (dispute.get("evidence_details") or {}).get("due_by")
    moved = len(
        dispute["balance_transactions"]
    )  # debited, then perhaps given back: a later verdict replaces an earlier
    notice = DisputeNotice(
        reference=dispute["id"],
        status=status,
        amount=from_stripe(dispute["amount"], case.currency),
        reason=str(dispute["reason"]).upper(),
        opened_at=instant(dispute["created"]),
        revision=moved * 10 + rank,
        evidence_due_at=instant(due) if due else None,
    )
    return Fact(case=case.id, kind=Kind.REVERSAL, outcome=Outcome.SUCCEEDED, dispute=notice)
