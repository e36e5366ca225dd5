"""`python -m local.stripe PORT FOLDER`: `localstripe` and the proxy before it. Ends when it is told to (SIGTERM)."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from http.server import ThreadingHTTPServer
from pathlib import Path

from local.place import HOST, VENVS

from .accounts import Accounts
from .server import Handler
from .theirs import Theirs

SECONDS_TO_START = 60


def main(port: int, folder: Path) -> None:
    """`localstripe` takes a free port, and is ended with the proxy."""
    folder.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    behind = free_port()
    command = [str(VENVS / "stripe" / "bin" / "python"), str(Path(__file__).with_name("loopback.py"))]
    with (folder / "localstripe.log").open("wb") as log:
        localstripe = subprocess.Popen(
            [*command, str(folder), "localstripe", "--port", str(behind), "--from-scratch"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for(behind, localstripe)
        Handler.accounts = Accounts(Theirs(behind), f"http://{HOST}:{port}")
        ThreadingHTTPServer((HOST, port), Handler).serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        localstripe.terminate()
        localstripe.wait(10)


def free_port() -> int:
    with socket.socket(socket.AF_INET6) as probe:
        probe.bind(("::1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("::1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit("localstripe does not start; see localstripe.log")


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
