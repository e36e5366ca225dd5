"""Methods without a PSP (IS-18), and money on a collection account that is matched to its payment (EV-13)."""

from datetime import timedelta
from typing import Any

import pytest
from stdnum import iso11649

from functions.payments.menu.pages import actions
from functions.payments.menu.pages.languages import Wishes
from tests.functions.menu_calls import written
from tests.functions.scripted_psp import offline
from tests.functions.world import MENU_KEY, MENU_URL, NOON, ORDER_KEY, PAYMENT_ID, World, invoke, sample
from tests.menu_forms import carried
from tillgate.connectors.offline.reference import reference_of
from tillgate.domain.merchants.account import Merchant
from tillgate.domain.orders import operating
from tillgate.domain.orders.deadlines import next_due, windows
from tillgate.domain.orders.order import OrderStatus
from tillgate.domain.payments.operations import Actor, Operation, OperationStatus, OperationType

IBAN = "DE02120300000000202051"
TERM = timedelta(days=14)
REFERENCE = reference_of(PAYMENT_ID)
METHODS = {"card": "sandbox", "gift_card": "sandbox"} | dict.fromkeys(
    ("bank_transfer", "invoice", "cash_on_delivery"), "offline"
)


@pytest.fixture
def shop(world: World) -> World:
    world.system.connectors["offline"] = offline(iban=IBAN, holder="Corner Shop", days=str(TERM.days))
    world.has(Merchant("mer_1", "Corner Shop", methods=METHODS))
    return world


def start(world: World, method: str, **fields: object) -> Any:
    answer = world.call("start_payment", {"method": method} | fields)
    assert answer.status == 201, answer.text
    return answer.json


def awaited(world: World, **fields: object) -> Any:
    world.created(**fields)
    return start(world, "bank_transfer")


def told(amount: int = 4999, booking_id: str = "b1", **fields: object) -> Any:
    """An operator's word."""
    booking = {"booking_id": booking_id, "reference": REFERENCE, "amount": amount, "currency": "EUR"}
    return invoke("admin", {"action": "report_money", "by": "ada"} | booking | fields)


def read(text: str, **fields: object) -> Any:
    return invoke("admin", {"action": "read_statement", "csv": text, "by": "ada"} | fields)


def transferred(operation_id: str, **fields: object) -> Any:
    """An operator has made the transfer."""
    return invoke("admin", sample("admin_mark_transferred") | {"operation_id": operation_id} | fields)


def work() -> Any:
    return invoke("admin", sample("admin_list_work"))["items"]


def payment(world: World) -> Any:
    return world.call("get_payment").json


def at(world: World) -> None:
    """The window's state machine or the sweep comes by."""
    invoke("close_window", {"order_key": ORDER_KEY})


# Bank transfer.


@pytest.mark.parametrize("capture", ["manual", "auto"])
def test_a_transfer_says_what_to_do_and_is_awaited_for_two_weeks(shop: World, capture: str) -> None:
    started = awaited(shop, capture=capture)
    assert (started["status"], started["connector"], started["final"]) == ("CREATED", "offline", False)
    assert started["instructions"] == {
        "iban": IBAN,
        "holder": "Corner Shop",
        "reference": REFERENCE,
        "due_at": "2030-01-15T12:00:00.000Z",
        "received": 0,
    }
    order = shop.order()
    assert order.expires_at == NOON + TERM
    assert windows(order) == {}
    shop.passes(TERM - timedelta(seconds=1))
    at(shop)
    assert payment(shop)["status"] == "CREATED"
    shop.passes(timedelta(seconds=1))
    at(shop)
    assert (payment(shop)["status"], shop.order().status) == ("EXPIRED", "EXPIRED")
    assert "instructions" not in payment(shop)


