"""Races with real threads against the deployed system: somebody wins, sums hold, and both sides' books agree.

Every round has an order of its own. After it our books and the PSP's are compared, no invariant may be broken, and the
order's history must rebuild the order (see `Books.agree`).
"""

from __future__ import annotations

import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest

from tests.flows.books import Books
from tests.flows.client import JSON, Answer, Merchant, eventually, send
from tests.flows.inside import NOW, Inside, due_in
from tests.flows.psp_pages import Page, Psp
from tests.flows.races import ROUNDS, at_once, prepared, together
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.operations import OperationStatus, OperationType
from tillgate.domain.shared.refusals import OperationNotAllowed

pytestmark = [pytest.mark.flow, pytest.mark.race]

ORDER_WINDOW = timedelta(minutes=120)
FEW = ThreadPoolExecutor(max_workers=4)
CARD = {"method": "card", "instrument": {"token": "tok_visa"}}


@pytest.fixture(scope="module", autouse=True)
def warm(merchant: Merchant, inside: Inside) -> None:
    """Two workers of each function that races: a cold start would decide every race beforehand."""
    for _ in range(2):
        order = inside.create()
        at_once(2, merchant.try_start, order)
        payment = merchant.read(order)["payments"][0]
        for verb in ("cancel", "capture", "refund", "withdraw"):
            at_once(2, merchant.do, payment, verb, {"amount": 1})


def won(answers: list[Answer], status: int = 200) -> list[Answer]:
    """Those that were done; every other was refused in the contract's words."""
    for answer in answers:
        refused = answer.status in (409, 422) and answer.code in (
            "operation_not_allowed",
            "amount_exceeds_available",
            "concurrent_request",
            "duplicate_reference",
        )
        assert answer.status == status or refused, answer.text
    return [answer for answer in answers if answer.status == status]


def held(inside: Inside) -> tuple[JSON, JSON]:
    """An authorized payment; where a cold start of the PSP took too long its answer was lost, and it is asked."""
    order = inside.create()
    payment = inside.start(order)
    eventually(lambda: inside.stored(order).payments[0].held or inside.ask(payment).payments[0].held)
    return order, payment


def has_status(merchant: Merchant, payment: JSON, status: str) -> bool:
    return bool(merchant.payment(payment)["status"] == status)


def succeeded(order: Order, kind: OperationType) -> int:
    """How many operations of that type went through."""
    every = (operation for payment in order.payments for operation in payment.operations)
    return sum(op.type is kind and op.status is OperationStatus.SUCCEEDED for op in every)


def test_everything_at_once_happens_once(merchant: Merchant, inside: Inside, books: Books) -> None:
    """Two STARTs, two captures of all, two refunds of all: each time one is done, the other refused."""
    for order in prepared(lambda _: inside.create()):
        (started,) = won(at_once(2, merchant.try_start, order), 201)
        payment = started.json
        assert len(won(at_once(2, merchant.do, payment, "capture"))) == 1
        assert len(won(at_once(2, merchant.do, payment, "refund"))) == 1
        stored = books.agree(order)
        assert [payment.authorized for payment in stored.payments] == [4999]
        assert (stored.payments[0].captured, stored.payments[0].refunded) == (4999, 4999)
        assert succeeded(stored, OperationType.CAPTURE) == succeeded(stored, OperationType.REFUND) == 1


