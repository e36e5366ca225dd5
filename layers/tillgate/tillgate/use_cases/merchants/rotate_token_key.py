"""A new key for bearer tokens, without downtime (RG-9): published first, signing later, the old one kept."""

import json
import secrets
from datetime import timedelta
from typing import Any

from tillgate.domain.merchants.token_keys import signing_key
from tillgate.domain.shared.refusals import OperationNotAllowed
from tillgate.wiring import System

ANNOUNCED_FOR = timedelta(minutes=10)  # longer than any process caches keys


def rotate_token_key(system: System, secretsmanager: Any, secret_id: str) -> dict[str, Any]:
    """The new key signs in ten minutes. The previous one verifies until the next rotation; older ones are deleted."""
    now = system.now()
    keys: dict[str, str] = json.loads(secretsmanager.get_secret_value(SecretId=secret_id)["SecretString"])
    current = signing_key(keys, now)
    if "next" in keys and keys["next"] != current:
        raise OperationNotAllowed("a new key has already been announced and will sign soon")
    new, signs_from = f"k{now:%Y%m%d%H%M%S}", now + ANNOUNCED_FOR
    changed = {
        "current": current,
        current: keys[current],
        new: secrets.token_urlsafe(48),
        "next": new,
        "next_from": str(int(signs_from.timestamp())),
    }
    secretsmanager.put_secret_value(SecretId=secret_id, SecretString=json.dumps(changed))
    return {"key_id": new, "signs_from": signs_from.isoformat(timespec="seconds").replace("+00:00", "Z")}
