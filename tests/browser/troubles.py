"""Each kind of trouble, made on the deployed system: by the PSP, a bank or an operator, as it comes about there.

What takes hours to come about by itself, or an error of ours, is written into the tables as it would be by then.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from tests.flows.client import JSON, Merchant, authorized_order, eventually, new_reference
from tests.flows.inside import Client
from tests.flows.operators import Operators
from tests.flows.psp_pages import Psp
from tillgate.domain.ledger.entries import Account
from tillgate.domain.notifications.delivery import DeliveryStatus
from tillgate.domain.operators.work_list import LONG, Kind
from tillgate.domain.orders.order import Order
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
from tillgate.store.shared.packing import packed, text_of, unpacked
from tillgate.store.shared.work_items import ENDPOINT, FAILING, PARKED

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
LONG_AGO = EPOCH - (datetime.now(UTC) - EPOCH)  # ours are older than whatever is on the list, each run's than the last
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
    since: datetime = LONG_AGO

    @property
    def table(self) -> str:
        return self.resources["OrdersTable"]

    @cached_property
    def dynamodb(self) -> Any:
        return self.aws("dynamodb")

    def all(self) -> Iterator[Trouble]:
        for make in (
            *(self.no_outcome, self.settlement_difference, self.not_booked, self.dispute, self.bank_refund),
            *(self.reversed_later, self.taken_back, self.contradiction, self.vendors_stuck, self.payout_approval),
            *(self.vendor_not_paid, self.unknown_payment, self.not_notified, self.keeps_failing),
        ):
            yield make()
        yield from self.give_back_refused()

    # What a PSP, a bank or the merchant does.

    def give_back_refused(self) -> Iterator[Trouble]:
        """What is left then is to end the order."""
        order = self.merchant.order()
        payment = self.merchant.start(order, "tok_cancel_fails")
        self.merchant.cancelled(order, "MANUAL_INTERVENTION_NEEDED")
        self.waits(order["order_key"])
        yield Trouble(Kind.GIVE_BACK_REFUSED, (payment["payment_id"], "CANCEL_FAILED"), "It has SUCCEEDED")
        yield Trouble(Kind.ENDING_FAILED, (order["order_reference"], "was to end"), "End as CANCELLED")

    def dispute(self) -> Trouble:
        order, payment = self.sold_by_a_vendor()
        self.psp.backoffice(payment, "dispute", 1999).expect(202)
        (dispute,) = eventually(lambda: self.merchant.payment(payment)["disputes"])
        self.patch(order, of_payment(with_less_left))
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
        self.psp.backoffice(payment, "reverse", 1999).expect(202)
        eventually(lambda: len(self.merchant.payment(payment)["operations"]) > known)
        self.patch(order, of_payment(with_less_left))
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
        return Trouble(Kind.NOT_BOOKED, (payment["payment_id"], "is confirmed and not booked"), "It has SUCCEEDED")

    def contradiction(self) -> Trouble:
        order, payment = authorized_order(self.merchant)
        said = Contradiction(OperationStatus.FAILED, 4999, None)
        self.patch(order, of_operation(lambda each: replace(each, contradictions=(said,))))
        return Trouble(Kind.CONTRADICTION, (payment["payment_id"], "cannot have FAILED"), "Set aside")

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
        """A change that could not be announced, until the error was mended."""
        order, _ = authorized_order(self.merchant)
        change = eventually(lambda: self.announced(order["order_key"]))
        due = {"due_shard": "ANNOUNCE#0", "due_at": instant(NEVER), PUT_OFF_SINCE: instant(LONG_AGO)}
        values: JSON = {f":{name}": {"S": value} for name, value in due.items()}
        self.dynamodb.update_item(
            TableName=self.table,
            Key={name: change[name] for name in ("pk", "sk")},
            UpdateExpression=f"SET happened = :happened, {', '.join(f'{name} = :{name}' for name in due)}",
            ExpressionAttributeValues=values | {":happened": {"SS": ["order.updated"]}},
        )
        self.waits(f"{FAILING}{order['order_key']}|{change['sk']['S']}")
        return Trouble(Kind.KEEPS_FAILING, (order["order_key"], "keeps failing"), "Try it now")

    # How it is done.

    def sold_by_a_vendor(self) -> tuple[JSON, JSON]:
        """An order that was paid at once, most of it for a vendor."""
        order = self.merchant.order(capture="auto", multi_vendor=True)
        technical = self.merchant.start(order)
        body = {"technical_payment_id": technical["payment_id"], "vendor_id": self.merchant.account["vendors"][0]}
        path = f"/orders/{order['order_key']}/vendor-payments"
        self.merchant.call("POST", path, body | {"amount": 3000, "sub_order_reference": new_reference()}).expect(201)
        return order, self.merchant.payment(technical)

    def announced(self, order_key: str) -> JSON:
        """The latest change of an order, once it is announced; nothing before."""
        answer = self.dynamodb.query(
            TableName=self.table,
            KeyConditionExpression="pk = :key AND begins_with(sk, :change)",
            ExpressionAttributeValues={":key": {"S": order_key}, ":change": {"S": "CHANGE#"}},
            ScanIndexForward=False,
            Limit=1,
        )
        (change,) = answer["Items"]
        return {} if "due_at" in change else dict(change)

    def waits(self, key: str) -> None:
        """It is on the work list, as the oldest or since `since`."""
        item = {"pk": f"WORK#{key}", "sk": "WORK", "due_shard": "WORK", "due_at": instant(self.since)}
        item["added_at"] = instant(LONG_AGO)
        self.dynamodb.put_item(TableName=self.table, Item={name: {"S": value} for name, value in item.items()})

    def patch(self, order: JSON, change: Callable[[Order], Order]) -> None:
        """Brings an order into a state that it cannot be brought into in a minute."""
        eventually(lambda: self.sums_are_taken_over(order))  # which would take the change back
        key = {"pk": {"S": order["order_key"]}, "sk": {"S": "ORDER"}}
        item = self.dynamodb.get_item(TableName=self.table, Key=key, ConsistentRead=True)["Item"]
        changed = order_to_json(change(order_from_json(text_of(item, "order"))))
        kept = {name: value for name, value in unpacked(item).items() if name not in ("due_shard", "due_at")}
        self.dynamodb.put_item(TableName=self.table, Item=packed(kept | {"order": {"S": changed}}))
        self.waits(order["order_key"])

    def sums_are_taken_over(self, order: JSON) -> bool:
        values = {":order": {"S": order["order_key"]}, ":sums": {"S": "VENDOR_SUMS#"}}
        asked = {"KeyConditionExpression": "pk = :order AND begins_with(sk, :sums)", "ConsistentRead": True}
        found = self.dynamodb.query(TableName=self.table, ExpressionAttributeValues=values, **asked)["Items"]
        return not any("due_at" in each for each in found)


def given_up(deliveries: Deliveries, notification_id: str) -> Any:
    """Before and after. An attempt may come in between: then it is read again."""
    before = deliveries.load(notification_id)
    assert before
    return before, replace(before, status=DeliveryStatus.DEAD, next_attempt_at=None)


def confirmed(payment: Payment) -> Payment:
    """By a bank that has not booked it."""
    as_yet = replace(payment, status=PaymentStatus.AUTHORIZED, captured=0)
    return replace(as_yet, method="bank_redirect", refund_before_settled=False)


def with_less_left(payment: Payment) -> Payment:
    """As if some had been refunded too: so vendors have of what was taken. The sandbox PSP takes nothing that it has
    given to vendors itself."""
    return replace(payment, refunded=payment.refunded + 1000)


def of_payment(change: Callable[[Payment], Payment]) -> Callable[[Order], Order]:
    return lambda order: replace(order, payments=(change(order.payments[0]), *order.payments[1:]))


def of_operation(change: Callable[[Operation], Operation]) -> Callable[[Order], Order]:
    return of_payment(
        lambda payment: replace(payment, operations=(change(payment.operations[0]), *payment.operations[1:]))
    )
