"""`python -m tools.sdk.build`: the SDKs as a wheel and an npm package in `dist/`, the same bytes of the same commit."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
SDK = ROOT / "sdk"
CLIENTS = ROOT / ".local" / "venvs" / "clients" / "bin"
NPM = ROOT / "tools" / "npm" / "node_modules" / ".bin"
EPOCH = "1577836800"  # the time of every file: 2020


def python(target: Path) -> Path:
    """The wheel."""
    _in_a_copy("python", [[CLIENTS / "python", "-m", "hatchling", "build", "-t", "wheel", "-d", target]])
    return _only(target, "*.whl")


def typescript(target: Path) -> Path:
    """The npm package, with its types."""
    pack: list[str | Path] = ["npm", "pack", "--silent", "--pack-destination", target]
    _in_a_copy("typescript", [[NPM / "tsc", "-p", "."], pack])
    return _only(target, "*.tgz")


def _in_a_copy(name: str, commands: list[list[str | Path]]) -> None:
    """What is built leaves nothing in the tree."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / name
        shutil.copytree(SDK / name, copy, ignore=shutil.ignore_patterns("__pycache__", "dist", "node_modules"))
        for command in commands:
            environment = os.environ | {"SOURCE_DATE_EPOCH": EPOCH}
            done = subprocess.run(list(map(str, command)), cwd=copy, env=environment, capture_output=True, text=True)
            if done.returncode != 0:
                raise SystemExit(f"{name}: {done.stdout}{done.stderr}")


def _only(target: Path, pattern: str) -> Path:
    (found,) = target.glob(pattern)
    return found


def main() -> None:
    target = ROOT / "dist"
    target.mkdir(exist_ok=True)
    for old in (*target.glob("tillgate_sdk-*.whl"), *target.glob("tillgate-sdk-*.tgz")):
        old.unlink()
    for made in (python(target), typescript(target)):
        sys.stdout.write(f"{made.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
