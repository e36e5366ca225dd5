"""Takes what a PSP has notified into the order it is about (IS-12, IS-13)."""

from collections import defaultdict

from tillgate.domain.commands import order_key_of
from tillgate.domain.facts import Fact
from tillgate.wiring import System

from .changes import carry_out, learn_facts, load


def apply_notification(system: System, facts: list[Fact]) -> None:
    """Duplicates change nothing. Raises `NotFound` for a payment we do not know: perhaps not yet."""
    by_order: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        by_order[order_key_of(fact.payment_id)].append(fact)
    for order_key, its_facts in by_order.items():
        order = load(system, order_key)
        carry_out(system, learn_facts(system, order, its_facts, cause="notification"))
