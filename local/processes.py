"""Starts programs in the background and stops them by their ids, never by name."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypedDict

from local.place import HOST, ROOT, Place, TroubleError


class Started(TypedDict):
    """A process that we started. The command is kept because process ids are reused after a reboot."""

    name: str
    pid: int
    command: list[str]


def free_port(port: int) -> None:
    """Raises `TroubleError` if something else listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise TroubleError(
                f"Port {port} is in use by another program.\n"
                "End that program, or choose another port: make run PORT=4700 (the shop takes the next one)"
            ) from error


def start(place: Place, name: str, command: Sequence[str], env: Mapping[str, str]) -> Started:
    """Starts a program in its own process group, with its output in a log file."""
    log = place.log(name)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    started = Started(name=name, pid=process.pid, command=list(command))
    remember(place, [*running(place), started])
    return started


def running(place: Place) -> list[Started]:
    """The processes that were started here and are still running."""
    try:
        known: list[Started] = json.loads(place.processes_file.read_text())
    except FileNotFoundError:
        return []
    return [each for each in known if is_alive(each)]


def remember(place: Place, started: list[Started]) -> None:
    """Records the running processes."""
    place.folder.mkdir(parents=True, exist_ok=True)
    place.processes_file.write_text(json.dumps(started, indent=2) + "\n")


def is_alive(started: Started) -> bool:
    """Whether the process runs and is still the program that was started."""
    with suppress(ChildProcessError):
        os.waitpid(started["pid"], os.WNOHANG)
    try:
        os.kill(started["pid"], 0)
    except ProcessLookupError:
        return False
    return _is_the_same(Path(f"/proc/{started['pid']}"), started["command"])


def _is_the_same(process: Path, command: Sequence[str]) -> bool:
    """Process ids are reused, so the command line has to match. Without /proc, the id has to suffice."""
    if not Path("/proc/self").exists():
        return True
    try:
        words = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
        just_started = words == [""] and ") Z " not in (process / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return just_started or command[-1] in words


def end_all(place: Place) -> int:
    """Stops what was started, in reverse order. Returns the number of processes."""
    started = running(place)
    for each in reversed(started):
        end(each)
    discard(place.scratch)
    place.processes_file.unlink(missing_ok=True)
    place.stack_file.unlink(missing_ok=True)
    place.resources_file.unlink(missing_ok=True)
    return len(started)


def discard(folder: Path) -> None:
    """Deletes a folder without waiting: the emulator's copies of functions and layers are some 100,000 files."""
    if folder.exists():
        aside = folder.with_name(f"{folder.name}-{time.time_ns()}")
        folder.rename(aside)
        none = subprocess.DEVNULL  # who reads our output to its end would wait for this process too
        subprocess.Popen(["rm", "-rf", str(aside)], stdin=none, stdout=none, stderr=none, start_new_session=True)


def end(started: Started, patience: float = 5.0) -> None:
    """Asks the process to stop, then kills its whole group, including the emulator's workers."""
    with suppress(ProcessLookupError):
        os.kill(started["pid"], signal.SIGTERM)
    with suppress(TroubleError):
        wait_until(lambda: not is_alive(started), patience, "it does not end by itself")
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(started["pid"], signal.SIGKILL)


def wait_until(ready: Callable[[], bool], seconds: float, trouble: str) -> None:
    """Waits until a condition holds. Raises `TroubleError` if it does not hold in time."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise TroubleError(trouble)
        time.sleep(0.05)
