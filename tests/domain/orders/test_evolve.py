"""Each event has one rule by which it is applied."""

from typing import get_args

from tillgate.domain.orders import evolve_order, evolve_payment
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.order_events import OrderCreated


def test_each_event_but_the_creation_has_one_rule() -> None:
    rules = [*evolve_order.RULES, *evolve_payment.RULES]
    assert len(rules) == len(set(rules))
    assert {*rules, OrderCreated} == set(get_args(Event))
