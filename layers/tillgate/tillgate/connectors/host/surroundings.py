"""What of the system connectors and their credentials are made with. Tests make their own."""

from datetime import datetime
from typing import Protocol

from tillgate.domain.merchants.connections import Connection
from tillgate.domain.shared.modes import Mode


class Finds(Protocol):
    def find(self, merchant_id: str, connector: str) -> Connection | None:
        """A merchant's own accounts with a PSP; None if it has none."""
        ...

    def of_connector(self, connector: str) -> list[tuple[str, Mode]]:
        """Which merchants have an account with the PSP, test or live."""
        ...


class Opens(Protocol):
    def decrypt(self, sealed: str, merchant_id: str, purpose: str | None = None, **more: str) -> str: ...


class Surroundings(Protocol):
    @property
    def api_url(self) -> str:
        """Our public URL without a trailing slash."""
        ...

    @property
    def connections(self) -> Finds: ...

    @property
    def seal(self) -> Opens: ...

    def now(self) -> datetime: ...

    def clock(self) -> float:
        """Seconds since an arbitrary start."""
        ...
