"""The code of a gift card that waits for the open tender (IS-8): as good as money, so it is stored sealed (ADR 58)."""

from tillgate.use_cases.shared.kept_means import PURPOSE
from tillgate.wiring import System

_SEALED = "sealed:"


def sealed_code(system: System, merchant_id: str, code: str) -> str:
    """What is stored of a code."""
    return _SEALED + system.seal.encrypt(code, merchant_id, PURPOSE)


def opened_code(system: System, merchant_id: str, stored: str) -> str:
    """The code itself. Orders of earlier versions have it as it is."""
    if not stored.startswith(_SEALED):
        return stored
    return system.seal.decrypt(stored.removeprefix(_SEALED), merchant_id, PURPOSE)
