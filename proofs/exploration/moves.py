"""Everything that can happen to an order in a state: requests of merchant and shopper, a PSP's facts, deadlines.
Nothing is omitted because it is unlikely: outcomes come late, twice, and contradict each other. Each timer may fire at
any moment, so the moves include every possible order of events.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import NamedTuple

from tillgate.domain.orders import ending, operating, starting
from tillgate.domain.orders.amendments import amend
from tillgate.domain.orders.deadlines import fall_due
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.order import ORDER_WINDOW, Order
from tillgate.domain.payments.disputes import DisputeNotice, DisputeStatus
from tillgate.domain.payments.lifecycle import Capture
from tillgate.domain.payments.lifecycle import PaymentStatus as S
from tillgate.domain.payments.operations import Actor, Operation, OperationStatus, OperationType
from tillgate.domain.payments.payment import AUTHORIZATION_LIFE, Payment, Redirect
from tillgate.domain.psp.bank_bookings import receive
from tillgate.domain.psp.facts import CAN_FAIL_LATER, Fact, learn, no_news
from tillgate.domain.psp.settlement import Settled, settle
from tillgate.domain.shared.refusals import Refusal

NOW = datetime(2030, 1, 1, 12, tzinfo=UTC)
SOON = NOW + timedelta(hours=1)
PAGE = Redirect("https://psp.example/pay/1")


@dataclass(frozen=True)
class Scenario:
    """A small order, and limits on what may happen to it before the merchant makes no more requests."""

    name: str
    amount: int
    tenders: tuple[tuple[str, int | None], ...]  # what may be started: method, amount (None: what is open)
    payments: int
    requests: int  # captures, cancels, refunds and withdrawals that the merchant asks for
    capture: Capture = Capture.MANUAL
    captures_at_once: bool = True  # what capture auto asks for; a PSP may approve and not capture
    contradicts: tuple[OperationType, ...] = tuple(OperationType)  # of these the PSP may take back what it said
    max_open_tenders: int = 1
    most: int = 0  # up to which the merchant may raise the amount, and lower it again
    transfers: int = 0  # how much may be booked on our own account, with the first payment's reference
    strange_amounts: bool = False  # the PSP may approve less or more than it was asked for
    unasked: int = 0  # what the PSP does by itself: refunds, reversals of a part, holds that run out
    fails_late: bool = False  # captures, cancels and refunds may fail after they had succeeded
    disputes: int = 0  # of each payment that the bank may open, and decide
    refund_before_settled: bool = True  # what a bank has confirmed can be refunded before it is booked


class Move(NamedTuple):
    """`what` names the move: in one state, two moves have the same name only if they do the same."""

    who: str
    what: str
    events: list[Event]
    fact: Fact | None = None


def moves(order: Order, scenario: Scenario) -> Iterator[Move]:
    yield from _asked(order, scenario)
    yield from _said(order, scenario)
    yield from _unasked(order, scenario)
    yield from _disputed(order, scenario)
    yield from _settled(order)
    yield from _booked(order, scenario)
    yield from _due(order)


# What the merchant and the shopper ask. What is refused is no move.


def _asked(order: Order, scenario: Scenario) -> Iterator[Move]:
    asks: list[tuple[str, Callable[[], list[Event]]]] = [
        ("cancel the order", lambda: ending.cancel_order(order, actor=Actor.MERCHANT, now=NOW)),
        ("withdraw the order", lambda: ending.withdraw_order(order, now=NOW)),
    ]
    asks += _starts(order, scenario)
    asks += _changes(order, scenario)
    asked = sum(op.requested_by is Actor.MERCHANT for op in _requests(order))
    if asked < scenario.requests:
        for number, payment in enumerate(order.payments, start=1):
            asks += [(f"payment {number}: {what}", ask) for what, ask in _operations(order, payment)]
        asks.append(("refund the order", lambda: operating.refund_order(order, amount=None, reason=None, now=NOW)))
    for what, ask in asks:
        try:
            events = ask()
        except Refusal:
            continue
        yield Move("merchant", what, events)
    yield Move("shopper", "open the page", starting.open_page(order, NOW))


def _requests(order: Order) -> Iterator[Operation]:
    return (op for payment in order.payments for op in payment.operations[1:])


def _by_psp(order: Order) -> int:
    return sum(op.requested_by is Actor.PSP for op in _requests(order))


def _starts(order: Order, scenario: Scenario) -> Iterator[tuple[str, Callable[[], list[Event]]]]:
    def start(method: str, amount: int | None) -> list[Event]:
        earlier = starting.make_way(order, method, amount, NOW)
        if earlier:
            starting.may_start(order, NOW)
            return earlier
        return starting.start_payment(
            order,
            method=method,
            connector="psp",
            amount=amount,
            return_url=None,
            actor=Actor.MERCHANT,
            now=NOW,
            refund_before_settled=scenario.refund_before_settled,
        )

    if len(order.payments) < scenario.payments:
        for method, amount in scenario.tenders:
            yield f"start {method} {amount or 'of what is open'}", partial(start, method, amount)


def _changes(order: Order, scenario: Scenario) -> Iterator[tuple[str, Callable[[], list[Event]]]]:
    """Each raise is slightly later than the previous one, which distinguishes them."""
    later = order.expires_at - ORDER_WINDOW + timedelta(seconds=1)
    for amount in range(scenario.most + 1 if scenario.most else 0):
        yield (
            f"change the amount to {amount}",
            lambda a=amount: amend(order, amount=a, metadata=None, now=later),  # type: ignore[misc]
        )


def _operations(order: Order, payment: Payment) -> Iterator[tuple[str, Callable[[], list[Event]]]]:
    key = payment.payment_id
    yield "withdraw", lambda: operating.withdraw_payment(order, key, now=NOW)
    for amount in range(1, payment.available + 1):
        yield f"cancel {amount}", lambda a=amount: operating.cancel(order, key, amount=a, now=NOW)  # type: ignore[misc]
        for final in (True, False):
            yield (
                f"capture {amount}{', the last' if final else ''}",
                lambda a=amount, f=final: operating.capture(order, key, amount=a, final=f, fee=0, now=NOW),  # type: ignore[misc]
            )
    for amount in range(1, payment.refundable + 1):
        yield (
            f"refund {amount}",
            lambda a=amount: operating.refund(order, key, amount=a, reason=None, now=NOW),  # type: ignore[misc]
        )


# What a PSP says: of every operation everything that is news, and so also what contradicts what it said before. That it
# does not know, and of a capture, cancel or refund that it is pending, reversed or awaits the shopper, makes no new
# state; tests of single facts show that.

FAILED, SUCCEEDED, REVERSED = OperationStatus.FAILED, OperationStatus.SUCCEEDED, OperationStatus.REVERSED
_OF_AUTHORIZATION = (OperationStatus.AWAITING_SHOPPER, OperationStatus.PENDING, FAILED, SUCCEEDED, REVERSED)
_OF_OTHERS = (FAILED, SUCCEEDED)


def _said(order: Order, scenario: Scenario) -> Iterator[Move]:
    for number, payment in enumerate(order.payments, start=1):
        for place, operation in enumerate(payment.operations, start=1):
            for fact in _facts(payment, operation, scenario):
                amount = operation.amount if fact.amount is None else fact.amount
                what = f"payment {number}, operation {place}: {operation.type} of {amount} {fact.status}"
                yield Move("psp", what, learn(order, [fact], NOW), fact)


def _facts(payment: Payment, operation: Operation, scenario: Scenario) -> Iterator[Fact]:
    if operation.type is OperationType.CLOSE and not operation.status.at_psp:
        return
    if scenario.fails_late and operation.status is SUCCEEDED and operation.type in CAN_FAIL_LATER:
        yield Fact(payment.payment_id, operation.operation_id, FAILED)
    contradicts = operation.type in scenario.contradicts
    if not contradicts and operation.status in (FAILED, SUCCEEDED):
        return
    authorizes = operation.type is OperationType.AUTHORIZE
    for status in _OF_AUTHORIZATION if authorizes else _OF_OTHERS:
        if status.rank <= operation.status.rank or (status is REVERSED and not contradicts):
            continue
        by_booking = scenario.transfers and payment.method == "bank_transfer"
        if authorizes and by_booking and status is not OperationStatus.AWAITING_SHOPPER:
            continue  # nobody is asked: bookings alone decide
        comes_in = authorizes and status is SUCCEEDED
        for amount in _amounts(payment, scenario) if comes_in else (None,):
            yield Fact(
                payment.payment_id,
                operation.operation_id,
                status,
                amount,
                redirect=PAGE if status is OperationStatus.AWAITING_SHOPPER else None,
                captured=comes_in and payment.capture is Capture.AUTO and scenario.captures_at_once,
            )


def _unasked(order: Order, scenario: Scenario) -> Iterator[Move]:
    """A refund in the back office, a partial reversal by the bank, the expiry of the rest of a hold."""
    number = _by_psp(order)
    for place, payment in enumerate(order.payments if number < scenario.unasked else (), start=1):
        possible = {
            OperationType.REFUND: payment.taken - payment.refunded,
            OperationType.REVERSAL: payment.captured,
            OperationType.CANCEL: payment.held if payment.traits.holds else 0,
        }
        for kind, most in possible.items():
            for amount in range(1, most + 1) if kind is not OperationType.CANCEL else range(most, most + 1):
                if amount:
                    fact = Fact(
                        payment.payment_id,
                        None,
                        SUCCEEDED,
                        amount,
                        psp_reference=f"unasked-{number}",
                        kind=kind,
                        lapsed=kind is OperationType.CANCEL,
                    )
                    yield Move("psp", f"payment {place}: unasked {kind} {amount}", learn(order, [fact], NOW), fact)


def _disputed(order: Order, scenario: Scenario) -> Iterator[Move]:
    """A cardholder's bank disputes captured money, and decides."""
    for place, payment in enumerate(order.payments, start=1):
        told = [
            DisputeNotice(each.psp_reference, status, each.amount, "fraud", NOW, each.revision + 1)
            for each in payment.disputes
            for status in (DisputeStatus.WON, DisputeStatus.LOST)
            if each.status.is_open
        ]
        number = len(payment.disputes)
        if number < scenario.disputes:
            told += [
                DisputeNotice(f"dispute-{number}", DisputeStatus.NEEDS_RESPONSE, amount, "fraud", NOW, 1)
                for amount in range(1, payment.captured + 1)
            ]
        for notice in told:
            fact = Fact.of_dispute(payment.payment_id, notice)
            what = f"payment {place}: {notice.psp_reference} of {notice.amount} {notice.status}"
            yield Move("psp", what, learn(order, [fact], NOW), fact)


