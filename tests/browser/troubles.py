"""Each kind of trouble, made on the deployed system: by the PSP, a bank or an operator, as it comes about there.

What takes hours to come about by itself, or an error of ours, is written into the tables as it would be by then.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from tests.flows.client import JSON, Merchant, authorized_order, eventually, new_reference
from tests.flows.inside import Client
from tests.flows.operators import Operators
from tests.flows.psp_pages import Psp
from tillgate.domain.ledger.entries import Account
from tillgate.domain.notifications.delivery import DeliveryStatus
from tillgate.domain.operators.work_list import LONG, Kind
from tillgate.domain.orders.order import Order, OrderStatus
from tillgate.domain.payments.lifecycle import PaymentStatus
from tillgate.domain.payments.operations import Contradiction, Operation, OperationStatus
from tillgate.domain.payments.payment import Payment
from tillgate.domain.psp.facts import Fact
from tillgate.store.ledger.entries import shard_of
from tillgate.store.notifications.deliveries import Deliveries
from tillgate.store.orders.mapping import order_from_json, order_to_json
from tillgate.store.psp.parked_notifications import Parked as ParkedNotification
from tillgate.store.psp.parked_notifications import ParkedNotifications
from tillgate.store.shared.documents import to_json
from tillgate.store.shared.due_index import PUT_OFF_SINCE, instant
from tillgate.store.shared.due_index import shard_of as due_shard_of
from tillgate.store.shared.packing import packed, text_of, unpacked
from tillgate.store.shared.work_items import ENDPOINT, FAILING, PARKED

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)  # ours are the oldest, whatever else is on the list
NEVER = datetime(2099, 1, 1, tzinfo=UTC)
WHO = {"by": "ada", "reason": "a test"}


@dataclass(frozen=True)
class Trouble:
    """The texts of its line at the desk, and the button that settles it, pressed by `by`."""

    kind: Kind
    line: tuple[str, ...]
    button: str
    by: str = "ada"


@dataclass
class Maker:
    merchant: Merchant
    operators: Operators
    psp: Psp
    aws: Client
    resources: dict[str, str]

    @property
    def table(self) -> str:
        return self.resources["OrdersTable"]

    @cached_property
    def dynamodb(self) -> Any:
        return self.aws("dynamodb")

    def all(self) -> Iterator[Trouble]:
        for make in (
            *(self.no_outcome, self.give_back_refused, self.settlement_difference, self.not_booked, self.dispute),
            *(self.bank_refund, self.reversed_later, self.taken_back, self.contradiction, self.ending_failed),
            *(self.vendors_stuck, self.payout_approval, self.vendor_not_paid, self.unknown_payment),
            *(self.not_notified, self.keeps_failing),
        ):
            yield make()

    # What a PSP, a bank or the merchant does.

    def give_back_refused(self) -> Trouble:
        order = self.merchant.order()
        payment = self.merchant.start(order, "tok_cancel_fails")
        self.merchant.cancelled(order, "MANUAL_INTERVENTION_NEEDED")
        self.waits(order["order_key"])
        return Trouble(Kind.GIVE_BACK_REFUSED, (payment["payment_id"], "CANCEL_FAILED"), "It has SUCCEEDED")

    def dispute(self) -> Trouble:
        order, payment = self.sold_by_a_vendor()
        self.psp.backoffice(payment, "dispute", 2000).expect(202)
        (dispute,) = self.heard(payment, "disputes")
        self.waits(order["order_key"])
        return Trouble(Kind.DISPUTE, (dispute["dispute_id"], "vendors have been given"), "Set aside")

    def bank_refund(self) -> Trouble:
        shop = self.operators.merchant("Work", methods={"bank_transfer": "offline"})
        order = shop.order()
        transfer = shop.start(order, None, method="bank_transfer")
        booking = {"reference": transfer["instructions"]["reference"], "amount": 4999, "currency": "EUR", "by": "ada"}
        for _ in range(2):
            self.operators.call("report_money", **booking, booking_id=uuid.uuid4().hex)
        self.waits(order["order_key"])
        surplus = next(each for each in shop.read(order)["payments"] if each["pending"])
        return Trouble(Kind.BANK_REFUND, (surplus["payment_id"], "for you"), "It was transferred")

    def reversed_later(self) -> Trouble:
        order = self.merchant.order()
        payment = self.merchant.start(order, "tok_capture_fails_late")
        self.merchant.done(payment, "capture")
        eventually(lambda: self.merchant.payment(payment)["amounts"]["captured"] == 0)
        self.waits(order["order_key"])
        return Trouble(Kind.REVERSED, (payment["payment_id"], "failed after it had succeeded"), "Set aside")

    def taken_back(self) -> Trouble:
        order, payment = self.sold_by_a_vendor()
        known = len(payment["operations"])
        self.psp.backoffice(payment, "reverse", 2000).expect(202)
        eventually(lambda: len(self.merchant.payment(payment)["operations"]) > known)
        self.waits(order["order_key"])
        return Trouble(Kind.TAKEN_BACK, (payment["payment_id"], "was taken back by the bank"), "Set aside")

    def payout_approval(self) -> Trouble:
        payer = self.operators.payer("Second person at the desk", approval_above=1000)
        instrument = {"instrument": {"token": "tok_visa"}, "payout_reference": new_reference()}
        payout = payer.call("POST", "/payouts", {"amount": 2000, "currency": "EUR"} | instrument).expect(201)
        self.waits(payout["payout_id"])
        return Trouble(Kind.PAYOUT_APPROVAL, (payout["payout_reference"],), "Approve", by="grace")

    def vendor_not_paid(self) -> Trouble:
        """The PSP refuses the account; by the time that somebody looks, the vendor has given a new one."""
        merchant_id = self.operators.merchant("Bazaar").account["merchant_id"]
        made = self.operators.call(
            "create_vendor", merchant_id=merchant_id, name="Baker", psp_account="acct_refusing_baker"
        )
        account = Account(merchant_id, made["vendor_id"], "EUR", "sandbox")
        whose = {"merchant_id": merchant_id, "vendor_id": account.vendor_id}
        self.operators.call("adjust_vendor", currency="EUR", connector="sandbox", amount=2000, **whose, **WHO)
        run = {"shard": shard_of(account), "after": None, "captured_until": instant(LONG_AGO)}
        function = self.resources["PayVendorsFunction"]
        answer = self.aws("lambda").invoke(FunctionName=function, Payload=json.dumps(run).encode())
        assert "FunctionError" not in answer
        (payout,) = self.operators.call("list_payouts", **whose)["items"]
        assert payout["status"] == "FAILED", payout
        self.operators.call("update_vendor", psp_account="acct_baker", **whose, **WHO)
        self.operators.call("approve_vendor_account", psp_account="acct_baker", **whose, **WHO | {"by": "grace"})
        self.waits(payout["payout_id"])
        return Trouble(Kind.VENDOR_NOT_PAID, (account.vendor_id, "20.00 EUR"), "Pay again")

    # What takes hours, or an error of ours.

    def no_outcome(self) -> Trouble:
        order = self.merchant.order()
        payment = self.merchant.start(order, "tok_error")
        self.patch(order, of_operation(lambda each: replace(each, checks=LONG, next_check_at=NEVER)))
        return Trouble(Kind.NO_OUTCOME, (f"{payment['payment_id']}_1", "has no outcome"), "It has FAILED")

    def settlement_difference(self) -> Trouble:
        order, payment = authorized_order(self.merchant)
        self.patch(order, of_payment(lambda each: replace(each, difference="49.00 instead of 49.99")))
        return Trouble(Kind.SETTLEMENT_DIFFERENCE, (payment["payment_id"], "differs"), "Set aside")

    def not_booked(self) -> Trouble:
        """The bank has booked it, and that has not come to us."""
        order = self.merchant.order(capture="auto")
        payment = self.merchant.start(order)
        self.patch(order, of_payment(confirmed))
        self.patch(order, of_operation(lambda each: replace(each, checks=LONG)))
        return Trouble(Kind.NOT_BOOKED, (payment["payment_id"], "is confirmed and not booked"), "Ask the PSP")

    def contradiction(self) -> Trouble:
        order, payment = authorized_order(self.merchant)
        said = Contradiction(OperationStatus.FAILED, 4999, None)
        self.patch(order, of_operation(lambda each: replace(each, contradictions=(said,))))
        return Trouble(Kind.CONTRADICTION, (payment["payment_id"], "cannot have FAILED"), "Set aside")

    def ending_failed(self) -> Trouble:
        """All has gone back since, by the PSP's hands."""
        order, _ = authorized_order(self.merchant)
        self.merchant.cancelled(order)
        self.patch(order, lambda each: replace(each, ended=OrderStatus.MANUAL_INTERVENTION_NEEDED))
        return Trouble(Kind.ENDING_FAILED, (order["order_reference"], "was to end"), "End as CANCELLED")

    def vendors_stuck(self) -> Trouble:
        order, payment = self.sold_by_a_vendor()
        self.merchant.cancelled(order)
        self.patch(order, of_payment(lambda each: replace(each, vendors=replace(each.vendors, stuck=2000))))
        what = "20.00 of what vendors have"
        return Trouble(Kind.VENDORS_STUCK, (payment["payment_id"], what), "Try again to give it back")

    def unknown_payment(self) -> Trouble:
        payment_id = f"pay_{uuid.uuid4().hex[:26]}_1"
        told = [Fact(payment_id, f"{payment_id}_1", OperationStatus.SUCCEEDED, 4999)]
        parked = ParkedNotification("sandbox", None, to_json(told), datetime.now(UTC), tries=LONG, facts=True)
        ParkedNotifications(self.dynamodb, self.table).save(parked, NEVER)
        self.waits(f"{PARKED}{parked.id}")
        return Trouble(Kind.UNKNOWN_PAYMENT, (payment_id, "nobody knows"), "Forget it")

    def not_notified(self) -> Trouble:
        """A server that takes nothing, three days later."""
        shop = self.operators.merchant("Deaf", update_url=f"{self.merchant.shop_url}/nothing")
        order, _ = authorized_order(shop)
        deliveries = Deliveries(self.dynamodb, self.table)
        (delivery, *_) = eventually(lambda: list(deliveries.of_order(order["order_key"])))
        eventually(lambda: deliveries.save(*given_up(deliveries, delivery.notification_id)))
        self.waits(f"{ENDPOINT}{delivery.endpoint_id}")
        return Trouble(Kind.NOT_NOTIFIED, (delivery.merchant_id, "has not taken"), "Send all again")

    def keeps_failing(self) -> Trouble:
        """An order whose end has failed, until the error was mended."""
        order = self.merchant.order()
        key = order["order_key"]
        past = datetime.now(UTC) - timedelta(minutes=5)
        due = {"due_shard": due_shard_of(key), "due_at": instant(NEVER), PUT_OFF_SINCE: instant(past)}
        self.patch(order, lambda each: replace(each, expires_at=past), waits=False, **due)
        self.waits(f"{FAILING}{key}|ORDER")
        return Trouble(Kind.KEEPS_FAILING, (key, "keeps failing"), "Try it now")

    # How it is done.

    def sold_by_a_vendor(self) -> tuple[JSON, JSON]:
        """An order that was paid at once, all of it for a vendor."""
        order = self.merchant.order(capture="auto", multi_vendor=True)
        technical = self.merchant.start(order)
        body = {"technical_payment_id": technical["payment_id"], "vendor_id": self.merchant.account["vendors"][0]}
        path = f"/orders/{order['order_key']}/vendor-payments"
        self.merchant.call("POST", path, body | {"amount": 4999, "sub_order_reference": new_reference()}).expect(201)
        return order, self.merchant.payment(technical)

    def heard(self, payment: JSON, name: str) -> list[JSON]:
        found: list[JSON] = eventually(lambda: self.merchant.payment(payment)[name])
        return found

    def waits(self, key: str) -> None:
        """It is on the work list, as the oldest."""
        item = {"pk": f"WORK#{key}", "sk": "WORK", "due_shard": "WORK", "due_at": instant(LONG_AGO)}
        item["added_at"] = instant(LONG_AGO)
        self.dynamodb.put_item(TableName=self.table, Item={name: {"S": value} for name, value in item.items()})

    def patch(self, order: JSON, change: Callable[[Order], Order], *, waits: bool = True, **attributes: str) -> None:
        """Brings an order into a state that it cannot be brought into in a minute."""
        key = {"pk": {"S": order["order_key"]}, "sk": {"S": "ORDER"}}
        item = self.dynamodb.get_item(TableName=self.table, Key=key, ConsistentRead=True)["Item"]
        changed = order_to_json(change(order_from_json(text_of(item, "order"))))
        kept = {name: value for name, value in unpacked(item).items() if name not in ("due_shard", "due_at")}
        added = {name: {"S": value} for name, value in attributes.items()}
        self.dynamodb.put_item(TableName=self.table, Item=packed(kept | {"order": {"S": changed}} | added))
        if waits:
            self.waits(order["order_key"])


def given_up(deliveries: Deliveries, notification_id: str) -> Any:
    """Before and after. An attempt may come in between: then it is read again."""
    before = deliveries.load(notification_id)
    assert before
    return before, replace(before, status=DeliveryStatus.DEAD, next_attempt_at=None)


def confirmed(payment: Payment) -> Payment:
    """By a bank that has not booked it."""
    as_yet = replace(payment, status=PaymentStatus.AUTHORIZED, captured=0)
    return replace(as_yet, method="bank_redirect", refund_before_settled=False)


def of_payment(change: Callable[[Payment], Payment]) -> Callable[[Order], Order]:
    return lambda order: replace(order, payments=(change(order.payments[0]), *order.payments[1:]))


def of_operation(change: Callable[[Operation], Operation]) -> Callable[[Order], Order]:
    return of_payment(
        lambda payment: replace(payment, operations=(change(payment.operations[0]), *payment.operations[1:]))
    )
