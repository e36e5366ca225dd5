"""Crash scenarios for multi-vendor orders (TH-4, TH-5, TH-10) and orders with several tenders (IS-6, IS-9)."""

from collections.abc import Callable
from typing import Any

from proofs.crash.scenarios import AMOUNT, Scenario, on_order, on_payment
from proofs.crash.world import REFUSING, VENDORS, World
from tillgate.domain.marketplace.splits import SplitStatus
from tillgate.domain.marketplace.vendor_payments import stands
from tillgate.domain.shared.identifiers import vendor_key, vendor_payment_id

PART = 2000
Prepare = Callable[[World], str]
Act = Callable[[World, str], tuple[int, Any]]


def technical(capture: str = "manual", instrument: str = "tok_visa") -> Prepare:
    """A paid multi-vendor order."""

    def prepare(world: World) -> str:
        body = {"order_reference": "A-1", "amount": AMOUNT, "currency": "EUR", "capture": capture, "multi_vendor": True}
        key = str(_done(world.api("create_order", body), 201)["order_key"])
        _done(_start(world, key, "card", instrument), 201)
        return key

    return prepare


def divided(capture: str = "manual", vendors: int = 1, *taken: str, instrument: str = "tok_visa") -> Prepare:
    """The same with vendor payments; those of the named sub-orders are captured."""

    def prepare(world: World) -> str:
        key = technical(capture, instrument)(world)
        for number in range(1, vendors + 1):
            _done(pay(f"sub-{number}", VENDORS[number % 3], amount=1000 if vendors > 1 else PART)(world, key), 201)
        for reference in taken:
            _done(on_part("capture_payment", {}, reference)(world, key), 200)
        return key

    return prepare


def pay_unheard(world: World, key: str) -> tuple[int, Any]:
    """A PAY that never reached the PSP, which nobody knows yet."""
    world.psp_is_down = True
    answer = pay()(world, key)
    world.psp_is_down = False
    return answer


def pay(reference: str = "sub-1", vendor_id: str = VENDORS[0], amount: int = PART) -> Act:
    def act(world: World, key: str) -> tuple[int, Any]:
        body = {
            "technical_payment_id": f"pay_{key.removeprefix('ord_')}_1",
            "vendor_id": vendor_id,
            "amount": amount,
            "sub_order_reference": reference,
            "fee": 100,
        }
        return world.api("pay_vendor", body, key=f"pay-{reference}", order_key=key)

    return act


def on_part(function: str, body: Any, reference: str = "sub-1") -> Act:
    def act(world: World, key: str) -> tuple[int, Any]:
        payment_id = vendor_payment_id(vendor_key(key, reference))
        return world.api(function, body, key=f"{function}-{reference}", order_key=key, payment_id=payment_id)

    return act


def split(on_failure: str = "partial", *vendors: str) -> Act:
    def act(world: World, key: str) -> tuple[int, Any]:
        parts = [
            {"vendor_id": vendor_id, "amount": 1000, "sub_order_reference": f"sub-{number}", "fee": 50}
            for number, vendor_id in enumerate(vendors, start=1)
        ]
        body = {"technical_payment_id": f"pay_{key.removeprefix('ord_')}_1", "parts": parts, "on_failure": on_failure}
        return world.api("split_payment", body, key="split", order_key=key)

    return act


def after(prepare: Prepare, act: Act) -> Prepare:
    def prepared(world: World) -> str:
        key = prepare(world)
        assert act(world, key)[0] < 300
        return key

    return prepared


def _start(world: World, key: str, method: str, token: str, **more: Any) -> tuple[int, Any]:
    body = {"method": method, "instrument": {"token": token}, **more}
    return world.api("start_payment", body, key=f"start-{token}", order_key=key)


def _done(answer: tuple[int, Any], status: int) -> Any:
    assert answer[0] == status, answer
    return answer[1]


def _settle(world: World, _: str) -> None:
    world.settle()


def part_sums(*wanted: int, reference: str = "sub-1") -> Callable[[World, str], bool]:
    """Authorized, captured, cancelled, refunded of one vendor payment."""

    def lasting(world: World, key: str) -> bool:
        payment = world.order(vendor_key(key, reference)).payments[0]
        return (payment.authorized, payment.captured, payment.cancelled, payment.refunded) == wanted

    return lasting


def _nothing_allotted(world: World, key: str) -> bool:
    return world.order(key).payments[0].allotted == 0


def _split_is(status: SplitStatus, succeeded: int) -> Callable[[World, str], bool]:
    def lasting(world: World, key: str) -> bool:
        heads = [item for (pk, sk), item in world.cloud.tables.items["orders"].items() if sk.startswith("SPLIT#")]
        parts = [world.order(part) for part in world.part_keys()]
        held = sum(part.payments[0].held > 0 for part in parts)
        return [head["status"]["S"] for head in heads] == [status] and held == succeeded

    return lasting


def _taken_back(world: World, key: str) -> bool:
    """The bank reversed the technical payment, and no vendor keeps any of it."""
    payment = world.order(key).payments[0]
    parts = [world.order(part) for part in world.part_keys()]
    return payment.is_gone and payment.allotted == 0 == sum(map(stands, parts))


def _ended(world: World, key: str) -> bool:
    return world.order(key).status == "CANCELLED"