@pytest.mark.parametrize("reference", [REFERENCE, f" {REFERENCE[:4].lower()} {REFERENCE[4:]} "])
def test_money_that_arrives_settles_its_payment_once(shop: World, reference: str) -> None:
    awaited(shop)
    assert told(reference=reference) == {
        "payment_id": PAYMENT_ID,
        "booking_id": "b1",
        "outcome": "MATCHED",
        "status": "SETTLED",
        "received": 4999,
        "order": "PAID",
        "over": 0,
    }
    assert shop.order().safe is not None
    assert payment(shop)["amounts"] == {
        "authorized": 4999,
        "captured": 4999,
        "cancelled": 0,
        "refunded": 0,
        "disputed": 0,
    }
    before = shop.everything()
    assert (told()["outcome"], told()["over"]) == ("KNOWN", 0)
    assert shop.everything() == before
    entries = shop.call("get_history").json["items"]
    assert [entry["type"] for entry in entries[-3:]] == ["money_received", "outcome_learned", "settlement_reported"]
    assert {entry["actor"] for entry in entries[-3:]} == {"operator"}
    assert entries[-1]["cause"] == "4999 EUR received, told by ada"
    assert (entries[-3]["booking_id"], entries[-3]["amount"]) == ("b1", 4999)


def test_too_little_stays_awaited_with_what_has_come(shop: World) -> None:
    awaited(shop)
    assert (told(2000)["status"], told(2000)["received"]) == ("CREATED", 2000)
    order = shop.call("get_order").json
    assert (order["status"], order["amounts"]["open"]) == ("PARTIALLY_PAID", 2999)
    assert order["payments"][0]["instructions"]["received"] == 2000
    assert "withdraw" not in order["allowed_operations"]
    assert told(2999, "b2")["order"] == "PAID"


def test_the_rest_of_an_underpaid_transfer_can_be_paid_by_card(shop: World) -> None:
    awaited(shop)
    told(2000)
    start(shop, "card", instrument={"token": "tok_visa"})
    first, card = shop.order().payments
    assert (first.status, first.captured, card.amount) == ("SETTLED", 2000, 2999)


def test_a_gift_card_pays_what_a_transfer_left_open(shop: World) -> None:
    awaited(shop)
    told(2000)
    start(shop, "gift_card", instrument={"token": "gc_1000"})
    first, card = shop.order().payments
    assert (first.status, first.captured) == ("SETTLED", 2000)
    assert card.amount == 2999


def test_a_second_transfer_is_recorded_and_an_operators_to_give_back(shop: World) -> None:
    """EV-13: whoever pays twice has paid twice; nobody gives back more than what came."""
    awaited(shop)
    told()
    after = told(booking_id="b2")
    assert (after["outcome"], after["order"], after["over"]) == ("MATCHED", "PAID", 4999)
    (item,) = work()
    second = shop.order().payments[1]
    owed = second.operations[-1].operation_id
    assert (second.status, second.pending) == ("SETTLED", True)
    assert [(each["operation_id"], each["amount"]) for each in item["transfers"]] == [(owed, 4999)]
    assert item["transfers"][0]["reference"] == REFERENCE, "the one that the shopper has used"
    path = {"payment_id": second.payment_id}
    assert shop.call("refund_payment", {"amount": 5000}, path=path).refusal == (422, "amount_exceeds_available")
    assert transferred(owed)["troubles"] == []
    assert work() == []
    assert (shop.order().status, shop.order().payments[1].refunded) == ("PAID", 4999)


def test_a_booking_that_was_told_otherwise_is_refused(shop: World) -> None:
    """One booking is one amount for one order; what contradicts that is looked at and not passed over as known."""
    awaited(shop)
    told(2000)
    other = shop.call("create_order", {"order_reference": "A-2", "amount": 2000, "currency": "EUR"}).json
    path = {"order_key": other["order_key"]}
    started = shop.call("start_payment", {"method": "bank_transfer"}, path=path).json
    before = shop.everything()
    for otherwise in ({"amount": 2001}, {"reference": started["instructions"]["reference"]}):
        assert (
            told(**{"amount": 2000} | otherwise)["error"]
            == f"this booking was reported before as 2000 for {PAYMENT_ID}"
        )
    assert shop.everything() == before


