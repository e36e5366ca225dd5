"""Several API calls behind one function (ADR 62)."""

from collections.abc import Callable, Mapping
from importlib import import_module

from tillgate.api.http.endpoint import Handler, endpoint
from tillgate.api.http.problems import Problem
from tillgate.api.http.request import Request, Response

type Answer = Callable[[Request], Response]
type Routes = Mapping[tuple[str, str], str | Answer]  # by method and resource, as in the template


def routed(package: str | None, routes: Routes) -> Handler:
    """The Lambda handler of a function that answers several calls.

    A route names a module in the function's folder, which has a function `answer`. The module is imported when the
    route is first called, so a cold start loads what that call needs and nothing else. A frequent call is given as a
    function instead, and imported with the handler. `package` is the folder's; None in Lambda, where the folder itself
    is on the import path.
    """

    @endpoint
    def handler(request: Request) -> Response:
        call = routes.get(request.route)
        if call is None:
            raise Problem(404, "not_found", "this path does not exist")
        return _answer(package, call)(request)

    return handler


def _answer(package: str | None, call: str | Answer) -> Answer:
    if not isinstance(call, str):
        return call
    answer: Answer = import_module(f"{package}.{call}" if package else call).answer
    return answer
