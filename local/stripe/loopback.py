"""Runs a module as a program that listens on the loopback alone, and keeps its files in a folder of its own.

    python loopback.py FOLDER MODULE [ARGUMENT ...]

For programs that would listen on every interface, or write to /tmp, and have no option against it.
"""

import builtins
import os
import runpy
import socket
import sys
from typing import Any

OPEN, BIND = builtins.open, socket.socket.bind
LOOPBACK = {"::": "::1", "0.0.0.0": "127.0.0.1"}  # noqa: S104 - the very addresses that are replaced


def bind(self: socket.socket, address: Any) -> None:
    """Binds to the loopback where every interface was asked for."""
    BIND(self, (LOOPBACK.get(address[0], address[0]), *address[1:]))


def main(folder: str, module: str, *arguments: str) -> None:
    """Replaces what the module would call, and runs it."""

    def moved(file: Any, *more: Any, **named: Any) -> Any:
        name = file.removeprefix("/tmp/") if isinstance(file, str) else file  # noqa: S108 - not ours
        return OPEN(file if name == file else os.path.join(folder, name), *more, **named)

    vars(builtins)["open"] = moved
    vars(socket)["socket"].bind = bind
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
