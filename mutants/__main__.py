"""`python -m mutants`: makes each mistake (or every nth) in a copy, runs quick tests, tells which were not noticed."""

import argparse
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory

from mutants.mistakes import Mistake, in_code, in_conditions

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = Path("layers/tillgate/tillgate")
COPIED = ("layers", "functions", "tests", "proofs", "events", "statemachines", "template.yaml", "pyproject.toml")
# The quickest first: a mistake that is noticed costs little. The whole exploration is left to `make prove`.
TESTS = (
    ["tests/domain", "--ignore=tests/domain/test_exploration.py", "--ignore=tests/domain/test_generated_docs.py"],
    [
        "tests/crash/test_races.py",
        "tests/crash/test_operators.py",
        "tests/crash/test_what_psps_say.py",
        "tests/crash/test_settlement.py",
    ],
    ["tests/crash/test_places.py", "-k", "every_place and (create_order or capture_payment)"],
    ["tests/notifications", "tests/use_cases"],
    ["tests/store", "tests/functions/test_orders.py", "tests/functions/test_idempotency.py"],
)
PATIENCE = 300


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m mutants", description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="takes every nth mistake in the domain only")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--least", type=int, default=0, help="the score in per cent that must be reached")
    options = parser.parse_args()
    mistakes = _mistakes(options.every)
    survivors = _survivors(mistakes, options.jobs)
    score = 100 * (len(mistakes) - len(survivors)) / len(mistakes)
    for each in survivors:
        print(f"  not noticed: {each.path.relative_to(ROOT)}:{each.line}: {each.what}")
    print(f"Mutants: {len(mistakes)} mistakes, {len(mistakes) - len(survivors)} noticed: {score:.0f} %")
    return 0 if score >= options.least else 1


def _mistakes(every: int) -> list[Mistake]:
    domain = [each for path in sorted((ROOT / PACKAGE / "domain").glob("*.py")) for each in in_code(path)]
    store = [each for path in sorted((ROOT / PACKAGE / "store").glob("*.py")) for each in in_conditions(path)]
    return [*store, *domain[::every]]


def _survivors(mistakes: list[Mistake], jobs: int) -> list[Mistake]:
    with TemporaryDirectory() as folder:
        copies: SimpleQueue[Path] = SimpleQueue()
        for number in range(jobs):
            copies.put(_copy(Path(folder) / str(number)))

        def survives(mistake: Mistake) -> bool:
            copy = copies.get()
            try:
                return _survives(mistake, copy)
            finally:
                copies.put(copy)

        with ThreadPoolExecutor(jobs) as pool:
            found = list(pool.map(survives, mistakes))
    return [mistake for mistake, lives in zip(mistakes, found, strict=True) if lives]


def _copy(target: Path) -> Path:
    target.mkdir()
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target / name)
    return target


def _survives(mistake: Mistake, copy: Path) -> bool:
    file = copy / mistake.path.relative_to(ROOT)
    right = mistake.path.read_text()
    file.write_text(mistake.made_in(right))
    try:
        lives = all(_passes(copy, arguments) for arguments in TESTS)
    finally:
        file.write_text(right)
    print("!" if lives else ".", end="", flush=True)
    return lives


def _passes(copy: Path, arguments: list[str]) -> bool:
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-p", "no:warnings", *arguments]
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        return subprocess.run(command, cwd=copy, env=env, capture_output=True, timeout=PATIENCE).returncode == 0
    except subprocess.TimeoutExpired:
        return False  # it never comes to rest: that was noticed


if __name__ == "__main__":
    sys.exit(main())