def test_captures_of_parts_take_no_more_than_is_held(merchant: Merchant, inside: Inside, books: Books) -> None:
    """Four at once of 2000 each, of 4999: two go through at most."""
    for order, payment in prepared(lambda _: held(inside), ROUNDS // 2):
        done = won(at_once(4, merchant.do, payment, "capture", {"amount": 2000, "final": False}))
        stored = books.agree(order)
        assert 1 <= len(done) <= 2
        assert stored.payments[0].captured == 2000 * len(done) == 2000 * succeeded(stored, OperationType.CAPTURE)


def test_capture_against_cancel(merchant: Merchant, inside: Inside, books: Books) -> None:
    winners: Counter[str] = Counter()
    for order, payment in prepared(lambda _: held(inside)):
        answers = together(partial(merchant.do, payment, "capture"), partial(merchant.do, payment, "cancel"))
        (winner,) = won(answers)
        status = winner.json["status"]
        stored = books.agree(order)
        assert stored.payments[0].status == status
        assert (stored.payments[0].captured, stored.payments[0].cancelled) in [(4999, 0), (0, 4999)]
        winners[status] += 1
    print(dict(winners))  # noqa: T201 - shown when a test fails


def test_a_new_start_against_a_new_start_over_the_page(merchant: Merchant, inside: Inside, books: Books) -> None:
    """Each ends what awaits the shopper: one payment is left at most, all others are closed at the PSP too."""

    def waiting(_: int) -> JSON:
        order = inside.create()
        inside.start(order, "tok_visa_3ds")
        return order

    for order in prepared(waiting, ROUNDS // 2):
        won(at_once(2, merchant.try_start, order, "tok_visa_3ds"), 201)
        stored = books.agree(order)
        assert stored.payments[0].status == "WITHDRAWN"
        assert sum(payment.awaits_shopper for payment in stored.payments) <= 1


def test_notification_against_return(merchant: Merchant, inside: Inside, psp: Psp, books: Books) -> None:
    """Both say that it is authorized: it is learned once."""

    def approved(_: int) -> tuple[JSON, JSON, str, dict[str, str]]:
        order = inside.create()
        payment = inside.back(NOW, deaf=True).start(order, "tok_visa_3ds")
        assert Page(payment["redirect"]["url"]).press("Approve").status == 303
        body = psp.notification(psp.payment(payment["payment_id"]))
        return order, payment, body, psp.signed("POST", "notification", body)

    for order, payment, body, headers in prepared(approved):
        base = f"{merchant.api_url}/psp/sandbox"
        notified, returned = together(
            partial(send, "POST", f"{base}/notifications", body, headers),
            partial(send, "GET", f"{base}/return/{payment['payment_id']}"),
        )
        assert (notified.status, returned.status) == (202, 200)
        merchant.becomes(order, "AUTHORIZED")
        stored = books.agree(order)
        changes = inside.orders.history(stored.order_key)
        learned = [event for change in changes for event in change.events if event.type == "outcome_learned"]
        assert [event.status for event in learned] == ["AWAITING_SHOPPER", "SUCCEEDED"]
        assert stored.covered == 4999


def test_the_same_key_twice_at_once_does_it_once(merchant: Merchant, inside: Inside, books: Books) -> None:
    """One change; the other call is told to wait, or is answered the same."""

    def keyed(path: str, body: JSON) -> JSON:
        key = uuid.uuid4().hex
        answers = at_once(2, merchant.call, "POST", path, body, key=key)
        fine = [answer for answer in answers if answer.status < 300]
        assert fine, answers
        for answer in answers:
            assert answer in fine or answer.code == "concurrent_request", answer.text
        assert len({answer.text for answer in fine if "idempotent-replayed" in answer.headers}) <= 1
        assert sum("idempotent-replayed" not in answer.headers for answer in fine) == 1
        again = merchant.call("POST", path, body, key=key)
        assert (again.status, again.headers["idempotent-replayed"]) == (fine[0].status, "true")
        first: JSON = again.json
        return first

    for _ in range(ROUNDS):
        order = keyed("/orders", merchant.terms())
        path = f"/orders/{order['order_key']}/payments"
        payment = keyed(path, CARD)
        keyed(f"{path}/{payment['payment_id']}/capture", {"amount": 1000, "final": False})
        stored = books.agree(order)
        assert [(payment.authorized, payment.captured) for payment in stored.payments] == [(4999, 1000)]
        assert succeeded(stored, OperationType.CAPTURE) == 1


def test_two_orders_with_one_reference(merchant: Merchant) -> None:
    for _ in range(ROUNDS):
        terms = merchant.terms()
        answers = at_once(4, merchant.call, "POST", "/orders", terms)
        (created,) = won(answers, 201)
        assert {answer.code for answer in answers if answer is not created} == {"duplicate_reference"}
        found = merchant.call("GET", f"/orders?order_reference={terms['order_reference']}").expect(200)["items"]
        assert [order["order_key"] for order in found] == [created.json["order_key"]]


@pytest.mark.parametrize("what", ["payment", "order"])
def test_withdraw_against_the_shopper_who_approves(
    what: str, merchant: Merchant, inside: Inside, psp: Psp, books: Books
) -> None:
    """The PSP decides: it is withdrawn and nothing was taken, or it is authorized and not withdrawn."""

    def waiting(_: int) -> tuple[JSON, JSON, Page]:
        order = inside.create()
        payment = inside.start(order, "tok_visa_3ds")
        return order, payment, Page(payment["redirect"]["url"])

    ends: Counter[str] = Counter()
    for order, payment, page in prepared(waiting, ROUNDS // 2):
        withdraw = partial(merchant.do, payment, "withdraw")
        if what == "order":
            withdraw = partial(merchant.on_order, order, "withdraw")
        _, withdrawn = together(partial(page.press, "Approve"), withdraw)
        assert withdrawn.status in (200, 202, 409), withdrawn.text
        theirs = psp.payment(payment["payment_id"])["status"]
        ours = "WITHDRAWN" if theirs == "closed" else "AUTHORIZED" if theirs == "authorized" else "CANCELLED"
        eventually(partial(has_status, merchant, payment, ours))
        stored = books.agree(order)
        ends[f"{stored.payments[0].status} {stored.status}"] += 1
    print(dict(ends))  # noqa: T201


def test_capture_against_the_end_of_the_window(merchant: Merchant, inside: Inside, books: Books) -> None:
    """The real execution ends the order at the very instant at which the merchant captures the gift card.

    Whatever wins: the order has expired, and nothing of the card is held or kept.
    """

    def race(number: int, seconds: float = 2) -> tuple[JSON, Answer]:
        order = inside.back(due_in(seconds, ORDER_WINDOW)).create()
        with suppress(OperationNotAllowed):  # its time is over already
            inside.back(NOW).start(order, "gc_1000")
        stored = inside.stored(order)
        left = stored.expires_at.timestamp() - time.time()
        if stored.covered == 0 or left < 0:
            assert seconds < 30, "this machine is too slow for a race"
            return race(number, seconds * 2)
        gift = merchant.read(order)["payments"][0]
        time.sleep(left + (number % 5) * 0.03)  # not for luck: the instant is what the race is about
        return order, merchant.do(gift, "capture")

    raced = list(FEW.map(race, range(ROUNDS)))
    won([answer for _, answer in raced])
    for order, _ in raced:
        merchant.becomes(order, "EXPIRED", within=40)
        payment = books.agree(order).payments[0]
        assert payment.held == 0
        assert payment.captured == payment.refunded
