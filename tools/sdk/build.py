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


def both(target: Path) -> list[Path]:
    """The wheel and the npm package, in place of earlier ones."""
    target.mkdir(exist_ok=True)
    for old in (*target.glob("tillgate_sdk-*.whl"), *target.glob("tillgate-sdk-*.tgz")):
        old.unlink()
    return [python(target), typescript(target)]


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
        shutil.copy(ROOT / "LICENSE", copy)
        for path in copy.rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o644)  # npm packs permissions as they are
        for command in commands:
            environment = os.environ | {"SOURCE_DATE_EPOCH": EPOCH}
            words = list(map(str, command))
            done = subprocess.run(words, cwd=copy, env=environment, umask=0o022, capture_output=True, text=True)
            if done.returncode != 0:
                raise SystemExit(f"{name}: {done.stdout}{done.stderr}")


def _only(target: Path, pattern: str) -> Path:
    (found,) = target.glob(pattern)
    return found


def main() -> None:
    for made in both(ROOT / "dist"):
        sys.stdout.write(f"{made.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