@pytest.mark.parametrize("method", ["invoice", "cash_on_delivery"])
@pytest.mark.parametrize("actor", [Actor.SYSTEM, Actor.OPERATOR])
def test_a_refund_that_nobody_made_is_not_told_as_done(shop: World, actor: Actor, method: str) -> None:
    """IS-9: an ending that is tried again hands nothing back; the merchant's word is that it was done."""
    shop.created()
    start(shop, method)
    shop.call("capture_payment", {})
    refund = Operation("pay_1_2", OperationType.REFUND, 4999, OperationStatus.REQUESTED, NOON, actor)
    order = shop.order()
    (fact,) = shop.system.psp("offline", "mer_1").perform(order, order.payments[0], refund)
    assert fact.status is OperationStatus.FAILED


def test_too_much_pays_the_order_and_is_told(shop: World) -> None:
    awaited(shop)
    assert (told(5000)["order"], shop.order().covered) == ("PAID", 4999)


@pytest.mark.parametrize(
    "wrong",
    [
        {"reference": reference_of("pay_other_1")},
        {"reference": REFERENCE[:-1] + ("0" if REFERENCE[-1] != "0" else "1")},
        {"reference": ""},
        {"reference": "RF٣"},
        {"currency": "USD"},
        {"amount": 0},
        {"amount": "4999"},
        {"booking_id": ""},
        {"booking_id": "b" * 101},
        {"booking_id": 7},
    ],
)
def test_what_does_not_match_changes_nothing(shop: World, wrong: dict[str, object]) -> None:
    awaited(shop)
    before = shop.everything()
    assert "error" in told(**wrong)  # type: ignore[arg-type]
    assert shop.everything() == before


def test_a_statement_is_matched_line_by_line(shop: World) -> None:
    """EV-13: what matches is settled; what does not is left to an operator; reading it again does no harm."""
    awaited(shop)
    text = f"date,reference,amount,currency\n2030-01-02,{REFERENCE},4999,EUR\n2030-01-02,RF00,1,EUR\n,,,\n"
    for outcome in ("MATCHED", "KNOWN"):
        items = read(text, statement="2030/1")["items"]
        assert [item["outcome"] for item in items] == [outcome, "UNMATCHED", "UNMATCHED"]
    assert shop.order().status is OrderStatus.PAID
    assert "error" in invoke("admin", sample("admin_read_statement") | {"csv": "a;b\n1;2\n"})


def test_a_line_without_an_id_is_known_by_its_statement(shop: World) -> None:
    """The same line twice in a statement is two bookings; a statement that grew or is sorted anew is read again."""
    awaited(shop)
    head, line, part = "reference,amount,currency\n", f"{REFERENCE},4999,EUR\n", f"{REFERENCE},1,EUR\n"
    for text, statement, outcomes, over in (
        (head + line, "1", ["MATCHED"], 0),
        (head + line + line, "1", ["KNOWN", "MATCHED"], 4999),
        (head + part + line + line, "1", ["MATCHED", "KNOWN", "KNOWN"], 5000),
        (head + line, "2", ["MATCHED"], 9999),
    ):
        assert [item["outcome"] for item in read(text, statement=statement)["items"]] == outcomes
        assert sum(each.captured for each in shop.order().payments) == 4999 + over
    assert "pass the statement" in read(head + line)["error"]
    assert "statement must be the bank's identifier" in read(head + line, statement=" ")["error"]


def test_a_line_has_the_banks_id_where_it_gives_one(shop: World) -> None:
    awaited(shop)
    head = "booking_id,reference,amount,currency\n"
    lines = [f"{booking_id},{REFERENCE},1000,EUR\n" for booking_id in ("b1", "b2", "NOTPROVIDED", "b1", "")]
    items = read(head + "".join(lines))["items"]
    assert [item["outcome"] for item in items] == ["MATCHED", "MATCHED", "UNMATCHED", "KNOWN", "UNMATCHED"]
    assert "booking_id must be the bank's identifier" in items[2]["why"]
    items = read(head + "".join(lines), statement="1")["items"]
    assert [item["outcome"] for item in items] == ["KNOWN", "KNOWN", "MATCHED", "KNOWN", "MATCHED"]
    assert shop.order().payments[0].received == 4000


