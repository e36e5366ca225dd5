"""Whose account at a PSP is used: a merchant's own, test or live, else the deployment's.

The deployment's own come from environment variables and a secret, see `registry`. The secret is read again after five
minutes, so that a rotation needs no deploy. A merchant's own are at most a minute old.
"""

import json
import os
from collections.abc import Mapping
from typing import Any, Final, Literal

from tillgate.connectors.host.registry import manifest, secret_id, variable
from tillgate.connectors.host.surroundings import Opens, Surroundings
from tillgate.domain.merchants.connections import PURPOSE, Credentials, Opened, in_use
from tillgate.domain.psp.accounts import PspAccount
from tillgate.domain.shared.modes import Mode
from tillgate.runtime.aws import client

KEPT_SECONDS = 300.0
MODE: Final = "mode"
"""The value that tells a connector which of the merchant's accounts it is, beside those that its manifest names."""
IN_USE: Final = "in use"
_secrets: dict[str, tuple[float, dict[str, str]]] = {}

type Whose = Mode | Literal["in use"] | None
"""Of a payment: the mode that it was begun with, None for the deployment's account. IN_USE: what new orders use."""


def credentials(
    system: Surroundings, connector: str, merchant_id: str | None, whose: Whose = IN_USE
) -> Mapping[str, str] | None:
    """The values that the manifest names; None if they are not set. `merchant_id` None: the deployment's own.

    Several valid values of a webhook secret are one a line, newest first. A suspended merchant's are returned too,
    since its payments are finished and refunded. Raises KeyError for a connector that does not exist here.
    """
    mode = _mode(system, connector, merchant_id, whose)
    if mode is None or merchant_id is None:
        found = _deployments(system, connector)
        return found if manifest(connector).credentials <= found.keys() else None
    stored = _stored(system, connector, merchant_id, mode)
    if stored is None:
        return None
    opened = open_credentials(system.seal, merchant_id, connector, mode, stored)
    return {MODE: mode, **opened.by_name(system.now())}


def mode_in_use(system: Surroundings, connector: str, merchant_id: str) -> Mode | None:
    """What new payments are begun with: the merchant's own account if it has set one; None: the deployment's.

    Nothing is read for a connector that merchants set nothing for. Raises KeyError for one that does not exist here.
    """
    if not manifest(connector).credentials:
        return None
    return in_use(system.connections.find(merchant_id, connector))


def who_notifies(system: Surroundings, connector: str, merchant_id: str | None) -> list[Mode | None]:
    """The accounts whose notifications are taken at a URL: a merchant's own, the one in use first; None: the
    deployment's. Credentials of test may verify what is said of test payments only, so they are told apart.

    Raises KeyError for a connector that does not exist here.
    """
    if merchant_id is None or (used := mode_in_use(system, connector, merchant_id)) is None:
        return [None]
    both = (used, *(mode for mode in Mode if mode is not used))
    return [mode for mode in both if _stored(system, connector, merchant_id, mode)]


def is_set_up(
    system: Surroundings,
    connector: str,
    merchant_id: str | None,
    needs: frozenset[str] = frozenset(),
    whose: Whose = IN_USE,
) -> bool:
    """Whether there are credentials, and values for `needs` besides. Opens no secret: this may be asked by anybody.

    Raises KeyError for a connector that does not exist here.
    """
    mode = _mode(system, connector, merchant_id, whose)
    if mode is not None and merchant_id is not None:
        stored = _stored(system, connector, merchant_id, mode)
        return stored is not None and needs <= {value.name for value in stored.values}
    known = _values(connector).keys() | (manifest(connector).credentials if secret_id(connector) else frozenset())
    return manifest(connector).credentials | needs <= known


def accounts(system: Surroundings, connector: str) -> list[PspAccount]:
    """The accounts that there are at the PSP: the deployment's first, then merchants' own, test and live."""
    needed = manifest(connector).credentials
    has = secret_id(connector) or needed <= _values(connector).keys()
    own = [PspAccount(connector)] if has else []
    return own + [
        PspAccount(connector, *each) for each in (system.connections.of_connector(connector) if needed else [])
    ]


def is_own(system: Surroundings, connector: str, merchant_id: str, whose: Whose = IN_USE) -> bool:
    """Whether the credentials are the merchant's own: the PSP then notifies a URL that names the merchant."""
    return _mode(system, connector, merchant_id, whose) is not None


def open_credentials(seal: Opens, merchant_id: str, connector: str, mode: Mode, stored: Credentials) -> Opened:
    """Raises botocore's ClientError if KMS does not open them."""
    text = seal.decrypt(stored.sealed, merchant_id, PURPOSE, connector=connector, mode=mode)
    plain: dict[str, str] = json.loads(text)
    return Opened(stored.values, plain)


def _mode(system: Surroundings, connector: str, merchant_id: str | None, whose: Whose) -> Mode | None:
    if merchant_id is None:
        return None
    return mode_in_use(system, connector, merchant_id) if whose == IN_USE else whose


def _stored(system: Surroundings, connector: str, merchant_id: str, mode: Mode) -> Credentials | None:
    found = system.connections.find(merchant_id, connector)
    return found.of(mode) if found else None


def _deployments(system: Surroundings, connector: str) -> dict[str, str]:
    found, secret = _values(connector), secret_id(connector)
    return found | _secret(system, secret) if secret else found


def _values(connector: str) -> dict[str, str]:
    """What the deployment's environment says, by name in lower case."""
    prefix = variable(connector, "")
    names = (name for name in os.environ if name.startswith(prefix))
    found = {name.removeprefix(prefix).lower(): os.environ[name] for name in names}
    return {name: text for name, text in found.items() if text}


def _secret(system: Surroundings, secret: str) -> dict[str, str]:
    at, value = _secrets.get(secret, (None, {}))
    if at is None or system.clock() - at >= KEPT_SECONDS:
        answer: Any = client("secretsmanager").get_secret_value(SecretId=secret)
        value = json.loads(answer["SecretString"])
        _secrets[secret] = system.clock(), value
    return value


def forget() -> None:
    """Reads secrets again when they are next needed."""
    _secrets.clear()
