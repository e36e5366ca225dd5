"""The merchant's answers to disputes, at the sandbox PSP (GO-6)."""

import base64
from abc import ABC, abstractmethod
from typing import Any
from urllib.parse import quote

from tillgate.connectors.sandbox.wire import Wire
from tillgate.connectors.v1 import Case, Evidence, Fact, NoAnswer, NotAccepted, NotSent


class SandboxDisputes(ABC):
    """The part of the connector that answers disputes."""

    _wire: Wire

    def send_evidence(self, case: Case, dispute: str, key: str, evidence: Evidence) -> list[Fact] | None:
        files = [
            {
                "name": file.name,
                "content_type": file.content_type,
                "content_base64": base64.b64encode(file.content).decode(),
            }
            for file in evidence.files
        ]
        return self._answer_dispute(case, dispute, "evidence", key, {"text": evidence.text, "files": files})

    def accept_dispute(self, case: Case, dispute: str, key: str) -> list[Fact] | None:
        return self._answer_dispute(case, dispute, "accept", key, {})

    def _answer_dispute(
        self, case: Case, dispute: str, answer: str, key: str, body: dict[str, Any]
    ) -> list[Fact] | None:
        try:
            path = f"/payments/{quote(case.id)}/disputes/{quote(dispute)}/{answer}"
            status, shown = self._wire.request("POST", path, body, key)
            if status in (400, 404, 422):  # the PSP understood it, and will never accept it
                raise NotAccepted("the dispute takes no answer any more")
            return self._read(case.id, shown) if status == 200 else None
        except (NoAnswer, NotSent):
            return None

    @abstractmethod
    def _read(self, reference: str, shown: Any) -> list[Fact]: ...
