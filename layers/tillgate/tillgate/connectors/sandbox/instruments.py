"""Instruments at the sandbox PSP: a card is stored under our token, for a customer named by us (RG-5)."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from tillgate.connectors.api import Registration, Stored
from tillgate.domain.payments.operations import OperationStatus
from tillgate.domain.shoppers.saved_instruments import StoredInstrument

_NOT_THERE = Stored(OperationStatus.FAILED)
_UNKNOWN = Stored(OperationStatus.UNKNOWN)


class SandboxInstruments(ABC):
    """The part of the connector that keeps instruments; `_request` is its wire."""

    def store_instrument(self, registration: Registration) -> Stored:
        body = {
            "reference": registration.reference,
            "customer": registration.shopper,
            "method": registration.method,
            "token": registration.token,
        }
        status, shown = self._request("POST", "/instruments", body)
        return _NOT_THERE if status in (400, 422) else _stored(status, shown)

    def find_instrument(self, reference: str, shopper: str) -> Stored:
        status, shown = self._request("GET", f"/instruments/{quote(reference)}")
        return _NOT_THERE if status == 404 else _stored(status, shown)

    def delete_instrument(self, reference: str, shopper: str, token: str | None) -> bool:
        status, _ = self._request("DELETE", f"/instruments/{quote(reference)}")
        return status == 200

    @abstractmethod
    def _request(
        self, method: str, path: str, body: dict[str, Any] | None = None, key: str | None = None
    ) -> tuple[int, Any]: ...


def _stored(status: int, shown: Any) -> Stored:
    if status != 200:
        return _UNKNOWN
    try:
        if shown["status"] == "deleted":
            return _NOT_THERE
        return Stored(OperationStatus.SUCCEEDED, stored_instrument(shown))
    except (KeyError, TypeError, AttributeError):
        return _UNKNOWN


def stored_instrument(shown: Mapping[str, Any]) -> StoredInstrument:
    """Raises KeyError, TypeError on other shapes, as everything stored has to be readable again."""
    values = [shown[name] for name in ("id", "brand", "last4", "expires")]
    if not all(isinstance(value, str) for value in values):
        raise TypeError("texts were expected")
    return StoredInstrument(*values)
