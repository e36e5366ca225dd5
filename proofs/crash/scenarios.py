"""The scenarios to crash: every use case and every consumer, as (preparation, act, expected result).

The merchant's server repeats a call with the same idempotency key until it gets a final answer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from functions.sandbox_psp.sandbox import service as psp_service
from functions.sandbox_psp.sandbox.instruments import Deed
from proofs.crash.world import LAMBDA_ENDS, World

AMOUNT = 4999
VISA = "tok_visa"


@dataclass(frozen=True)
class Scenario:
    """`act` is where crashes happen. `lasting`: what must hold at the end of every run, besides `checks.flaws`."""

    name: str
    prepare: Callable[[World], str]
    act: Callable[[World, str], tuple[int, Any] | None]
    lasting: Callable[[World, str], bool] = lambda world, key: True
    settles: bool = False  # what is struck is what happens by itself
    pairs: bool = False


def _created(capture: str = "manual") -> Callable[[World], str]:
    def prepare(world: World) -> str:
        body = {"order_reference": "A-1", "amount": AMOUNT, "currency": "EUR", "capture": capture}
        status, order = world.api("create_order", body)
        assert status == 201, order
        return str(order["order_key"])

    return prepare


def shopper(world: World) -> str:
    status, made = world.api("create_shopper", {"name": "Ada Lovelace"})
    assert status == 201, made
    return str(made["shopper_key"])


def _start(world: World, key: str, token: str = VISA, **more: Any) -> tuple[int, Any]:
    method = "gift_card" if token.startswith("gc_") else "card"
    body = {"method": method, "instrument": {"token": token}, **more}
    return world.api("start_payment", body, key="start", order_key=key)


def paid(token: str = VISA, capture: str = "manual") -> Callable[[World], str]:
    def prepare(world: World) -> str:
        key = _created(capture)(world)
        method = "gift_card" if token.startswith("gc_") else "card"
        status, payment = world.api("start_payment", {"method": method, "instrument": {"token": token}}, order_key=key)
        assert status == 201, payment
        return key

    return prepare


def _two_tenders(world: World) -> str:
    key = _created()(world)
    for method, token in (("gift_card", "gc_1000"), ("card", "tok_visa")):
        assert world.api("start_payment", {"method": method, "instrument": {"token": token}}, order_key=key)[0] == 201
    for number in (1, 2):
        assert on_payment("capture_payment", {}, number)(world, key)[0] == 200
    return key


def on_payment(function: str, body: Any, number: int = 1) -> Callable[[World, str], tuple[int, Any]]:
    def act(world: World, key: str) -> tuple[int, Any]:
        payment_id = f"pay_{key.removeprefix('ord_')}_{number}"
        return world.api(function, body, key=f"{function}-{number}", order_key=key, payment_id=payment_id)

    return act


def on_order(function: str, body: Any) -> Callable[[World, str], tuple[int, Any]]:
    return lambda world, key: world.api(function, body, key=function, order_key=key)


def _shopper(world: World) -> str:
    status, shopper = world.api("create_shopper", {})
    assert status == 201, shopper
    return str(shopper["shopper_key"])


def _created_for_shopper(world: World) -> str:
    body = {"order_reference": "A-1", "amount": AMOUNT, "currency": "EUR", "shopper_key": _shopper(world)}
    status, order = world.api("create_order", body)
    assert status == 201, order
    return str(order["order_key"])


def _start_saving(world: World, key: str, token: str = VISA) -> tuple[int, Any]:
    return _start(world, key, token, save_instrument=True)


def _saving(token: str) -> Callable[[World], str]:
    """A payment that is to save its instrument."""

    def prepare(world: World) -> str:
        key = _created_for_shopper(world)
        assert _start_saving(world, key, token)[0] == 201
        return key

    return prepare


def _saving_approved(world: World) -> str:
    key = _saving("tok_visa_3ds")(world)
    world.choose(key, "approve")
    return key


def _is_saved(world: World, key: str) -> bool:
    """Saved once if the payment was authorized, otherwise not at all (RG-5)."""
    tokens = [payment.instrument for payment in world.order(key).payments if payment.authorized]
    return tokens == list(world.instruments())


def _register(world: World, shopper_key: str) -> tuple[int, Any]:
    body = {"shopper_key": shopper_key, "method": "card", "instrument": {"token": VISA}}
    return world.api("save_instrument", body, key="token")


def _registered(world: World) -> str:
    return str(_register(world, _shopper(world))[1]["token"])


def _delete(world: World, token: str) -> tuple[int, Any]:
    """Deleted is deleted, whichever call did it."""
    status, body = world.api("delete_instrument", None, token=token)
    return (204, None) if status == 404 else (status, body)


def _settle(world: World, _: str) -> None:
    world.settle()


def approved(world: World) -> str:
    key = paid("tok_visa_3ds")(world)
    world.choose(key, "approve")
    return key


def return_shopper(world: World, key: str) -> tuple[int, Any]:
    return world.api("return_shopper", None, method="GET", connector="sandbox", payment_id=f"pay_{key[4:]}_1")


def _sums(*wanted: int, number: int = 1) -> Callable[[World, str], bool]:
    """Authorized, captured, cancelled, refunded of one payment."""

    def lasting(world: World, key: str) -> bool:
        payment = world.order(key).payments[number - 1]
        return (payment.authorized, payment.captured, payment.cancelled, payment.refunded) == wanted

    return lasting


def _status(*wanted: str) -> Callable[[World, str], bool]:
    return lambda world, key: world.order(key).status in wanted


def _disputed(world: World) -> str:
    """A captured payment that is partly disputed."""
    key = paid(VISA, "auto")(world)
    world.run(lambda: psp_service.do(f"pay_{key.removeprefix('ord_')}_1", "dispute", 2000))
    world.settle()
    return key


def unasked(deed: Deed, amount: int | None = None, capture: str = "auto") -> Callable[[World], str]:
    """A paid order of which the PSP's back office or the bank does something, which it has not told yet."""

    def prepare(world: World) -> str:
        key = paid(VISA, capture)(world)
        world.run(lambda: psp_service.do(f"pay_{key.removeprefix('ord_')}_1", deed, amount))
        return key

    return prepare


