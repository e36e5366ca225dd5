"""For every method of the store that writes a world in which it can be called, and the call."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.functions.scripted_psp import heard
from tests.functions.world import NOON, ORDER_KEY, World
from tests.tokens import public_keys
from tillgate.domain.ledger.entries import CLEARING, Account, Entry, Posting, vendor_account
from tillgate.domain.marketplace import vendor_payments
from tillgate.domain.marketplace.splits import Part, Split
from tillgate.domain.merchants.account import Client, Merchant
from tillgate.domain.merchants.connections import Connection
from tillgate.domain.merchants.token_keys import SealedTokenKey
from tillgate.domain.merchants.vendor import Vendor
from tillgate.domain.notifications.delivery import Delivery, Kind
from tillgate.domain.orders.order import Order, Terms
from tillgate.domain.orders.order_events import MetadataChanged, OrderCreated
from tillgate.domain.payments.attempts import Subject
from tillgate.domain.payments.lifecycle import Capture
from tillgate.domain.payments.operations import Actor
from tillgate.domain.payouts.payout import OPEN, Payout
from tillgate.domain.psp.accounts import PspAccount
from tillgate.domain.shared.modes import Mode
from tillgate.domain.shoppers.saved_instruments import SavedInstrument, StoredInstrument, new_token
from tillgate.domain.shoppers.shopper import Address, Shopper
from tillgate.runtime.aws import client
from tillgate.store.ledger.entries import posts
from tillgate.store.merchants.accounts import of_client
from tillgate.store.merchants.token_keys import _PUBLIC
from tillgate.store.psp.parked_notifications import Parked
from tillgate.store.psp.settlements import Credit, Progress, SettledLine
from tillgate.store.shared.due_index import Waiting
from tillgate.store.shared.guards import Budget
from tillgate.store.shared.idempotency import Key, Record
from tillgate.store.shoppers.erasures import Erasure
from tillgate.store.shoppers.saved_instruments import settling_of
from tillgate.store.shoppers.shoppers import primary_key
from tillgate.use_cases.shared.changes import learn_facts

type Call = Callable[[], object]
type Prepare = Callable[[World], Call]


def created(terms: Terms | None = None) -> OrderCreated:
    return OrderCreated(
        order_key=ORDER_KEY,
        merchant_id="mer_1",
        order_reference="A-1",
        amount=4999,
        currency="EUR",
        capture=Capture.MANUAL,
        expires_at=NOON + timedelta(minutes=120),
        terms=terms or Terms(),
        at=NOON,
    )


SHOPPER = Shopper("shp_1", "mer_1", NOON)
INSTRUMENT = SavedInstrument(new_token("shp_1", NOON), "mer_1", "shp_1", "card", "sandbox", True, NOON)
ERASURE = Erasure("mer_1", "shp_1", Actor.MERCHANT, NOON)
ATTEMPTS = Subject("mer_1", "address", "a1", 10)
ACCOUNT = Account("mer_1", "ven_1", "EUR", "sandbox")
ENTRY = Entry(
    *("cap_1", NOON, "EUR", "ven_1", "capture", "S-1"),
    (Posting(CLEARING, 10), Posting(vendor_account("ven_1"), -10)),
    merchant_id="mer_1",
)
PAYOUT = Payout(
    *("out_1", "mer_1", "sandbox", "EUR", OPEN, NOON, NOON), amount=10, payout_reference="P-1", counted_on="2030-01-01"
)
DELIVERY = Delivery(
    *(ORDER_KEY, "A-1", "mer_1", 2, Kind.EVENT, "https://shop.example.com", NOON, NOON), next_attempt_at=NOON
)
OUR_ACCOUNT = PspAccount("sandbox")
CREDIT = Credit(payout="po_1", currency="EUR", amount=4999, arrives_at=NOON)
SETTLED = SettledLine(
    payment_id="pay_1",
    connector="sandbox",
    kind="CAPTURE",
    reference="cap_1",
    currency="EUR",
    amount=10,
    state="SETTLED",
    as_of=NOON,
    payout="po_1",
)
PARKED = Parked("sandbox", None, "{}", NOON)
KEY = Key("mer_1", "k1", "f", NOON)
PARTS = [Part("ven_1", 10, "S-1")]


def _an_order(world: World) -> Order:
    return world.system.orders.create(created())


def _technical(world: World) -> Order:
    world.psp.can(marketplace="carve")
    world.created(multi_vendor=True)
    world.started()
    return world.order()


def _split(world: World, *, saved: bool = True) -> tuple[Order, Split]:
    order = _technical(world)
    payment_id = order.payments[0].payment_id
    split = Split("spl_1", order.order_key, "mer_1", payment_id, 10, 1, 10, False, NOON, NOON)
    if saved:
        world.system.splits.create(order, split, PARTS, None)
    return order, split


def pay(order: Order, reference: str = "S-1") -> list[Any]:
    return vendor_payments.pay(
        order,
        technical_payment_id=order.payments[0].payment_id,
        vendor_id="ven_1",
        amount=10,
        sub_order_reference=reference,
        fee=0,
        now=NOON,
    )


def _sums(world: World) -> list[dict[str, Any]]:
    """Of a vendor's part that is authorized: they wait to be taken over."""
    order = _technical(world)
    part = world.system.vendor_payments.create(order, pay(order))
    (payment,) = part.payments
    learn_facts(world.system, part, heard(payment.payment_id, f"{payment.payment_id}_1"), cause="answer")
    return world.system.vendor_payments.sum_items(order.order_key)


