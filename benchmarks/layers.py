"""The layers as `sam build` makes them, and the runtime that starts functions on them."""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.subjects import ROOT

FOLDER = ROOT / ".local/bench"
LAYERS = {"dependencies": "DependenciesLayer", "tillgate": "TillgateLayer"}
UNTRIMMED = "untrimmed"  # the packages as pip installs them, which is what a bare handler would have
RIE = {"x86_64": "x86_64", "aarch64": "arm64"}


def built() -> list[Path]:
    """The folders that Lambda puts on the import path. Packages are installed anew only when their pins changed."""
    return [_built(name, name) for name in LAYERS]


def untrimmed() -> Path:
    """The packages alone, compiled but whole."""
    return _built("dependencies", UNTRIMMED, "TRIM=true")


def _built(name: str, place: str, *variables: str) -> Path:
    source, target = ROOT / "layers" / name, FOLDER / place
    stamp = target / "stamp"
    mark = hashlib.sha256(
        b"".join(each.read_bytes() for each in sorted(source.iterdir()) if each.is_file())
    ).hexdigest()
    if name == "tillgate" or not stamp.is_file() or stamp.read_text() != mark:
        work = FOLDER / "work" / place
        for each in (target, work):
            shutil.rmtree(each, ignore_errors=True)
        shutil.copytree(source, work)
        make = [
            "make",
            "-C",
            str(work),
            f"build-{LAYERS[name]}",
            f"ARTIFACTS_DIR={target}",
            f"PYTHON={python()}",
            *variables,
        ]
        subprocess.run(make, check=True, capture_output=True)
        stamp.write_text(mark)
    return target / "python"


def python() -> str:
    """The interpreter itself, without what a virtual environment adds."""
    return str(Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}")


def function(folder: Path) -> Path:
    """A copy of a function's folder as it is deployed: without byte code."""
    target = FOLDER / "functions" / folder.name
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(folder, target, ignore=shutil.ignore_patterns("__pycache__"))
    return target


def runtime() -> list[Path]:
    """Where Lambda's own runtime client lies."""
    return list((ROOT / ".local/venvs/bench/lib").glob("python*/site-packages"))


def emulator() -> Path | None:
    """The emulator of Lambda's runtime API that comes with the SAM CLI; it runs on Linux alone."""
    names = (ROOT / ".local/venvs/sam/lib").glob(
        f"python*/site-packages/samcli/local/rapid/aws-lambda-rie-{RIE.get(platform.machine())}"
    )
    found = next(names, None) if sys.platform == "linux" else None
    if found and not os.access(found, os.X_OK):
        found.chmod(0o755)
    return found