def fails_late(token: str, capture: str, function: str, body: Any) -> Callable[[World], str]:
    """An operation has succeeded; that it fails after all is to come."""

    def prepare(world: World) -> str:
        key = paid(token, capture)(world)
        assert on_payment(function, body)(world, key)[0] == 200
        return key

    return prepare


def on_dispute(function: str, body: Any) -> Callable[[World, str], tuple[int, Any]]:
    def act(world: World, key: str) -> tuple[int, Any]:
        (dispute,) = world.order(key).payments[0].disputes
        return world.api(function, body, key=function, dispute_id=dispute.dispute_id)

    return act


def _dispute(status: str, amount: int) -> Callable[[World, str], bool]:
    """The PSP has the same state, and what is not won is lost to the merchant."""

    def lasting(world: World, key: str) -> bool:
        payment = world.order(key).payments[0]
        (ours,), (theirs,) = payment.disputes, world.psp_payments()[payment.payment_id].disputes
        kept = status == "WON" or (world.order(key).safe is None and payment.disputed == amount)
        return (ours.status, ours.amount, theirs.status) == (status, amount, status.lower()) and kept

    return lasting


def _created_once(world: World, _: str) -> bool:
    return len(world.order_keys()) == 1


SCENARIOS = (
    Scenario("create_order", lambda _: "", lambda world, _: create(world), _created_once),
    Scenario("create_order: for a shopper", shopper, lambda world, key: create_for(world, key), _created_once),
    Scenario("start_payment: at once", _created(), _start, _status("AUTHORIZED", "EXPIRED")),
    Scenario("start_payment: debit", _created("auto"), _start, _status("PAID", "EXPIRED")),
    Scenario(
        "start_payment: answer lost",
        _created(),
        lambda w, k: _start(w, k, "tok_timeout"),
        _status("AUTHORIZED", "EXPIRED"),
    ),
    Scenario("start_payment: refused", _created(), lambda w, k: _start(w, k, "tok_declined"), _status("EXPIRED")),
    Scenario("start_payment: after one that awaits", paid("tok_visa_3ds"), _start, _status("AUTHORIZED", "EXPIRED")),
    Scenario("start_payment: saves the card", _created_for_shopper, _start_saving, _is_saved),
    Scenario(
        "start_payment: saves the card, answer lost",
        _created_for_shopper,
        lambda w, k: _start_saving(w, k, "tok_timeout"),
        _is_saved,
    ),
    Scenario("return_shopper: saves the card", _saving_approved, return_shopper, _is_saved),
    Scenario("save_instrument", _shopper, _register, lambda w, _: len(w.instruments()) <= 1),
    Scenario("delete_instrument", _registered, _delete, lambda w, _: w.instruments() == {}),
    Scenario("capture_payment", paid(), on_payment("capture_payment", {}), _sums(AMOUNT, AMOUNT, 0, 0), pairs=True),
    Scenario(
        "capture_payment: last part",
        paid(),
        on_payment("capture_payment", {"amount": 2000, "final": True}),
        _sums(AMOUNT, 2000, 2999, 0),
    ),
    Scenario(
        "capture_payment: refused",
        paid("tok_capture_fails"),
        on_payment("capture_payment", {}),
        _sums(AMOUNT, 0, 0, 0),
    ),
    Scenario("cancel_payment", paid(), on_payment("cancel_payment", {}), _sums(AMOUNT, 0, AMOUNT, 0)),
    Scenario("cancel_payment: a part", paid(), on_payment("cancel_payment", {"amount": 999}), _sums(AMOUNT, 0, 999, 0)),
    Scenario(
        "refund_payment",
        paid("tok_visa", "auto"),
        on_payment("refund_payment", {"amount": 3000}),
        _sums(AMOUNT, AMOUNT, 0, 3000),
        pairs=True,
    ),
    Scenario(
        "refund_order: two tenders",
        _two_tenders,
        on_order("refund_order", {"amount": 4500}),
        lambda w, k: sum(p.refunded for p in w.order(k).payments) == 4500,
    ),
    Scenario("cancel_order: held", paid(), on_order("cancel_order", {}), _status("CANCELLED")),
    Scenario("cancel_order: taken", _two_tenders, on_order("cancel_order", {}), _status("CANCELLED")),
    Scenario(
        "cancel_order: awaited", paid("tok_visa_3ds"), on_order("cancel_order", {}), _status("CANCELLED", "EXPIRED")
    ),
    Scenario("withdraw_order", paid("tok_visa_3ds"), on_order("withdraw_order", {}), _status("WITHDRAWN", "EXPIRED")),
    Scenario("withdraw_payment", paid("tok_visa_3ds"), on_payment("withdraw_payment", {}), _status("EXPIRED")),
    Scenario("update_order", paid(), on_order("update_order", {"amount": 6000}), _status("AUTHORIZED")),
    Scenario(
        "send_evidence", _disputed, on_dispute("send_evidence", {"text": "Delivered"}), _dispute("UNDER_REVIEW", 2000)
    ),
    Scenario("accept_dispute", _disputed, on_dispute("accept_dispute", {}), _dispute("ACCEPTED", 2000)),
    Scenario(
        "by itself: disputed", paid("tok_dispute", "auto"), _settle, _dispute("NEEDS_RESPONSE", AMOUNT), settles=True
    ),
    Scenario(
        "by itself: disputed, won", paid("tok_dispute_won", "auto"), _settle, _dispute("WON", AMOUNT), settles=True
    ),
    Scenario(
        "by itself: disputed, lost", paid("tok_dispute_lost", "auto"), _settle, _dispute("LOST", AMOUNT), settles=True
    ),
    Scenario("sync_payment", approved, on_payment("sync_payment", {}), _status("AUTHORIZED")),
    Scenario("return_shopper", approved, return_shopper, _status("AUTHORIZED")),
    Scenario("by itself: stream, windows, merchant", _created(), _settle, _status("EXPIRED"), settles=True),
    Scenario("by itself: notification of an approval", approved, _settle, _status("AUTHORIZED"), settles=True),
    Scenario("by itself: pending, then authorized", paid("tok_pending"), _settle, _status("AUTHORIZED"), settles=True),
    Scenario("by itself: pending, then the card is saved", _saving("tok_pending"), _settle, _is_saved, settles=True),
    Scenario("by itself: nobody comes", paid("tok_visa_3ds"), _settle, _status("EXPIRED"), settles=True),
    Scenario("by itself: PSP in error", paid("tok_error"), _settle, _status("EXPIRED"), settles=True),
    Scenario("by itself: answer lost", paid("tok_timeout"), _settle, _status("AUTHORIZED"), settles=True),
    Scenario("by itself: fails later", paid("tok_late_failure"), _settle, _status("EXPIRED"), settles=True),
    Scenario(
        "by itself: refunded in the back office", unasked("refund", 1500), _settle, _sums(AMOUNT, AMOUNT, 0, 1500), True
    ),
    Scenario(
        "by itself: a hold runs out",
        unasked("expire_rest", capture="manual"),
        _settle,
        _sums(AMOUNT, 0, AMOUNT, 0),
        True,
    ),
    Scenario("by itself: a part is reversed", unasked("reverse", 2000), _settle, _sums(2999, 2999, 0, 0), True),
    Scenario(
        "by itself: a capture fails late",
        fails_late("tok_capture_fails_late", "manual", "capture_payment", {}),
        _settle,
        _sums(AMOUNT, 0, 0, 0),
        settles=True,
    ),
    Scenario(
        "by itself: a refund fails late",
        fails_late("tok_refund_fails_late", "auto", "refund_payment", {"amount": 3000}),
        _settle,
        _sums(AMOUNT, AMOUNT, 0, 0),
        settles=True,
    ),
    Scenario("by itself: released when the window lapses", paid("gc_1000"), _settle, _status("EXPIRED"), settles=True),
)