def test_money_that_comes_too_late_is_an_operators_to_give_back(shop: World) -> None:
    awaited(shop)
    shop.passes(TERM)
    at(shop)
    after = told()
    assert (after["status"], after["order"]) == ("SETTLED", "EXPIRED")
    (item,) = work()
    assert (item["order_key"], [each["amount"] for each in item["transfers"]]) == (ORDER_KEY, [4999])
    transferred(item["transfers"][0]["operation_id"])
    assert (payment(shop)["status"], shop.order().status, work()) == ("REFUNDED", "EXPIRED", [])


@pytest.mark.parametrize("valued", [-1, 0, 1, None], ids=["before", "on the day", "after", "not told"])
def test_a_transfer_told_within_the_days_of_grace_counts_whatever_its_value_date(
    shop: World, valued: int | None
) -> None:
    """Told half a day after `due_at`: the order is paid, and nothing goes back."""
    shop.system.connectors["offline"] = offline(iban=IBAN, holder="Corner Shop", days=str(TERM.days), grace_days="3")
    started = awaited(shop)
    due_at = NOON + TERM
    assert started["instructions"]["due_at"] == shop.call("get_order").json["expires_at"] == f"{due_at:%FT%T}.000Z"
    assert windows(shop.order()) == {}
    assert next_due(shop.order(), timedelta()) == due_at + timedelta(days=3)
    shop.passes(TERM + timedelta(hours=12))
    at(shop)
    assert (payment(shop)["status"], shop.order().status) == ("CREATED", OrderStatus.UNPAID)
    date: dict[str, Any] = {} if valued is None else {"value_date": f"{due_at + timedelta(days=valued):%F}"}
    after = told(**date)
    assert (after["status"], after["order"], after["over"], work()) == ("SETTLED", "PAID", 0, [])


def test_a_transfer_told_after_the_days_of_grace_goes_back_though_it_was_valued_in_time(shop: World) -> None:
    """The merchant was told that the order expired (ADR 102): no value date brings it back."""
    shop.system.connectors["offline"] = offline(iban=IBAN, holder="Corner Shop", days=str(TERM.days), grace_days="3")
    awaited(shop)
    shop.passes(TERM + timedelta(days=3))
    at(shop)
    after = told(value_date=f"{NOON + TERM - timedelta(days=1):%F}")
    assert (after["status"], after["order"], len(work())) == ("SETTLED", "EXPIRED", 1)


def test_the_grace_is_for_the_transfer_and_nothing_else(shop: World) -> None:
    shop.system.connectors["offline"] = offline(iban=IBAN, holder="Corner Shop", days=str(TERM.days), grace_days="3")
    awaited(shop)
    shop.passes(TERM)
    sheet = actions.opened(shop.system, ORDER_KEY, MENU_KEY, Wishes("en"), None)
    assert (sheet.state, sheet.tenders, sheet.takes_gift_cards, sheet.open_until) == ("transfer", [], False, None)
    assert REFERENCE in written(sheet)
    assert shop.call("start_payment", {"method": "card", "instrument": {"token": "x"}}).refusal[0] == 409
    shop.passes(timedelta(days=3) - timedelta(seconds=1))
    at(shop)
    assert shop.order().status is OrderStatus.UNPAID
    shop.passes(timedelta(seconds=1))
    at(shop)
    assert (payment(shop)["status"], shop.order().status) == ("EXPIRED", OrderStatus.EXPIRED)


