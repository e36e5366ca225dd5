"""PAY: carves a vendor payment out of an order's technical payment (TH-4)."""

from tillgate.domain.marketplace import vendor_payments
from tillgate.domain.orders.order import Order
from tillgate.domain.shared.identifiers import vendor_key, vendor_payment_id
from tillgate.domain.shared.refusals import Refusal
from tillgate.runtime.backoff import tries
from tillgate.store.marketplace.vendor_payments import AlreadyPaid
from tillgate.store.shared.failures import Contended
from tillgate.store.shared.transactions import LostRace
from tillgate.use_cases.shared.changes import ConcurrentChange, Saved, execute_requests, load
from tillgate.use_cases.shared.idempotency import IdempotencyGuard
from tillgate.wiring import System

TRIES = 12  # every PAY of an order takes from the same allotment


class ReferenceTaken(Exception):
    """The sub-order reference was used in this order for another vendor, amount, fee or technical payment."""


def pay_vendor(
    system: System,
    merchant_id: str,
    order_key: str,
    *,
    technical_payment_id: str,
    vendor_id: str,
    amount: int,
    sub_order_reference: str,
    fee: int,
    guard: IdempotencyGuard,
) -> tuple[Order, str]:
    """Returns the vendor payment and its id. A repeated reference creates nothing new, or raises `ReferenceTaken`.

    Reads the order, and the vendor payment only if one with this reference exists already.
    """
    key = vendor_key(order_key, sub_order_reference)
    payment_id = vendor_payment_id(key)
    for _ in tries(TRIES):
        order = load(system, order_key, merchant_id)
        guard.expect(order)
        try:
            check_vendor(system, merchant_id, vendor_id)
            events = vendor_payments.pay(
                order,
                technical_payment_id=technical_payment_id,
                vendor_id=vendor_id,
                amount=amount,
                sub_order_reference=sub_order_reference,
                fee=fee,
                now=system.now(),
            )
            part = system.vendor_payments.create(order, events, guard.begins(payment_id))
        except (Refusal, AlreadyPaid) as refused:
            earlier = system.orders.load(key)
            if earlier is None:
                raise refused from None
            if not vendor_payments.is_same(
                earlier, technical_payment_id=technical_payment_id, vendor_id=vendor_id, amount=amount, fee=fee
            ):
                raise ReferenceTaken from None
            guard.nothing_to_do(earlier, payment_id)
            return earlier, payment_id
        except (LostRace, Contended):
            continue
        return execute_requests(system, Saved(part, events), guard=guard, subject=payment_id), payment_id
    raise ConcurrentChange


def check_vendor(system: System, merchant_id: str, vendor_id: str, pointer: str = "/vendor_id") -> None:
    vendor = system.merchants.vendor(merchant_id, vendor_id)
    if vendor is None or vendor.suspended:
        raise Refusal(f"the vendor {vendor_id} does not exist or is suspended", pointer)
