"""Proves credentials with a harmless call to their PSP."""

from collections.abc import Mapping

from tillgate.connectors.host.connecting import load
from tillgate.connectors.host.http import Breaker, PspHttp
from tillgate.connectors.host.registry import stand_in
from tillgate.connectors.host.surroundings import Surroundings
from tillgate.connectors.v1 import Checks, Manifest, NoAnswer, NotAccepted, NotSent
from tillgate.domain.shared.refusals import PspUnavailable, Refusal
from tillgate.runtime.telemetry import logger


def check(system: Surroundings, manifest: Manifest, credentials: Mapping[str, str]) -> bool:
    """Whether the PSP has accepted them; False if the connector has no such call.

    Raises `Refusal` with what the PSP says if it does not accept them, `PspUnavailable` if it cannot tell now. What is
    raised inside a connector can quote a credential, so only its type is logged.
    """
    http = PspHttp(manifest.hosts, stand_in(manifest.name), Breaker(system.clock), system.clock)
    try:
        connector = load(manifest)(credentials, http, system.now)
        if not isinstance(connector, Checks):
            return False
        connector.check()
    except NotAccepted as refused:
        said = _without(str(refused), credentials)
        raise Refusal(f"{manifest.title} does not accept them: {said}", "/credentials") from None
    except Exception as error:
        kind = type(error).__name__
        if not isinstance(error, NoAnswer | NotSent):
            logger.error("a connector failed to check credentials", extra={"connector": manifest.name, "error": kind})
        raise PspUnavailable(
            f"{manifest.title} could not be asked, and nothing was changed; try again, or set check to false"
        ) from None
    return True


def _without(text: str, credentials: Mapping[str, str]) -> str:
    """A PSP may repeat a credential in its answer."""
    for value in credentials.values():
        text = text.replace(value, "...") if len(value) > 4 else text
    return text
