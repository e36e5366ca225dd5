"""The merchant's answers to disputes, at the sandbox PSP (GO-6)."""

import base64
from abc import ABC, abstractmethod
from typing import Any
from urllib.parse import quote

from tillgate.connectors.api import DisputeClosed
from tillgate.domain.payments.disputes import Dispute, Evidence
from tillgate.domain.payments.payment import Payment
from tillgate.domain.psp.facts import Fact


class SandboxDisputes(ABC):
    """The part of the connector that answers disputes; `_request` and `_read` are its wire."""

    def send_evidence(self, payment: Payment, dispute: Dispute, key: str, evidence: Evidence) -> list[Fact] | None:
        files = [
            {
                "name": file.name,
                "content_type": file.content_type,
                "content_base64": base64.b64encode(file.content).decode(),
            }
            for file in evidence.files
        ]
        return self._answer_dispute(payment, dispute, "evidence", key, {"text": evidence.text, "files": files})

    def accept_dispute(self, payment: Payment, dispute: Dispute, key: str) -> list[Fact] | None:
        return self._answer_dispute(payment, dispute, "accept", key, {})

    def _answer_dispute(
        self, payment: Payment, dispute: Dispute, answer: str, key: str, body: dict[str, Any]
    ) -> list[Fact] | None:
        path = f"/payments/{quote(payment.payment_id)}/disputes/{quote(dispute.psp_reference)}/{answer}"
        status, shown = self._request("POST", path, body, key)
        if status in (400, 404, 422):  # the PSP understood it, and will never accept it
            raise DisputeClosed
        return self._read(payment.payment_id, shown) if status == 200 else None

    @abstractmethod
    def _request(
        self, method: str, path: str, body: dict[str, Any] | None = None, key: str | None = None
    ) -> tuple[int, Any]: ...

    @abstractmethod
    def _read(self, reference: str, shown: Any) -> list[Fact] | None: ...
