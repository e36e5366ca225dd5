"""`python -m tools.newcomer`: how many seconds a newcomer takes from a clone to the first captured payment.

It clones what is committed into an empty folder, starts the system there with `make run DETACH=1`, and follows what
README.md and the SDKs' READMEs say, word for word. Python, Node.js and make are there; pip and npm find their caches
empty. The clone comes from this disk, everything else over the network.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.docs.blocks import Block, blocks_of, run

ROOT = Path(__file__).resolve().parent.parent
GUIDES = {"curl": "README.md", "Python": "sdk/python/README.md", "TypeScript": "sdk/typescript/README.md"}
BEGIN = 'eval "$(make -s env)"'


def main(arguments: list[str] | None = None) -> int:
    """Prints a table. Nothing stays, and nothing goes on running."""
    parser = argparse.ArgumentParser(prog="make newcomer", description=__doc__)
    parser.add_argument("--port", default="4566", help="of the system; the next four have to be free too")
    port = parser.parse_args(arguments).port
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        clone = Path(folder) / "tillgate"
        environment = fresh(Path(folder)) | {"PORT": port}
        cloned = seconds(
            lambda: call(["git", "clone", "--quiet", "--no-local", str(ROOT), str(clone)], ROOT, environment)
        )
        row("`git clone`", cloned)
        try:
            ready = seconds(lambda: call(["make", "run", "DETACH=1"], clone, environment))
            row("`make run`", ready)
            for name, guide in GUIDES.items():
                took = seconds(lambda: follow(clone, guide, environment, Path(folder)))  # noqa: B023
                row(f"by {name}", took, cloned + ready + took)
        finally:
            call(["make", "stop"], clone, environment)
    return 0


def fresh(folder: Path) -> dict[str, str]:
    """The environment of somebody who has installed nothing of ours yet."""
    kept = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}}
    return kept | {"PIP_NO_CACHE_DIR": "1", "npm_config_cache": str(folder / "npm")}


def first_payment(guide: str) -> Block:
    """The block that leads to the first payment."""
    return next(block for block in blocks_of(guide) if block.text.startswith(BEGIN))


def follow(clone: Path, guide: str, environment: Mapping[str, str], scratch: Path) -> None:
    """Raises SystemExit if no payment was captured."""
    block = first_payment((clone / guide).read_text())
    said = run([block], clone, environment, scratch)[block.line]
    if "CAPTURED" not in said:
        raise SystemExit(f"{guide} led to no captured payment:\n{said}")


def call(words: list[str], folder: Path, environment: Mapping[str, str]) -> None:
    done = subprocess.run(words, cwd=folder, env=dict(environment), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(words)} failed:\n{done.stdout}{done.stderr}")


def seconds(step: Callable[[], None]) -> float:
    began = time.monotonic()
    step()
    return time.monotonic() - began


def row(name: str, took: float, since_the_clone: float | None = None) -> None:
    total = f"{since_the_clone:.0f}" if since_the_clone is not None else ""
    sys.stdout.write(f"| {name} | {took:.0f} | {total} |\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
