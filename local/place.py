"""The location of one local system: its folder, ports and files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
REGION = "eu-west-1"
STACK_NAME = "tillgate-local"
VENVS = ROOT / ".local" / "venvs"


class TroubleError(Exception):
    """A problem that the user can fix; the text says how."""


@dataclass(frozen=True)
class Place:
    """One local system. Several can run side by side, each with its own folder and port."""

    folder: Path
    port: int
    with_stripe: bool = False  # what stands in for Stripe runs beside it
    listen: str | None = None  # the origin of a developer's own server

    @property
    def shop_port(self) -> int:
        """The shop uses the port after the cloud's."""
        return self.port + 1

    @property
    def endpoint_url(self) -> str:
        """The emulator: every AWS service, and the API under `/_aws/execute-api/`."""
        return f"http://{HOST}:{self.port}"

    @property
    def shop_url(self) -> str:
        """The URL of the demo merchant's shop."""
        return f"http://{HOST}:{self.shop_port}"

    @property
    def stripe_port(self) -> int:
        """What stands in for Stripe uses the port after the shop's."""
        return self.port + 2

    @property
    def stripe_url(self) -> str:
        """The URL of what stands in for Stripe."""
        return f"http://{HOST}:{self.stripe_port}"

    @property
    def desk_port(self) -> int:
        """The operators' desk uses the port after that."""
        return self.port + 3

    @property
    def desk_url(self) -> str:
        """The URL of the operators' desk."""
        return f"http://{HOST}:{self.desk_port}"

    @property
    def listen_urls(self) -> list[str]:
        """Servers of a developer that are called: where `make listen` waits, after the desk's port, and their own."""
        return [f"http://{HOST}:{self.port + 4}", *([self.listen] if self.listen else [])]

    @property
    def stack_file(self) -> Path:
        """The URLs and credentials that a client needs (`.local/stack.json`)."""
        return self.folder / "stack.json"

    @property
    def resources_file(self) -> Path:
        """Physical names by logical id, for tests and operators. Clients must not rely on this file."""
        return self.folder / "resources.json"

    @property
    def processes_file(self) -> Path:
        """The processes that were started, so that they can be stopped by their ids."""
        return self.folder / "processes.json"

    @property
    def strict_while(self) -> Path:
        """While this file is there, the emulator is as strict as AWS (see `strict`)."""
        return self.folder / "strict"

    @property
    def scratch(self) -> Path:
        """The emulator's temporary files, including a copy of each function with its layers. Deleted when it stops."""
        return self.folder / "tmp"

    @property
    def build_folder(self) -> Path:
        """The output of `sam build`."""
        return self.folder / "sam" / "build"

    def log(self, name: str) -> Path:
        """The log file of a process."""
        return self.folder / "logs" / f"{name}.log"