def create(world: World) -> tuple[int, Any]:
    body = {"order_reference": "A-1", "amount": AMOUNT, "currency": "EUR"}
    return world.api("create_order", body, key="create")


def create_for(world: World, shopper_key: str, reference: str = "A-1") -> tuple[int, Any]:
    """An order that names a shopper and has personal data of its own."""
    body = {"order_reference": reference, "amount": AMOUNT, "currency": "EUR", "shopper_key": shopper_key}
    return world.api("create_order", body | {"customer": {"name": "Ada Lovelace"}}, key=f"create-{reference}")


def answered_for_good(answer: tuple[int, Any] | None) -> bool:
    """The call neither died, nor failed through our fault, nor is still running."""
    if answer is None:
        return True
    status, body = answer
    return 0 < status < 500 and not (status == 409 and body["code"] == "concurrent_request")


def taken(answer: tuple[int, Any] | None) -> bool:
    return answer is None or 200 <= answer[0] < 400


def is_keyless(scenario: Scenario) -> bool:
    """Whatever happens by itself or in a shopper's browser has no idempotency key."""
    return scenario.settles or scenario.act is return_shopper


def repeat(world: World, scenario: Scenario, key: str) -> tuple[int, Any] | None:
    """The merchant's server repeats the call, once no process of the first attempt can be alive."""
    world.pass_time(LAMBDA_ENDS)
    return scenario.act(world, key)