@pytest.mark.parametrize("method", ["card", "bank_transfer"])
def test_after_a_short_transfer_was_withdrawn_what_is_allowed_is_possible(shop: World, method: str) -> None:
    """`allowed_operations` had `start`, and every method was refused: the part that came counted as an open tender."""
    awaited(shop)
    told(1999)
    shop.call("withdraw_payment", {})
    assert (payment(shop)["status"], payment(shop)["amounts"]["captured"]) == ("SETTLED", 1999)
    assert "start" in shop.call("get_order").json["allowed_operations"]
    fields: dict[str, object] = {"instrument": {"token": "tok_visa"}} if method == "card" else {}
    assert start(shop, method, **fields)["amount"] == 3000


def test_start_is_not_allowed_where_no_method_can_pay(shop: World) -> None:
    """A card for a part lives, and the order offers nothing but cards."""
    shop.created(methods=["card"])
    start(shop, "card", instrument={"token": "tok_visa"}, amount=1000)
    refused = shop.call("start_payment", {"method": "card", "instrument": {"token": "tok_visa"}})
    assert refused.refusal == (409, "operation_not_allowed")
    assert "start" not in shop.call("get_order").json["allowed_operations"]
    shop.created(order_reference="A-2")
    other = {"order_key": ORDER_KEY[:-1] + "2"}
    card = {"method": "card", "instrument": {"token": "tok_visa"}, "amount": 1000}
    assert shop.call("start_payment", card, path=other).status == 201
    assert "start" in shop.call("get_order", path=other).json["allowed_operations"]  # a gift card can


def test_another_way_to_pay_ends_the_transfer(shop: World) -> None:
    awaited(shop)
    start(shop, "card", instrument={"token": "tok_visa"})
    assert payment(shop)["status"] == "WITHDRAWN"
    assert shop.order().status is OrderStatus.AUTHORIZED


def test_the_menu_says_what_to_transfer(shop: World) -> None:
    shop.created(locale="de")
    goto = actions.pay(shop.system, ORDER_KEY, MENU_KEY, {"method": "bank_transfer"} | carried(shop.order()))
    assert goto == actions.Goto(MENU_URL)
    sheet = actions.opened(shop.system, ORDER_KEY, MENU_KEY, Wishes(""), None)
    page = written(sheet)
    for each in (IBAN, REFERENCE, "Corner Shop", "Verwendungszweck", "15.01.2030"):
        assert each in page
    assert payment(shop)["status"] == "SEEN"
    told(1999)
    page = written(actions.opened(shop.system, ORDER_KEY, MENU_KEY, Wishes(""), None))
    assert page.count("30,00") >= 2  # what is open, and what is still to be transferred
    assert "49,99" in page


def test_without_an_account_no_transfer_is_offered(shop: World) -> None:
    shop.system.lacks = frozenset({"iban"})
    shop.created()
    assert shop.call("start_payment", {"method": "bank_transfer"}).refusal == (422, "method_not_applicable")


# Refunds of bank transfers: an operator's work.


@pytest.fixture
def refunding(shop: World) -> World:
    """A transfer that came and that the merchant refunds in part."""
    awaited(shop)
    told()
    answer = shop.call("refund_payment", {"amount": 1000, "reason": "one seat less"})
    assert (answer.status, answer.json["pending"], answer.json["status"]) == (200, True, "SETTLED")
    return shop


REFUND = f"{PAYMENT_ID}_2"


def test_a_merchants_refund_of_a_transfer_waits_for_an_operator(refunding: World) -> None:
    """IS-18: nobody's money moves by itself; it is on the work list with what to transfer, and the merchant sees it."""
    shown = payment(refunding)["operations"][-1]
    assert (shown["operation_id"], shown["status"], shown["amount"]) == (REFUND, "PENDING", 1000)
    (item,) = work()
    assert item["troubles"] == [f"{REFUND} (refund, 1000) waits since 2030-01-01T12:00:00Z for you"]
    assert item["transfers"] == [
        {
            "operation_id": REFUND,
            "payment_id": PAYMENT_ID,
            "amount": 1000,
            "currency": "EUR",
            "since": "2030-01-01T12:00:00Z",
            "reference": REFERENCE,
            "reason": "one seat less",
            "when_done": {
                "action": "mark_transferred",
                "operation_id": REFUND,
                "by": "",
                "reason": "",
                "iban": "",
            },
        }
    ]
    assert "waits for an operator to transfer it" in " ".join(item["why"])
    assert refunding.call("refund_payment", {"amount": 4000}).refusal == (422, "amount_exceeds_available")
    assert transferred(REFUND)["troubles"] == []
    after = payment(refunding)
    assert (after["status"], after["pending"], after["amounts"]["refunded"]) == ("PARTIALLY_REFUNDED", False, 1000)
    assert work() == []


