"""`python -m tools.release`: builds into `dist/` what a release consists of, the same bytes from the same commit.

`tillgate-<version>.zip` is the built template with all its code: unpack it and run `sam deploy --guided`.
Its version is that of pyproject.toml, and the changelog has to have its section. The SDKs, a wheel and an npm package,
have the version of the API. `SHA256SUMS` has the checksums of all three.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

from tools.sdk import build as sdk

ROOT = Path(__file__).resolve().parent.parent
SAM = ROOT / ".local" / "venvs" / "sam" / "bin" / "sam"
DIST = ROOT / "dist"
SCRATCH = ROOT / ".local" / "release"
BESIDE = ("LICENSE", "CHANGELOG.md", "SECURITY.md", "docs/deploy.md")
LOCAL_PATH = re.compile(r"((?:CodeUri|ContentUri|DefinitionUri): )(\S+)$", re.M)
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the first date that a zip can have


def version() -> str:
    """The version of the product, semantic (semver.org)."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return str(project["project"]["version"])


def changes(changelog: str, wanted: str) -> str:
    """The changelog's section of a version. Raises SystemExit if there is none."""
    found = re.search(rf"^## {re.escape(wanted)}\b.*?\n(.*?)(?=^## |\Z)", changelog, re.M | re.S)
    if not found:
        raise SystemExit(f"CHANGELOG.md has no section of {wanted}: write what changed, and how to upgrade")
    return found[1].strip()


def gather(build: Path, target: Path) -> None:
    """Copies what was built, and lets the template name every file beside itself."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(build, target, ignore=shutil.ignore_patterns("*.asl.json"))

    def beside(match: re.Match[str]) -> str:
        source = (build / match[2]).resolve()
        if source.is_relative_to(build.resolve()):
            return match[0]
        shutil.copy(source, target / source.name)
        return f"{match[1]}{source.name}"

    template = target / "template.yaml"
    template.write_text(LOCAL_PATH.sub(beside, template.read_text()))
    for name in BESIDE:
        shutil.copy(ROOT / name, target / Path(name).name)


def pack(folder: Path, target: Path) -> Path:
    """Zips a folder so that the same content is the same bytes, whenever it was made."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(each for each in folder.rglob("*") if each.is_file()):
            entry = zipfile.ZipInfo(str(Path(target.stem) / path.relative_to(folder)), LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o755 if path.stat().st_mode & 0o100 else 0o644) << 16
            archive.writestr(entry, path.read_bytes())
    return target


def sums(made: list[Path]) -> str:
    """Lines for `sha256sum --check`."""
    return "".join(f"{hashlib.sha256(each.read_bytes()).hexdigest()}  {each.name}\n" for each in made)


def build(target: Path) -> None:
    """Builds the template as `sam build` does, from nothing."""
    arguments = ("--template-file", str(ROOT / "template.yaml"), "--build-dir", str(target), "--no-cached")
    path = f"{SAM.parent}{os.pathsep}{os.environ['PATH']}"  # the layers' makefiles call python3.13
    environment = os.environ | {"PATH": path, "SAM_CLI_TELEMETRY": "0", "AWS_DEFAULT_REGION": "eu-west-1"}
    result = subprocess.run([str(SAM), "build", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True)
    if result.returncode != 0:
        raise SystemExit(f"sam build failed:\n{result.stdout}{result.stderr}")


def main() -> int:
    """Writes `dist/` and prints the checksums."""
    wanted = version()
    changes((ROOT / "CHANGELOG.md").read_text(), wanted)
    build(SCRATCH / "build")
    gather(SCRATCH / "build", SCRATCH / "system")
    system = pack(SCRATCH / "system", DIST / f"tillgate-{wanted}.zip")
    lines = sums([system, *sdk.both(DIST)])
    (DIST / "SHA256SUMS").write_text(lines)
    sys.stdout.write(lines)
    return 0


if __name__ == "__main__":
    sys.exit(main())
