"""Operators find an order by what a customer or a bank statement has in hand, understand it and act on it (ONE-9)."""

from datetime import timedelta
from typing import Any

import pytest

from tests.functions.marketplace.test_pay_vendors import entry, sold
from tests.functions.operators.console import Widget
from tests.functions.scripted_psp import offline
from tests.functions.world import ORDER_KEY, PAYMENT_ID, World, invoke, sample
from tillgate.connectors.offline.reference import reference_of as transfer_reference
from tillgate.domain.ledger.entries import Account
from tillgate.domain.payments.operations import Actor, OperationType
from tillgate.domain.shared.identifiers import order_key_of_invoice
from tillgate.use_cases.notifications.deliver import Post
from tillgate.use_cases.notifications.notify_merchant import notify_merchant

_NOBODY = Post(lambda *_: pytest.fail("nobody is told"), lambda *_: {}, lambda *_: None, lambda _: b"")
WHO = {"by": "ada", "reason": "the customer called"}


def admin(action: str, **fields: Any) -> dict[str, Any]:
    return invoke("admin", {"action": action, **fields})


def found(**fields: Any) -> list[tuple[str, str]]:
    answer = admin("find", **fields)
    return [(item["order_key"], item["found_by"]) for item in answer["items"]]


@pytest.fixture
def paid(world: World) -> World:
    """An order of 49.99 with a captured card."""
    world.paid(customer={"name": "Grace", "email": "grace@example.com"})
    for version in (3, 5):
        if version == 5:
            assert world.call("capture_payment", {}).status == 200
        notify_merchant(world.system, _NOBODY, ORDER_KEY, version)
    return world


def reference_of(world: World) -> str:
    payment = world.order().payments[0]
    assert payment.psp_reference
    return payment.psp_reference


def test_an_order_is_found_by_every_identifier_that_somebody_has(paid: World) -> None:
    operation_id = paid.order().payments[0].operations[0].operation_id
    for text in (ORDER_KEY, PAYMENT_ID, operation_id, "A-1001", reference_of(paid), f"  {PAYMENT_ID} "):
        assert [key for key, _ in found(text=text)] == [ORDER_KEY], text
    assert found(text="A-1001") == [(ORDER_KEY, "the order's reference")]
    assert found(text=reference_of(paid)) == [(ORDER_KEY, "the PSP's reference")]
    for unknown in ("A-1002", "ord_nobody", "pay_nobody_1", "inv_nobody", "inv_a#b", "ntf_x_1_y", "#", "x" * 1000):
        assert found(text=unknown) == []


def test_an_order_is_found_by_what_a_statement_an_invoice_or_a_payout_says(world: World) -> None:
    """The desk finds with the same function as `admin`."""
    world.system.connectors["offline"] = offline(iban="DE02120300000000202051", holder="Corner Shop", days="14")
    world.has_merchant(methods={"card": "sandbox", "bank_transfer": "offline"})
    world.created()
    assert world.call("start_payment", {"method": "bank_transfer"}).status == 201
    reference = transfer_reference(PAYMENT_ID)
    spaced = " ".join(reference[at : at + 4] for at in range(0, len(reference), 4)).lower()
    for text in (reference, spaced, f"Rechnung {reference} danke"):
        assert found(text=text) == [(ORDER_KEY, "the reference of a bank transfer")], text
    made = world.call("create_invoice").json
    invoice_id, invoice_key = made["invoice_id"], order_key_of_invoice(made["invoice_id"])
    assert found(text=invoice_id) == [(invoice_key, "an invoice")]
    payout_id = payout_of_a_vendor(world)
    assert admin("find", text=f" {payout_id} ")["payout"]["payout_id"] == payout_id
    assert "payout" not in admin("find", text="out_nobody")
    for text, shown in ((reference, "A-1001"), (invoice_id, "A-2001"), (payout_id, payout_id)):
        assert shown in Widget({"view": "find"}).types(find_text=text).press("Find").text
    day = {"find_merchant_id": "mer_1", "find_day": "2030-01-01", "find_amount": "49.99"}
    assert "A-1001" in Widget({"view": "find"}).types(**day).press("Find by amount").text


def payout_of_a_vendor(world: World) -> str:
    sold(world, entry(1))
    now = world.system.now()
    account = Account("mer_1", "ven_1", "EUR", "sandbox")
    return world.system.payouts.take(account, None, [entry(1)], now).payout_id


def test_the_same_reference_of_two_merchants_is_found_twice_and_with_a_merchant_once(world: World) -> None:
    world.has_merchant("mer_2")
    world.created()
    answer = world.call(
        "create_order",
        {"order_reference": "A-1001", "amount": 1, "currency": "EUR"},
        token=world.token("mer_2"),
    )
    assert answer.status == 201
    assert {key for key, _ in found(text="A-1001")} == {ORDER_KEY, answer.json["order_key"]}
    assert found(text="A-1001", merchant_id="mer_1") == [(ORDER_KEY, "the order's reference")]
    assert found(text=ORDER_KEY, merchant_id="mer_2") == []


def test_an_order_is_found_by_day_and_amount_in_the_merchants_own_time(world: World) -> None:
    world.created()
    asked = {"merchant_id": "mer_1", "day": "2030-01-01", "amount": 4999}
    assert found(**asked) == [(ORDER_KEY, "day and amount")]
    assert found(**asked | {"amount": 5000}) == []
    assert found(**asked | {"day": "2030-01-02"}) == []
    assert admin("find", **asked)["complete"] is True
    assert "YYYY-MM-DD" in admin("find", **asked | {"day": "yesterday"})["error"]
    assert admin("find", **asked | {"merchant_id": "mer_9"})["error"] == "there is no such merchant"
    assert admin("find", day="2030-01-01")["error"] == "pass a text, or the amount, the day and the merchant_id"


