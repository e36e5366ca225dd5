"""What is left out with Stripe's stand-in exists: a name that is misspelt would leave out nothing."""

from pathlib import Path

from tests.flows.not_with_stripe import NOT_SHOWN, why_not

FLOWS = Path(__file__).resolve().parents[1] / "flows"


def test_each_flow_that_is_left_out_exists() -> None:
    known = "".join(path.read_text() for path in FLOWS.rglob("test_*.py"))
    names = [name.partition("[")[0] for tests in NOT_SHOWN.values() for name in tests]
    assert [name for name in names if f"def {name}(" not in known] == []
    assert len(names) == len(set(names))


def test_one_case_of_a_test_can_be_left_out() -> None:
    assert why_not("test_what_the_shopper_chose_is_known_when_the_shopper_is_back[Cancel-/return/aborted-FAILED-X]")
    assert why_not("test_what_the_shopper_chose_is_known_when_the_shopper_is_back[Approve-/return/success]") is None
