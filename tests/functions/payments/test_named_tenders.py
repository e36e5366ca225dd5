"""A tender that is named on the menu has to be one that can pay the order, before anybody is asked about it (IS-8)."""

import pytest

from tests.functions.scripted_psp import ScriptedPsp
from tests.functions.world import ORDER_KEY, World
from tillgate.domain.orders.tenders import AuthorizationSequence
from tillgate.domain.shared.refusals import MethodNotApplicable
from tillgate.use_cases.payments.name_tender import name_tender


class TellingPsp(ScriptedPsp):
    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def balance(self, method: str, token: str, currency: str) -> int:
        self.asked.append(token)
        return 1000


def test_a_psp_is_not_asked_for_the_balance_of_what_cannot_pay_the_order(world: World) -> None:
    psp = TellingPsp()
    world.system.connectors["sandbox"] = psp
    world.has_merchant(authorization_sequence=AuthorizationSequence.OPEN_FIRST)
    merchant = world.system.merchants.merchant("mer_1", fresh=True)
    assert merchant is not None
    world.created(methods=["card"])
    with pytest.raises(MethodNotApplicable, match="does not offer gift_card"):
        name_tender(world.system, merchant, ORDER_KEY, method="gift_card", token="gc_1", number=1)
    assert (psp.asked, world.order().named) == ([], ())
    world.created(order_reference="A-2")
    key = ORDER_KEY[:-1] + "2"
    named = name_tender(world.system, merchant, key, method="gift_card", token="gc_2", number=1).named
    assert (psp.asked, len(named)) == (["gc_2"], 1)
