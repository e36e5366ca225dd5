"""The refunds of vendor payments stand in their order's list (US-4, TH-10)."""

from datetime import timedelta

from tests.functions.marketplace.test_split_retry import market
from tests.functions.marketplace.test_taken_back import ORDER, captures, pays
from tests.functions.world import World
from tillgate.domain.notifications.event_types import happened
from tillgate.use_cases.marketplace.vendor_sums import take_over_sums

__all__ = ["market"]


def test_each_stands_once_in_the_pages_newest_first(world: World, market: None) -> None:
    vendors = [pays(world, f"S-{number}") for number in range(3)]
    amount = 0
    for payment_id in vendors:
        captures(world, payment_id)
        for _ in range(2):
            amount += 1
            world.passes(timedelta(seconds=1))
            path = ORDER | {"payment_id": payment_id}
            body = {"amount": amount, "reason_code": "DEFECTIVE"}
            assert world.call("refund_payment", body, path=path).status == 200
    found, cursor = [], ""
    while cursor is not None:
        query = {"limit": "4"} | ({"cursor": cursor} if cursor else {})
        page = world.call("list_refunds", path=ORDER, query=query).json
        found += page["items"]
        cursor = page["next_cursor"]
    assert [each["amount"] for each in found] == [6, 5, 4, 3, 2, 1]
    assert {each["payment_id"] for each in found} == set(vendors)
    assert {(each["vendor_id"], each["reason_code"], each["status"]) for each in found} == {
        ("ven_1", "DEFECTIVE", "SUCCEEDED")
    }
    assert all(each["settled_at"] for each in found)


def test_the_order_tells_that_a_vendors_refund_is_settled(world: World, market: None) -> None:
    payment_id = pays(world, "S-1")
    captures(world, payment_id)
    before = take_over_sums(world.system, ORDER["order_key"], cause="test")
    assert world.call("refund_payment", {"amount": 10}, path=ORDER | {"payment_id": payment_id}).status == 200
    after = take_over_sums(world.system, ORDER["order_key"], cause="test")
    assert "refund.settled" in happened(before, after)
