"""The table of the lifecycle: complete, free of dead ends, and as the contract has it (IS-10, EV-3)."""

from collections import deque

import pytest

from tillgate.domain.payments.lifecycle import FACES, LIFECYCLE, Capture, Cause, IllegalStep, PaymentStatus, Step, step

S = PaymentStatus

FINAL = {
    S.REFUNDED,
    S.CANCELLED,
    S.CAPTURE_VOIDED,
    S.WITHDRAWN,
    S.FAILED,
    S.EXPIRED,
    S.PROCESSING_EXPIRED,
}
WITHDRAWABLE = {S.CREATED, S.SEEN}


def reachable(start: PaymentStatus, forwards: bool = True) -> set[PaymentStatus]:
    pairs = [(line.source, line.target) if forwards else (line.target, line.source) for line in LIFECYCLE]
    seen, queue = {start}, deque([start])
    while queue:
        here = queue.popleft()
        new = {target for source, target in pairs if source is here} - seen
        seen |= new
        queue += new
    return seen


def test_every_status_has_a_face() -> None:
    assert set(FACES) == set(S)


@pytest.mark.parametrize("status", list(S))
def test_flags_are_those_of_the_contract(status: PaymentStatus) -> None:
    assert (FACES[status].final, FACES[status].withdrawable) == (status in FINAL, status in WITHDRAWABLE)


def test_every_status_is_reachable_from_the_first() -> None:
    assert reachable(S.PROCESSING) == set(S)


@pytest.mark.parametrize("status", sorted(set(S) - FINAL))
def test_no_status_that_is_not_final_is_a_dead_end(status: PaymentStatus) -> None:
    assert reachable(status) & FINAL


@pytest.mark.parametrize("line", [line for line in LIFECYCLE if line.source in FINAL])
def test_a_final_status_is_left_by_late_money_or_by_what_is_taken_back_alone(line: Step) -> None:
    late = (Cause.AUTHORIZED_LATE, Cause.FAILED_LATER, Cause.TAKEN_BACK)
    assert line.cause in late or line.source is line.target


@pytest.mark.parametrize("capture", list(Capture))
@pytest.mark.parametrize("status", sorted(set(S) - {S.CREATED, S.SEEN, S.PROCESSING, *FINAL} | {S.REFUNDED}))
def test_whatever_holds_money_can_be_taken_back_as_a_whole(status: PaymentStatus, capture: Capture) -> None:
    """A bank may do so in every state, also after a part of it was refunded."""
    gone = (S.FAILED, S.CAPTURE_VOIDED)
    found = [line for line in LIFECYCLE if line.source is status and line.cause is Cause.FAILED_LATER]
    assert any(line.target in gone and capture in line.capture for line in found)


def test_no_line_stands_twice() -> None:
    lines = [(line.source, line.cause, line.target, mode) for line in LIFECYCLE for mode in line.capture]
    assert len(lines) == len(set(lines))


def test_what_the_table_does_not_hold_is_refused() -> None:
    held = {(line.source, line.cause, line.target, mode) for line in LIFECYCLE for mode in line.capture}
    for source in S:
        for cause in Cause:
            for target in S:
                for mode in Capture:
                    if (source, cause, target, mode) in held:
                        assert step(source, cause, target, mode) is target
                    else:
                        with pytest.raises(IllegalStep):
                            step(source, cause, target, mode)
