"""Finds what answers an operation by its name: its function's handler, and the route by which the API calls it.

An operation is a function's folder, `functions/orders/create_order/app.py`, or one of several calls in a folder,
`functions/orders/queries/list_orders.py`.
"""

import importlib
import re
from collections.abc import Collection
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from tests.template.reading import functions

FUNCTIONS = Path(__file__).resolve().parent.parent / "functions"


class Route(NamedTuple):
    """`method` is upper case; `resource` has placeholders."""

    method: str
    resource: str

    @property
    def parameters(self) -> set[str]:
        return set(re.findall(r"\{(\w+)}", self.resource))


def source_of(operation: str) -> Path:
    """The file with the operation's own code."""
    (found,) = [*FUNCTIONS.glob(f"*/{operation}/app.py"), *FUNCTIONS.glob(f"*/*/{operation}.py")]
    return found


def handler_module(operation: str) -> ModuleType:
    """The module with the handler that answers the operation: `functions.<subject>.<function>.app`."""
    folder = source_of(operation).parent
    return importlib.import_module(f"functions.{folder.parent.name}.{folder.name}.app")


@cache
def operations() -> dict[Route, str]:
    """Every call of the API: the template's routes, and the tables of the functions that answer several."""
    return {
        route: _operation(str(properties["CodeUri"]), route)
        for properties in functions().values()
        for event in properties.get("Events", {}).values()
        if event["Type"] == "Api" and event["Properties"]["RestApiId"] == {"Ref": "Api"}
        for route in [Route(event["Properties"]["Method"].upper(), event["Properties"]["Path"])]
    }


def _operation(code_uri: str, route: Route) -> str:
    folder = code_uri.rstrip("/")
    if "routed(" not in (FUNCTIONS.parent / folder / "app.py").read_text():
        return folder.rpartition("/")[2]
    found = importlib.import_module(f"{folder.replace('/', '.')}.app").ROUTES[route]
    return found if isinstance(found, str) else str(found.__name__)


def route_of(operation: str, parameters: Collection[str] = (), method: str | None = None) -> Route:
    """The route by which the operation is called with these path parameters."""
    (route,) = [
        route
        for route, name in operations().items()
        if name == operation and route.parameters == set(parameters) and method in (None, route.method)
    ]
    return route
