"""Looks up known vulnerabilities of every pinned package at OSV (osv.dev), which gathers advisories of PyPI and npm.

    python -m tools.vulnerabilities    what functions run is looked at first, then what builds and tests them

| exit | means |
| --- | --- |
| 0 | every pinned package was looked up, and nothing is known of any |
| 1 | something is known of a package that functions run or that builds them |
| 2 | NOT SCANNED: the data could not be reached; nothing is known of anything |

A scan that could not look must not read like one that found nothing, so it fails by a status of its own.
"""

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.request import Request, urlopen

ROOT = Path(__file__).parent.parent
URL = "https://api.osv.dev/v1/querybatch"
AT_ONCE = 500  # OSV takes a thousand
_PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)", re.MULTILINE)

type Ask = Callable[[list[dict[str, Any]]], list[dict[str, Any]]]


class Package(NamedTuple):
    """A pinned package, and the file that pins it."""

    ecosystem: str
    name: str
    version: str
    pinned_in: str


class NotReached(Exception):
    """OSV did not answer, or not as it is described."""


def pinned(root: Path = ROOT) -> list[Package]:
    """Every package of every requirements file and of npm's lock file; those of functions come first."""
    return list(dict.fromkeys([*_python(root, "layers/*"), *_python(root, "tools/requirements"), *_npm(root)]))


def _python(root: Path, folder: str) -> Iterator[Package]:
    for path in sorted(root.glob(f"{folder}/*.txt")):
        for name, version in _PINNED.findall(path.read_text()):
            yield Package("PyPI", name.lower(), version, str(path.relative_to(root)))


def _npm(root: Path) -> Iterator[Package]:
    path = root / "tools/npm/package-lock.json"
    for place, each in json.loads(path.read_text())["packages"].items():
        if place and "version" in each:
            yield Package("npm", place.rpartition("node_modules/")[2], each["version"], str(path.relative_to(root)))


def known(packages: Iterable[Package], ask: Ask) -> dict[Package, list[str]]:
    """The ids of what is known of each package. Raises `NotReached`."""
    wanted, found = list(packages), dict[Package, list[str]]()
    for first in range(0, len(wanted), AT_ONCE):
        some = wanted[first : first + AT_ONCE]
        queries = [{"package": {"ecosystem": e, "name": n}, "version": v} for e, n, v, _ in some]
        results = ask(queries)
        if len(results) != len(some):
            raise NotReached(f"{len(results)} answers to {len(some)} questions")
        for package, result in zip(some, results, strict=True):
            if ids := [str(each["id"]) for each in result.get("vulns", [])]:
                found[package] = ids
    return found


def ask_osv(queries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    request = Request(URL, json.dumps({"queries": queries}).encode(), {"Content-Type": "application/json"})
    try:
        with urlopen(request, timeout=30) as answer:  # noqa: S310
            results: list[dict[str, Any]] = json.loads(answer.read())["results"]
            return results
    except (OSError, ValueError, KeyError) as error:
        raise NotReached(str(error)) from None


def main(ask: Ask = ask_osv, say: Callable[[str], object] = print) -> int:
    packages = pinned()
    try:
        found = known(packages, ask)
    except NotReached as error:
        say(f"NOT SCANNED: the vulnerability data of {URL} could not be reached ({error}).")
        say(f"Nothing is known of the {len(packages)} pinned packages, good or bad: run it where OSV can be reached.")
        return 2
    for package, ids in found.items():
        say(f"{package.pinned_in}: {package.name} {package.version} ({package.ecosystem}): {', '.join(ids)}")
    say(f"{len(packages)} pinned packages were looked up at OSV; something is known of {len(found)}.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