def test_what_waits_for_a_person_is_not_asked_about_again_and_again(refunding: World) -> None:
    """No growing history, nothing due, one alarm when it begins to wait and none later."""
    refunding.call("sync_payment")
    before = refunding.everything()
    assert next_due(refunding.order(), timedelta(0)) is None
    for _ in range(30):
        refunding.passes(timedelta(days=1))
        invoke("sweep_due", sample("sweep_due"))
        assert refunding.call("sync_payment").json["pending"] is True
    assert refunding.everything() == before


def test_it_rings_once_when_a_refund_has_to_be_transferred(shop: World, capsys: pytest.CaptureFixture[str]) -> None:
    awaited(shop)
    told()
    capsys.readouterr()
    shop.call("refund_payment", {})
    shop.call("sync_payment")
    assert capsys.readouterr().out.count('"OperatorNeeded":[1.0]') == 1
    transferred(REFUND)
    assert "OperatorNeeded" not in capsys.readouterr().out


def test_a_refund_whose_request_was_struck_comes_onto_the_work_list(shop: World) -> None:
    """The process died before the connector was asked: the sweep finds it."""
    awaited(shop)
    told()
    events = operating.refund(shop.order(), PAYMENT_ID, amount=None, reason=None, now=shop.system.now())
    shop.system.orders.save(shop.order(), events, Actor.MERCHANT, "api")
    shop.passes(timedelta(minutes=2))
    invoke("sweep_due", sample("sweep_due"))
    (item,) = work()
    assert [each["operation_id"] for each in item["transfers"]] == [REFUND]


def test_an_operator_says_that_a_transfer_cannot_be_made(refunding: World) -> None:
    """The account was closed: the merchant sees a refund that failed, and can try again."""
    outcome = {"operation_id": REFUND, "status": "FAILED"}
    resolved = {"order_key": ORDER_KEY, "by": "ada", "reason": "account closed", "outcome": outcome}
    assert invoke("admin", {"action": "resolve"} | resolved)["troubles"] == []
    shown = payment(refunding)
    assert (shown["status"], shown["pending"], shown["operations"][-1]["status"]) == ("SETTLED", False, "FAILED")
    assert refunding.call("refund_payment", {"amount": 4999}).json["pending"] is True


