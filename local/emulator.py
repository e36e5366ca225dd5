"""Starts MiniStack, the emulator that takes the place of AWS on this machine."""

from __future__ import annotations

import urllib.request
from collections.abc import Mapping

from local import processes
from local.place import HOST, REGION, ROOT, VENVS, Place, TroubleError

SECONDS_TO_START = 60.0
CLOUD = ROOT / "local" / "cloud.py"  # by its path, and without its folder to import from: functions inherit the rest


def start(place: Place, *, enforce_iam: bool, extra: Mapping[str, str]) -> None:
    """Starts the emulator with a clean environment, since the functions inherit it."""
    processes.free_port(place.port)
    place.scratch.mkdir(parents=True, exist_ok=True)
    bin_folder = VENVS / "local" / "bin"
    env = {
        "PATH": f"{bin_folder}:/usr/local/bin:/usr/bin:/bin",
        "HOME": str(place.scratch),
        "TMPDIR": str(place.scratch),
        "BIND_HOST": HOST,  # the default listens on every interface
        "GATEWAY_PORT": str(place.port),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "MINISTACK_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "LOG_LEVEL": "WARNING",
        "TILLGATE_STRICT_WHILE": str(place.strict_while),
        **({"AUTH": "true"} if enforce_iam else {}),
        **extra,
    }
    emulator = processes.start(place, "cloud", [str(bin_folder / "python"), "-P", str(CLOUD)], env)

    def ready() -> bool:
        if not processes.is_alive(emulator):
            raise TroubleError(f"The local cloud stopped while it was starting; see {place.log('cloud')}")
        return answers(place)

    processes.wait_until(ready, SECONDS_TO_START, f"The local cloud does not answer; see {place.log('cloud')}")


def answers(place: Place) -> bool:
    """Whether the emulator responds to requests."""
    try:
        with urllib.request.urlopen(f"{place.endpoint_url}/_ministack/health", timeout=2) as response:
            return bool(response.status == 200)
    except OSError:
        return False
