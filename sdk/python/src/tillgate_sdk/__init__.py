"""Tillgate: payment orders. `Tillgate` waits for answers, `AsyncTillgate` is awaited."""

from . import models, problems
from ._version import __version__
from .notifications import verify
from .operations import AsyncCalls, Calls
from .problem import InvalidSignature, NoAnswer, Problem, TillgateError


class Tillgate(Calls):
    """A client of one merchant. Fetches and renews its token, repeats what can be repeated, and raises `Problem`."""


class AsyncTillgate(AsyncCalls):
    """The same, to be awaited."""


__all__ = [
    "AsyncTillgate",
    "InvalidSignature",
    "NoAnswer",
    "Problem",
    "Tillgate",
    "TillgateError",
    "__version__",
    "models",
    "problems",
    "verify",
]