def test_where_a_refund_was_transferred_to_is_checked_and_not_kept(
    refunding: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """GO-7: the history is for ever; it has the country and four characters of the account."""
    for iban in ("DE88370400440532013000", "RF18539007547034", "DE89", "x"):
        assert "check digits" in transferred(REFUND, iban=iban)["error"]
    capsys.readouterr()
    assert "error" not in transferred(REFUND, iban="de89 3704 0044 0532 0130 00")
    entry = refunding.call("get_history").json["items"][-1]
    assert (entry["actor"], entry["cause"]) == (
        "operator",
        "ada@merchant.example: transferred with today's batch (transferred to DE..3000)",
    )
    everywhere = capsys.readouterr().out + str(refunding.everything())
    assert "37040044" not in everywhere
    assert "3704 0044" not in everywhere


@pytest.mark.parametrize(
    "wrong",
    [
        {"operation_id": f"{PAYMENT_ID}_1"},
        {"operation_id": f"{PAYMENT_ID}_9"},
        {"operation_id": "nothing"},
        {"by": " "},
        {"reason": ""},
    ],
)
def test_only_what_waits_can_be_marked_as_transferred(refunding: World, wrong: dict[str, str]) -> None:
    before = refunding.everything()
    assert "error" in transferred(**{"operation_id": REFUND} | wrong)
    assert refunding.everything() == before


def test_it_is_marked_as_transferred_once(refunding: World) -> None:
    transferred(REFUND)
    before = refunding.everything()
    assert transferred(REFUND)["error"] == f"{REFUND} is SUCCEEDED and waits for no transfer"
    assert refunding.everything() == before


def test_an_order_that_is_cancelled_waits_for_the_transfer_and_then_ends(shop: World) -> None:
    awaited(shop)
    told()
    answer = shop.call("cancel_order")
    assert (answer.status, answer.json["payments"][0]["pending"]) == (202, True)
    unwinding = {"order_key": ORDER_KEY, "redriven_at": None}
    assert invoke("unwind_order", unwinding)["go_on"] is False, "no execution waits for a person"
    shop.passes(timedelta(days=40))
    invoke("sweep_due", sample("sweep_due"))
    assert shop.order().ending is not None
    assert transferred(REFUND)["status"] == "CANCELLED"
    assert (payment(shop)["status"], work()) == ("REFUNDED", [])


def test_an_ending_whose_transfer_cannot_be_made_needs_an_operator_and_can_be_tried_again(shop: World) -> None:
    awaited(shop)
    told()
    shop.call("cancel_order")
    who = {"action": "resolve", "order_key": ORDER_KEY, "by": "ada", "reason": "account closed"}
    failed = invoke("admin", who | {"outcome": {"operation_id": REFUND, "status": "FAILED"}})
    assert failed["status"] == "MANUAL_INTERVENTION_NEEDED"
    invoke("admin", who | {"retry": True})
    (transfer,) = work()[0]["transfers"]
    assert transferred(transfer["operation_id"])["status"] == "CANCELLED"


def test_a_part_that_came_before_the_time_was_over_goes_back_by_transfer(shop: World) -> None:
    awaited(shop)
    told(2000)
    shop.passes(TERM)
    at(shop)
    assert shop.order().ending is not None
    (transfer,) = work()[0]["transfers"]
    assert transfer["amount"] == 2000
    assert transferred(transfer["operation_id"])["status"] == "EXPIRED"


# Invoice after delivery, cash on delivery.


@pytest.mark.parametrize("method", ["invoice", "cash_on_delivery"])
def test_the_merchant_reports_what_was_received_later(shop: World, method: str) -> None:
    shop.created()
    started = start(shop, method)
    assert (started["status"], started["authorization_expires_at"]) == ("AUTHORIZED", None)
    assert shop.call("get_order").json["considered_safe"]["level"] == "AUTHORIZED"
    shop.passes(timedelta(days=30))
    at(shop)
    assert payment(shop)["status"] == "AUTHORIZED"  # no seven days
    assert shop.call("capture_payment", {"amount": 4000, "final": True}).json["status"] == "CAPTURED"
    assert shop.call("refund_payment", {"amount": 4000}).json["status"] == "REFUNDED"


def test_what_was_received_is_not_given_back_by_itself(shop: World) -> None:
    shop.created()
    start(shop, "invoice")
    shop.call("capture_payment", {})
    assert shop.call("cancel_order").json["status"] == "MANUAL_INTERVENTION_NEEDED"
    assert payment(shop)["status"] == "REFUND_FAILED"


def test_cancelling_what_was_not_received_needs_nobody(shop: World) -> None:
    shop.created()
    start(shop, "cash_on_delivery")
    assert shop.call("cancel_order").json["status"] == "CANCELLED"


# References.


def test_references_have_check_digits_that_find_a_wrong_letter() -> None:
    assert iso11649.is_valid("RF18539007547034")  # ISO 11649's own example
    for number in range(200):
        reference = reference_of(f"pay_{number}_1")
        assert iso11649.is_valid(reference)
        assert len(reference) == 20
        wrong = reference[:9] + ("A" if reference[9] != "A" else "B") + reference[10:]
        assert not iso11649.is_valid(wrong)