def _kept(world: World, *, stored: bool = True) -> None:
    world.system.shoppers.create(SHOPPER, None)
    if stored:
        world.system.instruments.begin(INSTRUMENT, NOON, None)


def _open_entry(world: World) -> None:
    (post,) = posts("OrdersTable", "mer_1", [ENTRY])
    client("dynamodb").put_item(**post["Put"])


def _after[Made](prepare: Callable[[World], Made], call: Callable[[World, Made], object]) -> Prepare:
    def ready(world: World) -> Call:
        made = prepare(world)
        return lambda: call(world, made)

    return ready


def _now(call: Callable[[World], object]) -> Prepare:
    return lambda world: lambda: call(world)


def _waiting(world: World) -> Waiting:
    order = _an_order(world)
    item = world.item(order.order_key, "ORDER") or {}
    return Waiting(order.order_key, "ORDER", item["due_at"]["S"])


def _claimed(world: World) -> None:
    world.system.receivers.wake("e", NOON)
    world.system.receivers.claim("e", NOON, NOON + timedelta(minutes=1))


def _release(world: World, due: bool) -> None:
    receiver = world.system.receivers.load("e", consistent=True)
    world.system.receivers.release(receiver, NOON + timedelta(minutes=1), NOON if due else None)


_ONE_KEY = {"pk": {"S": "x"}, "sk": {"S": "x"}}
_PUT = {"Put": {"TableName": "OrdersTable", "Item": _ONE_KEY}}
_VENDOR = Vendor("ven_1", "mer_1", "Vera", "acct_1")
_CLIENT = Client("cli_1", "mer_1", ("h",))
_SEALED = SealedTokenKey("k9", "sealed")
_STORED = StoredInstrument("card_1")
_ADDRESS = Address("adr_1", "Line 1", "Town", "DE", NOON)
_SETTLING = settling_of(INSTRUMENT, NOON)
_NOTED: list[Any] = [MetadataChanged(metadata={"n": 1}, at=NOON)]
_LATER = replace(DELIVERY, tried=1)

