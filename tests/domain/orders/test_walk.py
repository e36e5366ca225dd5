"""Random walks over orders, a sample of what `make walk` does: any moves in any order, all properties hold (ONE-2)."""

from typing import Any
from unittest.mock import patch

from proofs.exploration import walk as walks
from proofs.exploration.walk import Found, one, replayed, walk
from tillgate.domain.orders import invariants

SAMPLE = 1500  # steps
SPENT_TWICE = "What was captured and cancelled, and what is on its way to be, is never more than what was authorized."


def test_all_properties_hold_on_every_way_of_a_single_order() -> None:
    found = walk(SAMPLE, 5, "single")
    assert not found.flaws, "\n".join(f"{flaw}\n    {way}" for flaw, way in found.flaws.items())
    assert set(found.moves) == {"merchant", "shopper", "psp", "time", "bank"}


def test_vendors_are_paid_and_order_and_vendors_come_to_rest_on_many_ways() -> None:
    taken: list[str] = []

    def not_alone(*given: Any) -> list[str]:
        taken.extend(given[-1])
        return []

    with patch.object(walks, "alone", not_alone):
        walk(1000, 5, "technical")
    for what in ("PAY", "vendor a: payment 1: capture", "vendor b", "cancel the order", "REVERSED", "sums over"):
        assert any(what in move for move in taken), what


def test_the_same_seed_walks_the_same_way() -> None:
    assert walk(200, 5, "technical") == walk(200, 5, "technical") != walk(200, 6, "technical")


def test_a_broken_rule_is_found_with_the_shortest_way_to_it() -> None:
    """A domain that forgets what is on its way lets money be spent twice: start, approved, asked for twice."""
    with (
        patch("tillgate.domain.payments.payment.Payment.reserved", lambda *_: 0),
        patch.object(invariants, "_broken_by", lambda _: []),
    ):
        found = walk(500, 5, "single")
        way = found.flaws[SPENT_TWICE]
        assert len(way.moves) <= 5, way
        assert SPENT_TWICE in replayed(way.scenario, way.moves)
        again = Found()
        one(way.seed, "single", again)
        assert again.flaws[SPENT_TWICE].moves == way.moves
    assert replayed(way.scenario, way.moves) == []