def tenders(**terms: Any) -> Prepare:
    """A gift card has paid a part of the order."""

    def prepare(world: World) -> str:
        body = {"order_reference": "A-1", "amount": AMOUNT, "currency": "EUR", **terms}
        key = str(_done(world.api("create_order", body), 201)["order_key"])
        _done(_start(world, key, "gift_card", "gc_1000"), 201)
        return key

    return prepare


def start(method: str, token: str) -> Act:
    return lambda world, key: _start(world, key, method, token)


def _tenders(*wanted: str) -> Callable[[World, str], bool]:
    """The order's status may be any of these."""
    return lambda world, key: world.order(key).status in wanted


def single_vendor(*taken: str) -> Prepare:
    """A paid single-vendor order, captured with a fee if `taken`."""

    def prepare(world: World) -> str:
        body = {"order_reference": "A-1", "amount": AMOUNT, "currency": "EUR", "vendor_id": VENDORS[0]}
        key = str(_done(world.api("create_order", body), 201)["order_key"])
        _done(_start(world, key, "card", "tok_visa"), 201)
        if taken:
            _done(on_payment("capture_payment", {"fee": 333})(world, key), 200)
        return key

    return prepare


def _first_sums(*wanted: int) -> Callable[[World, str], bool]:
    """Captured and refunded of the order's own payment."""

    def lasting(world: World, key: str) -> bool:
        payment = world.order(key).payments[0]
        return (payment.captured, payment.refunded) == wanted

    return lasting


CAPTURE = on_part("capture_payment", {"amount": 1500, "fee": 70, "final": False})
REFUND = on_part("refund_payment", {"amount": 500})
ALL_PAY = split("partial", *VENDORS)
ONE_FAILS = split("partial", VENDORS[0], REFUSING, VENDORS[1])
NONE_STAYS = split("cancel_all", VENDORS[0], VENDORS[1], REFUSING)

VENDOR_SCENARIOS = (
    Scenario(
        "single vendor's capture with a fee",
        single_vendor(),
        on_payment("capture_payment", {"fee": 333}),
        _first_sums(AMOUNT, 0),
    ),
    Scenario(
        "single vendor's refund",
        single_vendor("captured"),
        on_payment("refund_payment", {"amount": 700}),
        _first_sums(AMOUNT, 700),
    ),
    Scenario("pay_vendor", technical(), pay(), part_sums(PART, 0, 0, 0)),
    Scenario("pay_vendor: taken at once", technical("auto"), pay(), part_sums(PART, PART, 0, 0)),
    Scenario("pay_vendor: refused", technical(), pay(vendor_id=REFUSING), _nothing_allotted),
    Scenario("vendor's capture with a fee", divided(), CAPTURE, part_sums(PART, 1500, 0, 0), pairs=True),
    Scenario("vendor's cancel", divided(), on_part("cancel_payment", {}), part_sums(PART, 0, PART, 0)),
    Scenario("vendor's refund", divided("manual", 1, "sub-1"), REFUND, part_sums(PART, PART, 0, 500), pairs=True),
    Scenario("split_payment", technical(), ALL_PAY, _split_is(SplitStatus.SUCCEEDED, 3)),
    Scenario("by itself: sums over vendors", after(divided(), CAPTURE), _settle, part_sums(PART, 1500, 0, 0), True),
    Scenario("by itself: a split", after(technical(), ALL_PAY), _settle, _split_is(SplitStatus.SUCCEEDED, 3), True),
    Scenario(
        "by itself: a split, one fails", after(technical(), ONE_FAILS), _settle, _split_is(SplitStatus.PARTIAL, 2), True
    ),
    Scenario(
        "by itself: a split is undone",
        after(technical(), NONE_STAYS),
        _settle,
        _split_is(SplitStatus.CANCELLED, 0),
        True,
    ),
    Scenario("cancel_order: vendors hold", divided("manual", 2), on_order("cancel_order", {}), _ended),
    Scenario("cancel_order: vendors took", divided("manual", 2, "sub-1"), on_order("cancel_order", {}), _ended),
    Scenario("cancel_order: taken at once", divided("auto", 2), on_order("cancel_order", {}), _ended),
    Scenario("cancel_order: a PAY is unheard", after(technical(), pay_unheard), on_order("cancel_order", {}), _ended),
    Scenario(
        "by itself: the bank takes back what vendors captured",
        divided("manual", 2, "sub-1", instrument="tok_late_failure"),
        _settle,
        _taken_back,
        True,
    ),
    Scenario(
        "by itself: vendors unwound by the state machine",
        after(divided("manual", 3, "sub-1"), on_order("cancel_order", {})),
        _settle,
        _ended,
        True,
    ),
)

TENDER_SCENARIOS = (
    Scenario("second tender", tenders(), start("card", "tok_visa"), _tenders("AUTHORIZED", "EXPIRED")),
    Scenario(
        "second tender refused, unwound",
        tenders(on_failed_tender="unwind"),
        start("card", "tok_declined"),
        _tenders("CANCELLED", "EXPIRED"),
    ),
    Scenario("second tender: answer lost", tenders(), start("card", "tok_timeout"), _tenders("AUTHORIZED", "EXPIRED")),
    Scenario(
        "cancel_order: two tenders",
        after(tenders(), start("card", "tok_visa")),
        on_order("cancel_order", {}),
        _ended,
    ),
    Scenario(
        "by itself: two tenders unwound",
        after(after(tenders(), start("card", "tok_visa")), on_order("cancel_order", {})),
        _settle,
        _ended,
        True,
    ),
)