CASES: dict[str, Prepare] = {
    "DueIndex.postpone": _after(_waiting, lambda world, it: world.system.due.postpone(it, NOON)),
    "DueIndex.hasten": _after(_waiting, lambda world, it: world.system.due.hasten(it.pk, it.sk, NOON)),
    "WorkItems.add": _now(lambda world: world.system.work.add("PARKED#1", NOON, NOON)),
    "WorkItems.remove": _now(lambda world: world.system.work.remove("PARKED#1")),
    "WorkItems.tidy": _after(
        lambda world: world.system.work.add("PARKED#1", NOON, NOON),
        lambda world, _: world.system.work.tidy("PARKED#1", NOON + timedelta(hours=1)),
    ),
    "DueIndex.done": _after(_waiting, lambda world, it: world.system.due.done(it.pk, it.sk)),
    "Keys.finish": _after(_an_order, lambda world, it: world.system.keys.finish(Record(KEY, begins=False), it)),
    "Orders.create": _now(lambda world: world.system.orders.create(created(), Record(KEY, begins=True))),
    "Orders.save": _after(_an_order, lambda world, it: world.system.orders.save(it, _NOTED, Actor.MERCHANT, "api")),
    "Orders.transact": _now(lambda world: world.system.orders.transact([_PUT], None, SHOPPER)),
    "Splits.create": _after(
        lambda world: _split(world, saved=False), lambda world, it: world.system.splits.create(*it, PARTS, None)
    ),
    "Splits.save": _after(_split, lambda world, it: world.system.splits.save(it[1], it[1], 5)),
    "Splits.save_results": _after(_split, lambda world, it: world.system.splits.save_results(it[1], 0, [])),
    "Splits.close_part": _after(_split, lambda world, it: world.system.splits.close_part(it[1], 0, 0)),
    "VendorPayments.create": _after(_technical, lambda world, it: world.system.vendor_payments.create(it, pay(it))),
    "VendorPayments.create_allotted": _after(
        _split,
        lambda world, it: world.system.vendor_payments.create_allotted(
            pay(it[0]), world.system.splits.part_is_open(it[1], 0, 0)
        ),
    ),
    "VendorPayments.taken_over": _after(_sums, lambda world, it: world.system.vendor_payments.taken_over(it)),
    "Merchants.change_merchant": _now(
        lambda world: world.system.merchants.change_merchant("mer_1", lambda it: replace(it, name="Ida"))
    ),
    "Merchants.create_merchant": _now(lambda world: world.system.merchants.create_merchant(Merchant("mer_2", "Ida"))),
    "Merchants.create_vendor": _now(lambda world: world.system.merchants.create_vendor(_VENDOR)),
    "Merchants.change_vendor": _after(
        lambda world: world.has(_VENDOR),
        lambda world, _: world.system.merchants.change_vendor("mer_1", "ven_1", lambda it: replace(it, name="Vito")),
    ),
    "Merchants.create_client": _now(lambda world: world.system.merchants.create_client(_CLIENT)),
    "Merchants.change_client": _after(
        lambda world: world.has(_CLIENT),
        lambda world, _: world.system.merchants.change_client("cli_1", lambda it: replace(it, known_to=("Ida",))),
    ),
    "Merchants.delete_client": _after(
        lambda world: world.has(_CLIENT), lambda world, _: world.system.merchants.delete_client(_CLIENT, lambda it: it)
    ),
    "TokenKeyStore.add_sealed": _now(lambda world: world.system.token_keys.add_sealed(_SEALED)),
    "TokenKeyStore.delete_sealed": _now(lambda world: world.system.token_keys.delete_sealed("k2")),
    "TokenKeyStore.publish_first": _after(
        lambda world: world.system.merchants.items.delete(_PUBLIC),
        lambda world, _: world.system.token_keys.publish_first(public_keys()),
    ),
    "TokenKeyStore.change_public": _now(lambda world: world.system.token_keys.change_public(lambda it: it)),
    "Items.create": _now(lambda world: world.system.merchants.items.create(of_client("cli_1"), _CLIENT)),
    "Items.change": _after(
        lambda world: world.has(_CLIENT),
        lambda world, _: world.system.merchants.items.change(of_client("cli_1"), lambda it: it, lambda _: [_PUT]),
    ),
    "Items.delete": _after(
        lambda world: world.has(_CLIENT), lambda world, _: world.system.merchants.items.delete(of_client("cli_1"))
    ),
    "Guards.take": _now(lambda world: world.system.guards.take("x", 1, Budget(1, 10), NOON)),
    "Guards.first_in": _now(lambda world: world.system.guards.first_in("x", 3, NOON)),
    "Guards.guess": _now(lambda world: world.system.guards.guess("cli_1", "here", NOON)),
    "Guards.was_right": _now(lambda world: world.system.guards.was_right("cli_1", "here", "secret", NOON)),
    "Guards.forget": _now(lambda world: world.system.guards.forget("cli_1", "here")),
    "Connections.change": _now(
        lambda world: world.system.connections.change("mer_1", "acme", lambda _: Connection("mer_1", "acme", Mode.TEST))
    ),
    "Attempts.begin": _now(lambda world: world.system.attempts.begin(ATTEMPTS, NOON)),
    "Attempts.take_back": _after(
        lambda world: world.system.attempts.begin(ATTEMPTS, NOON),
        lambda world, _: world.system.attempts.take_back(ATTEMPTS, NOON),
    ),
    "Attempts.count": _now(lambda world: world.system.attempts.count(ATTEMPTS, NOON)),
    "Deliveries.add": _now(lambda world: world.system.deliveries.add(DELIVERY)),
    "Deliveries.save": _after(
        lambda world: world.system.deliveries.add(DELIVERY),
        lambda world, _: world.system.deliveries.save(DELIVERY, _LATER),
    ),
    "Deliveries.save_once": _after(
        lambda world: (world.system.deliveries.add(DELIVERY), _an_order(world))[1],
        lambda world, it: world.system.deliveries.save_once(DELIVERY, _LATER, Record(KEY, begins=True), it),
    ),
    "Outbox.announced": _after(
        lambda world: (world.paid(), world.system.deliveries.addition(DELIVERY))[1],
        lambda world, it: world.system.outbox.announced(ORDER_KEY, 3, [it]),
    ),
    "Receivers.failed": _now(lambda world: world.system.receivers.failed("e", NOON)),
    "Receivers.wake": _now(lambda world: world.system.receivers.wake("e", NOON)),
    "Receivers.claim": _after(
        lambda world: world.system.receivers.wake("e", NOON),
        lambda world, _: world.system.receivers.claim("e", NOON, NOON + timedelta(minutes=1)),
    ),
    "Receivers.release": _after(_claimed, lambda world, _: _release(world, due=True)),
    "Receivers.recovered": _now(lambda world: world.system.receivers.recovered("e")),
    "Receivers.stop": _now(lambda world: world.system.receivers.stop("e", NOON)),
    "Ledger.adjust": _now(lambda world: world.system.ledger.adjust(ENTRY)),
    "Payouts.create": _now(lambda world: world.system.payouts.create(PAYOUT, PAYOUT.amount)),
    "Payouts.save": _after(
        lambda world: world.system.payouts.create(PAYOUT, PAYOUT.amount),
        lambda world, it: world.system.payouts.save(it, it),
    ),
    "Payouts.take": _after(_open_entry, lambda world, _: world.system.payouts.take(ACCOUNT, None, [ENTRY], NOON)),
    "ParkedNotifications.save": _now(lambda world: world.system.parked.save(PARKED, NOON)),
    "ParkedNotifications.remove": _now(lambda world: world.system.parked.remove(PARKED.id)),
    "Erasures.begin": _after(_kept, lambda world, _: world.system.erasures.begin(ERASURE)),
    "Erasures.delete": _after(
        _kept, lambda world, _: world.system.erasures.delete(primary_key("mer_1", "shp_1", "ADDRESS#1"))
    ),
    "Erasures.forget_use": _after(
        _kept, lambda world, _: world.system.erasures.forget_use("mer_1", "shp_1", ORDER_KEY)
    ),
    "Erasures.finish": _after(_kept, lambda world, _: world.system.erasures.finish(ERASURE)),
    "Erasures.postpone": _after(_kept, lambda world, _: world.system.erasures.postpone(ERASURE, NOON)),
    "Instruments.begin": _after(
        lambda world: _kept(world, stored=False),
        lambda world, _: world.system.instruments.begin(INSTRUMENT, NOON, None),
    ),
    "Instruments.activate": _after(_kept, lambda world, _: world.system.instruments.activate(INSTRUMENT)),
    "Instruments.refuse": _after(_kept, lambda world, _: world.system.instruments.refuse(INSTRUMENT, None)),
    "Instruments.remove": _after(_kept, lambda world, _: world.system.instruments.remove(INSTRUMENT, NOON)),
    "Instruments.promise": _now(
        lambda world: world.system.instruments.promise("mer_1", INSTRUMENT.token, "sandbox", _STORED, NOON)
    ),
    "Instruments.settled": _after(_kept, lambda world, _: world.system.instruments.settled(_SETTLING)),
    "Instruments.postpone": _after(_kept, lambda world, _: world.system.instruments.postpone(_SETTLING, NOON)),
    "Shoppers.create": _now(lambda world: world.system.shoppers.create(SHOPPER, None)),
    "Shoppers.add_address": _after(
        lambda world: world.system.shoppers.create(SHOPPER, None),
        lambda world, it: world.system.shoppers.add_address(it, _ADDRESS, None),
    ),
    "Shoppers.keep_notes": _after(
        lambda world: world.system.shoppers.create(SHOPPER, None),
        lambda world, _: world.system.shoppers.keep_notes("mer_1", "shp_1", "sandbox", {"customer": "cus_1"}),
    ),
    "Settlements.add_credit": _now(lambda world: world.system.settlements.add_credit(OUR_ACCOUNT, CREDIT)),
    "Settlements.note": _now(lambda world: world.system.settlements.note(OUR_ACCOUNT, Progress(asked_at=NOON))),
    "Settlements.save": _now(lambda world: world.system.settlements.save(SETTLED, lambda _: [])),
    "Recipients.erase": _now(lambda world: world.system.recipients.erase(ORDER_KEY)),
    "Emails.keep_key": _now(lambda world: world.system.emails.keep_key("sealed")),
}
