"""`python -m proofs.mutants`: makes each mistake, or every nth, runs the tests that reach it, lists the survivors."""

import argparse
import os
import sys
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, Phase, settings

from proofs.mutants import running
from proofs.mutants.mistakes import Mistake, in_code, in_conditions
from proofs.mutants.picked import picked
from proofs.summary import note

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "layers/tillgate/tillgate"
# The domain's own tests have to notice what is wrong in it; conditions are noticed where two meet or one comes again.
# What explores at length is left to `make prove`: a rule that matters has a quick test as well.
TESTS = {
    "domain": ["tests/domain"],
    "store": ["tests/store", "tests/use_cases", "tests/outbound/notifications", "tests/functions", "proofs/crash"],
}
QUICK = {
    "domain": [
        f"tests/domain/{name}.py"
        for name in (
            "orders/test_amounts",
            "orders/test_endings",
            "orders/test_starting",
            "payments/test_lifecycle",
            "marketplace/test_late_news",
            "marketplace/test_vendors",
        )
    ],
    "store": [
        "tests/store/orders/test_orders.py",
        "tests/functions/shared/test_idempotency.py",
        "proofs/crash/test_races.py",
    ],
}
LEFT = [
    "--ignore=tests/domain/orders/test_exploration.py",
    "--ignore=tests/domain/shared/test_generated_docs.py",
    "--ignore=tests/domain/orders/test_machine.py",
    "--deselect=tests/domain/ledger/test_ledger.py::test_it_balances_after_ten_thousand_operations",
    "--ignore=tests/functions/shared/test_imports.py",
    "--ignore=tests/functions/shared/test_bad_input.py",
    "--ignore=proofs/crash/test_places.py",
]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m proofs.mutants", description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="takes every nth mistake only")
    parser.add_argument("--picked", action="store_true", help="takes the few that were picked by hand")
    parser.add_argument("--only", default="", help="takes the mistakes in files of that name only")
    parser.add_argument("--jobs", type=int, default=os.process_cpu_count() or 1)
    parser.add_argument("--least", type=int, default=0, help="the score in per cent that must be reached")
    options = parser.parse_args()
    _prepare()
    mistakes = survivors = 0
    for part, find in (("domain", in_code), ("store", in_conditions)):
        files = sorted((PACKAGE / part).rglob(f"*{options.only}*.py"))
        found = (
            picked(PACKAGE / part)
            if options.picked
            else [each for path in files for each in find(path)][:: options.every]
        )
        mistakes += len(found)
        survivors += _survivors(found, [*(QUICK if options.picked else TESTS)[part], *LEFT], options.jobs)
    score = 100 * (mistakes - survivors) // mistakes
    if not options.picked:
        note("mutants", mistakes=mistakes, noticed=mistakes - survivors, percent=score)
    print(f"Mutants: {mistakes} mistakes, {mistakes - survivors} noticed: {score} %")
    return 0 if score >= options.least else 1


def _prepare() -> None:
    """Loads slow third-party modules once, before the first fork."""
    for name in ("aws_lambda_powertools.event_handler", "moto.dynamodb", "pydantic"):
        import_module(name)
    quick = settings(
        max_examples=100,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.explicit, Phase.generate),  # nothing is made smaller: it is enough to know that it fails
        suppress_health_check=list(HealthCheck),
    )
    settings.register_profile("mutants", quick)
    settings.load_profile("mutants")


def _survivors(mistakes: list[Mistake], tests: list[str], jobs: int) -> int:
    """The number of mistakes that no test notices."""
    if not mistakes:
        return 0
    of_functions = running.of_functions(mistakes)
    with TemporaryDirectory() as folder:
        record, lives = running.tried(PACKAGE, tests, of_functions, jobs, Path(folder) / "record")
    on_import = [each for each in mistakes if each not in of_functions]
    lives += running.surviving(on_import, jobs, lambda each: running.passes_imported(PACKAGE, tests, record, each))
    print(flush=True)
    return len(lives)


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
