"""Which connectors there are: their manifests, as data. A connector's class is imported when its PSP is called.

Connectors of other packages name themselves by an entry point of the group `tillgate.connectors`. They are
indexed when the layer is built (layers/dependencies/index.py). One with the name of a connector of ours is not used.

What a deployment sets for connectors is in environment variables, so that a new one changes no function's definition:

| variable | what |
| --- | --- |
| `STAND_INS` | URLs of stand-ins, to which all requests go; a `local` connector exists only with one |
| `PSP_SECRETS` | secrets with the deployment's own accounts at PSPs, see `credentials` |
| `PSP_<NAME>_<VALUE>` | one value of such an account which is no secret |

The first two are lists, `name=value` separated by commas.
"""

import json
import os
from functools import cache
from importlib import import_module
from pathlib import Path

from tillgate.connectors.v1 import API, Manifest

PACKAGES = Path(__file__).parents[1]
INDEX = Path(__file__).parents[3] / "connectors.json"  # beside the packages, as the layer is built


def manifest(name: str) -> Manifest:
    """Raises KeyError for a connector that does not exist in this deployment."""
    found = _load(name)
    if found.local and not stand_in(name):
        raise KeyError(name)
    return found


def manifests() -> list[Manifest]:
    """All that exist in this deployment, by name."""
    return [each for each in map(_load, sorted(_others() | ours())) if not each.local or stand_in(each.name)]


def stand_in(name: str) -> str:
    """The URL that stands in for a connector's hosts; empty for the PSP itself."""
    return _listed("STAND_INS", name)


def secret_id(name: str) -> str:
    """The secret with the deployment's own account at the connector's PSP; empty if it has none."""
    return _listed("PSP_SECRETS", name)


def _listed(variable: str, name: str) -> str:
    every = (each.partition("=") for each in os.environ.get(variable, "").split(","))
    return next((value for known, _, value in every if known == name), "")


def variable(name: str, value: str) -> str:
    """The environment variable of a connector's value."""
    return f"PSP_{name}_{value}".upper().replace("-", "_")


@cache
def _load(name: str) -> Manifest:
    module, _, attribute = (ours().get(name) or _others()[name]).partition(":")
    found: Manifest = getattr(import_module(module), attribute)
    if found.name != name or found.api != API:
        raise RuntimeError(f"{module} is the manifest of {found.name} for version {found.api} of the connector API")
    return found


@cache
def ours() -> dict[str, str]:
    """Places of our own manifests, by name: those of the packages beside this one."""
    names = (path.parent.name for path in PACKAGES.glob("*/manifest.py"))
    return {name: f"tillgate.connectors.{name}.manifest:MANIFEST" for name in names}


@cache
def _others() -> dict[str, str]:
    """Places of the manifests of other packages, by name."""
    found: dict[str, str] = json.loads(INDEX.read_text()) if INDEX.exists() else {}
    return found
