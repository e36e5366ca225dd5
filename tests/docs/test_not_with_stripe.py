"""What is left out with Stripe's stand-in exists: a name that is misspelt would leave out nothing."""

import re
from pathlib import Path

from tests.flows.not_with_stripe import NOT_SHOWN, OTHER_FILES, why_not

FLOWS = Path(__file__).resolve().parents[1] / "flows"
MAKEFILE = FLOWS.parents[1] / "Makefile"


def test_each_flow_that_is_left_out_exists() -> None:
    known = "".join(path.read_text() for path in FLOWS.rglob("test_*.py"))
    names = [name.partition("[")[0] for tests in NOT_SHOWN.values() for name in tests]
    assert [name for name in names if f"def {name}(" not in known] == []
    assert len(names) == len(set(names))


def test_one_case_of_a_test_can_be_left_out() -> None:
    assert why_not("test_what_the_shopper_chose_is_known_when_the_shopper_is_back[Cancel-/return/aborted-FAILED-X]")
    assert why_not("test_what_the_shopper_chose_is_known_when_the_shopper_is_back[Approve-/return/success]") is None


def test_each_file_that_starts_payments_is_run_or_has_a_reason() -> None:
    (said,) = re.findall(r"^CARDS := \$\(addprefix tests/flows/,([^)]*)\)", MAKEFILE.read_text(), re.MULTILINE)
    names = said.replace("\\\n", " ").split()
    paths = {path.relative_to(FLOWS).as_posix(): path.read_text() for path in FLOWS.rglob("test_*.py")}
    starts = {name for name, text in paths.items() if re.search(r"authorized_order|\b(try_)?start\(", text)}
    shown = {name for name in starts if any(name == each or name.startswith(f"{each}/") for each in names)}
    left_out = {name for names in OTHER_FILES.values() for name in names}
    assert len(shown) > 15
    assert starts - shown == left_out