def _settled(order: Order) -> Iterator[Move]:
    """The bank books what it had confirmed; vendors' parts have lines of their own."""
    for number, payment in enumerate(order.payments, start=1):
        if payment.confirmed and not payment.pending:
            booked = payment.authorized + payment.vendors.taken_back - payment.vendors.authorized
            line = Settled(payment.payment_id, S.SETTLED, order.currency, booked, 0, SOON)
            yield Move("psp", f"payment {number}: settled", settle(order, line, "report", NOW))


def _booked(order: Order, scenario: Scenario) -> Iterator[Move]:
    """Money arrives with the first payment's reference, in any parts, in any state of payment and order."""
    left = scenario.transfers - sum(payment.received for payment in order.payments)
    first = [p for p in order.payments[:1] if p.method == "bank_transfer"]
    told = [p for p in first if p.authorization.status is not OperationStatus.REQUESTED]
    for amount in range(1, left + 1) if told else ():
        events = receive(order, order.payments[0].payment_id, "booking", amount, NOW)
        yield Move("bank", f"{amount} booked", events)


def _amounts(payment: Payment, scenario: Scenario) -> Sequence[int]:
    most = payment.amount
    if scenario.strange_amounts:
        return range(most + 2)
    return range(1, most + 1) if payment.traits.limited else (most,)


# What time demands.


def _due(order: Order) -> Iterator[Move]:
    for what, ringing in _ringing(order):
        yield Move("time", what, fall_due(ringing, NOW))
    for number, payment in enumerate(order.payments, start=1):
        if payment.authorization.status.at_psp:
            late = payment.authorization.requested_at + AUTHORIZATION_LIFE
            yield Move("time", f"payment {number}: trace lost", no_news(order, payment, payment.authorization, late))


def _ringing(order: Order) -> Iterator[tuple[str, Order]]:
    """The order as its timers see it when one of them fires. The others may fire later, or right after it."""
    yield "window ends", replace(order, expires_at=NOW)
    for number, payment in enumerate(order.payments, start=1):
        for what, rung in (
            ("waited in vain", replace(payment, waits_until=payment.waits_until and NOW)),
            (
                "authorization lapses",
                replace(payment, authorization_expires_at=payment.authorization_expires_at and NOW),
            ),
        ):
            if rung != payment:
                yield (
                    f"payment {number}: {what}",
                    replace(order, payments=tuple(rung if p is payment else p for p in order.payments)),
                )
