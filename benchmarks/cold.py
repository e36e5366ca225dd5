"""What a cold start costs under Lambda's own runtime client, as a ratio to a bare botocore handler: init, and init
with the first call.

Each start is a fresh process on the built layers; product and floor take turns. CPU time of the process, from its
start until it has answered; the clock's time of init is what the runtime's emulator reports.
"""

import json
import re
import socket
import statistics
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import layers
from benchmarks.subjects import ROOT, environment, folder_of
from benchmarks.warm import Worker

STARTS = 9
HANDLERS = ("get_order", "create_order", "start_payment", "capture_payment", "refund_payment", "menu")
INIT = re.compile(r"INIT REPORT\(durationMs: ([0-9.]+)")


class Start(NamedTuple):
    """Milliseconds: CPU from the process's start to its first answer, and the clock's for init alone."""

    cpu: float
    init: float


class Cold(NamedTuple):
    product: Start
    floor: Start

    @property
    def ratio(self) -> float:
        return self.product.cpu / self.floor.cpu


def start(folder: Path, path: list[Path], event: dict[str, Any], more: dict[str, str]) -> Start:
    """Starts a function, calls it once, ends it."""
    address, api = (f"127.0.0.1:{port}" for port in _free_ports())
    places = ":".join(str(each) for each in [folder, *path, *layers.runtime()])
    command = [
        *(str(layers.emulator()), "--runtime-interface-emulator-address", address, "--runtime-api-address", api),
        *(layers.python(), "-m", "awslambdaric", "app.handler"),
    ]
    fixed = {"PYTHONPATH": places, "PYTHONDONTWRITEBYTECODE": "1", "PATH": "/usr/bin:/bin", "HOME": "/tmp"}  # noqa: S108
    log = layers.FOLDER / "log"
    with (
        log.open("w") as out,
        subprocess.Popen(command, cwd=folder, env=fixed | more, stdout=out, stderr=subprocess.STDOUT) as process,
    ):
        try:
            answer = _invoke(address, event)
            spent = _cpu_of_child(process.pid)
        finally:
            process.terminate()
    if answer.get("statusCode") not in (200, 201):
        raise RuntimeError(f"{folder.name} answered {answer}\n{log.read_text()}")
    found = INIT.search(log.read_text())
    return Start(spent, float(found[1]) if found else 0.0)


def _invoke(address: str, event: dict[str, Any]) -> dict[str, Any]:
    url = f"http://{address}/2015-03-31/functions/function/invocations"
    until = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(url, json.dumps(event).encode(), timeout=60) as response:
                answer: dict[str, Any] = json.load(response)
                return answer
        except (ConnectionError, urllib.error.URLError):
            time.sleep(0.01)
        if time.monotonic() > until:
            raise TimeoutError(address)


def _free_ports() -> list[int]:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        return [one.getsockname()[1], other.getsockname()[1]]


def _cpu_of_child(pid: int) -> float:
    """Milliseconds of CPU that the process the emulator started has used, all of its threads."""
    children = Path(f"/proc/{pid}/task").glob("*/children")
    (child,) = {each for found in children for each in found.read_text().split()}
    threads = Path(f"/proc/{child}/task").glob("*/schedstat")
    return sum(int(each.read_text().split()[0]) for each in threads) / 1e6


def measured(product: Worker, operation: str, path: list[Path], url: str) -> Cold:
    script = layers.FOLDER / "script.json"
    told = product("first", operation)
    script.write_text(json.dumps(told["script"]))
    subject, floor = layers.function(folder_of(operation)), layers.function(ROOT / "benchmarks/floor")
    known = environment(url)
    ours, bare = [], []
    for _ in range(STARTS):
        ours.append(start(subject, path, product("prepare", operation), known))
        bare.append(start(floor, [layers.untrimmed()], told["event"], known | {"FLOOR_SCRIPT": str(script)}))
    return Cold(_median(ours), _median(bare))


def _median(starts: list[Start]) -> Start:
    return Start(*(statistics.median(values) for values in zip(*starts, strict=True)))


def ratios(url: str, product: Worker) -> dict[str, Cold]:
    """Each handler's cold start beside its floor."""
    path = layers.built()
    return {operation: measured(product, operation, path, url) for operation in HANDLERS}
