"""Where one local system lives: its folder, its ports, its files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
REGION = "eu-west-1"
STACK_NAME = "tillgate-local"
VENVS = ROOT / ".local" / "venvs"


class TroubleError(Exception):
    """Something the person at the keyboard can mend; the text says how."""


@dataclass(frozen=True)
class Place:
    """One local system. Several may run beside each other, each in a folder and on a port of its own."""

    folder: Path
    port: int

    @property
    def shop_port(self) -> int:
        """The shop stands right beside the cloud."""
        return self.port + 1

    @property
    def endpoint_url(self) -> str:
        """The emulator: every AWS service, and the API under `/_aws/execute-api/`."""
        return f"http://{HOST}:{self.port}"

    @property
    def shop_url(self) -> str:
        """The demo merchant's shop."""
        return f"http://{HOST}:{self.shop_port}"

    @property
    def stack_file(self) -> Path:
        """What a client needs (the contract's `.local/stack.json`)."""
        return self.folder / "stack.json"

    @property
    def resources_file(self) -> Path:
        """Physical names by logical id, for tests and operators; not part of the contract."""
        return self.folder / "resources.json"

    @property
    def processes_file(self) -> Path:
        """Which processes were started, so that they can be ended by their ids."""
        return self.folder / "processes.json"

    @property
    def scratch(self) -> Path:
        """The emulator's temporary files, a copy of each function with its layers among them; gone when it ends."""
        return self.folder / "tmp"

    @property
    def build_folder(self) -> Path:
        """What `sam build` made."""
        return self.folder / "sam" / "build"

    def log(self, name: str) -> Path:
        """Where a process's output goes."""
        return self.folder / "logs" / f"{name}.log"