def test_an_order_is_shown_with_its_reasons_and_history_but_nothing_that_pays_or_is_personal(paid: World) -> None:
    shown = admin("show", order_key=ORDER_KEY)
    assert shown["order"]["status"] == "PAID"
    assert shown["why"][0].startswith("The order is PAID")
    assert [entry["type"] for entry in shown["history"]][:2] == ["order_created", "payment_started"]
    assert "menu_url" not in shown["order"]
    assert "customer" not in shown["order"]
    assert "grace@example.com" not in str(shown)
    assert admin("show", order_key=ORDER_KEY, personal_data=True)["order"]["customer"]["name"] == "Grace"
    assert admin("why", order_key=ORDER_KEY)["why"] == shown["why"]
    assert admin("show", order_key="ord_nobody") == {"error": "this order does not exist"}


def test_a_refund_by_an_operator_has_a_name_and_a_reason_in_the_history(paid: World) -> None:
    done = admin("refund", payment_id=PAYMENT_ID, amount=999, version=paid.order().version, **WHO)
    assert (done["status"], list(done["last_operation"].values())) == ("PAID", ["SUCCEEDED"])
    refund = paid.order().payments[0].operations[-1]
    assert (refund.type, refund.amount, refund.requested_by) == (OperationType.REFUND, 999, Actor.OPERATOR)
    entries = [entry for entry in admin("show", order_key=ORDER_KEY)["history"] if entry["actor"] == "operator"]
    assert [entry["cause"] for entry in entries] == ["ada: the customer called"]


def test_a_button_that_is_pressed_twice_acts_once(paid: World) -> None:
    seen = {"payment_id": PAYMENT_ID, "amount": 999, "version": paid.order().version, **WHO}
    admin("refund", **seen)
    assert "has changed since" in admin("refund", **seen)["error"]
    assert paid.order().payments[0].refunded == 999


def test_what_is_held_is_captured_in_part_and_the_rest_cancelled(world: World) -> None:
    world.paid()
    admin("capture", payment_id=PAYMENT_ID, amount=4000, final=False, **WHO)
    admin("cancel", payment_id=PAYMENT_ID, **WHO)
    payment = world.order().payments[0]
    assert (payment.captured, payment.cancelled) == (4000, 999)


def test_an_order_is_withdrawn_or_cancelled(world: World) -> None:
    world.created()
    assert admin("withdraw_order", order_key=ORDER_KEY, **WHO)["status"] == "WITHDRAWN"
    assert "somebody has begun" not in str(admin("why", order_key=ORDER_KEY))


def test_a_paid_order_is_cancelled_and_its_money_goes_back(paid: World) -> None:
    assert admin("cancel_order", order_key=ORDER_KEY, **WHO)["status"] == "CANCELLED"
    assert paid.order().payments[0].refunded == 4999


def test_the_psp_is_asked_about_a_payment(paid: World) -> None:
    assert admin("sync", payment_id=PAYMENT_ID, by="ada")["status"] == "PAID"
    assert "asks" in admin("sync", payment_id=PAYMENT_ID, by=" ")["error"]


@pytest.mark.parametrize(
    ("action", "fields", "says"),
    [
        ("refnd", {}, "did you mean refund?"),
        ("refund", {"payment": PAYMENT_ID, **WHO}, "unknown: payment (did you mean payment_id?)"),
        ("refund", {"payment_id": PAYMENT_ID}, "missing: by, reason"),
        ("refund", {"payment_id": PAYMENT_ID, "amount": "999", **WHO}, "amount must be a whole number"),
        ("refund", {"payment_id": PAYMENT_ID, "amount": True, **WHO}, "amount must be a whole number"),
        ("refund", {"payment_id": PAYMENT_ID, "amount": 5000, **WHO}, "at most 4999 can be refunded"),
        ("refund", {"payment_id": PAYMENT_ID, "by": " ", "reason": "x"}, "who decides"),
        ("refund", {"payment_id": "pay_nobody_1", **WHO}, "does not exist"),
        ("refund", {"payment_id": PAYMENT_ID, "by": "4111 1111 1111 1111", "reason": "x"}, "card numbers"),
        ("capture", {"payment_id": PAYMENT_ID, **WHO}, "nothing is held"),
        ("withdraw", {"payment_id": PAYMENT_ID, **WHO}, "withdraw is not possible"),
        ("show", {}, "missing: order_key"),
        ("list_merchants", {"limit": 3}, "the fields are none"),
        ("resend", {"notification_id": "ntf_nobody", **WHO}, "does not exist"),
    ],
)
def test_what_is_wrong_is_told_and_changes_nothing(paid: World, action: str, fields: dict[str, Any], says: str) -> None:
    before = paid.order()
    assert says in admin(action, **fields)["error"]
    assert paid.order() == before


def test_merchants_and_vendors_are_listed(world: World) -> None:
    world.has_merchant("mer_2")
    vendor_id = invoke("admin", sample("admin_create_vendor"))["vendor_id"]
    assert [each["merchant_id"] for each in admin("list_merchants")["items"]] == ["mer_1", "mer_2"]
    (vendor,) = admin("list_vendors", merchant_id="mer_1")["items"]
    assert (vendor["vendor_id"], vendor["suspended"]) == (vendor_id, False)
    assert admin("list_payouts", merchant_id="mer_1", vendor_id=vendor_id) == {"items": []}


def test_what_was_found_long_ago_is_still_found(paid: World) -> None:
    paid.passes(timedelta(days=400))
    assert [key for key, _ in found(text=reference_of(paid))] == [ORDER_KEY]
