"""`python -m tools.docs` regenerates the generated pages; with `--check` it fails if one is stale."""

import sys
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path

from tools import advice, cldr, demands, instruments, lifecycle_doc
from tools.api import openapi, page
from tools.sdk import python, typescript

ROOT = Path(__file__).parent.parent
PYTHON = "sdk/python/src/tillgate_sdk"
TYPESCRIPT = "sdk/typescript"
GENERATED: dict[str, Callable[[], str]] = {
    "docs/lifecycle.md": lifecycle_doc.render,
    "docs/demands.md": demands.render,
    "docs/merchant-guide.md": advice.render,
    "local/instruments.json": instruments.render,
    "layers/tillgate/tillgate/domain/shared/countries.py": cldr.render_countries,
    "layers/tillgate/tillgate/domain/shared/localized_amounts_data.py": cldr.render_amounts,
    "layers/tillgate/tillgate/domain/shared/localized_dates_data.py": cldr.render_dates,
    f"{PYTHON}/_version.py": python.version,
    f"{PYTHON}/models.py": python.models,
    f"{PYTHON}/operations.py": python.operations,
    f"{PYTHON}/problems.py": python.problems,
    f"{TYPESCRIPT}/package.json": typescript.package,
    f"{TYPESCRIPT}/src/models.ts": typescript.models,
    f"{TYPESCRIPT}/src/operations.ts": typescript.operations,
    f"{TYPESCRIPT}/src/problems.ts": typescript.problems,
    "functions/docs/describe_api/openapi.json": openapi.render,
    "functions/docs/describe_api/docs.html": page.render,
}


def stale() -> list[str]:
    """The pages that differ from their regenerated text."""
    return [path for path, render in GENERATED.items() if _read(path) != render()]


def main() -> int:
    parser = ArgumentParser(prog="python -m tools.docs", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail if a page is stale")
    if parser.parse_args().check:
        for path in (found := stale()):
            sys.stdout.write(f"{path} is stale; run python -m tools.docs\n")
        return 1 if found else 0
    for path, render in GENERATED.items():
        target = ROOT / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(render())
        sys.stdout.write(f"{path} written\n")
    return 0


def _read(path: str) -> str | None:
    target = ROOT / path
    return target.read_text() if target.exists() else None


if __name__ == "__main__":
    sys.exit(main())
