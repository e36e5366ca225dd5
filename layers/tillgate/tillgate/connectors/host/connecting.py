"""Connectors in this process: one for each PSP and account, with its HTTP client. They are made when first needed."""

from collections.abc import Callable, Mapping
from datetime import datetime
from importlib import import_module

from tillgate.connectors.host.credentials import IN_USE, Whose, credentials, is_own
from tillgate.connectors.host.http import Breaker, PspHttp
from tillgate.connectors.host.psp import Line, Psp
from tillgate.connectors.host.registry import stand_in
from tillgate.connectors.host.surroundings import Surroundings
from tillgate.connectors.v1 import Connector, Http, Manifest, NotSent


class Connectors:
    """What a process keeps: one for each account at a PSP, and one for all who use the deployment's.

    A connector whose credentials have changed is made anew.
    """

    def __init__(self, system: Surroundings) -> None:
        self._system = system
        self._lines: dict[tuple[str, str, Whose], tuple[Mapping[str, str], Line]] = {}
        self._breakers: dict[str, Breaker] = {}

    def psp(self, manifest: Manifest, merchant_id: str | None, whose: Whose = IN_USE) -> Psp:
        return Psp(self._system, manifest, merchant_id, lambda: self._line(manifest, merchant_id, whose))

    def _line(self, manifest: Manifest, merchant_id: str | None, whose: Whose) -> Line:
        """Raises `NotSent` without credentials."""
        given = credentials(self._system, manifest.name, merchant_id, whose)
        if given is None:
            raise NotSent(f"{manifest.name} is not set up for this account")
        own = merchant_id is not None and is_own(self._system, manifest.name, merchant_id, whose)
        place = (manifest.name, merchant_id, whose) if own and merchant_id else (manifest.name, "", None)
        known, line = self._lines.get(place, (None, None))
        if line is None or known != given:
            line = self._made(manifest, given, own)
            self._lines[place] = given, line
        return line

    def _made(self, manifest: Manifest, given: Mapping[str, str], own: bool) -> Line:
        breaker = self._breakers.setdefault(manifest.name, Breaker(self._system.clock))
        http = PspHttp(manifest.hosts, stand_in(manifest.name), breaker, self._system.clock)
        return Line(load(manifest)(given, http, self._system.now), http, own)


def load(manifest: Manifest) -> Callable[[Mapping[str, str], Http, Callable[[], datetime]], Connector]:
    """The connector's class, "package.module:Class"."""
    module, _, name = manifest.load.partition(":")
    made: Callable[[Mapping[str, str], Http, Callable[[], datetime]], Connector] = getattr(import_module(module), name)
    return made
