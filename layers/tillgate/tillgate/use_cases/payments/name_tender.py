"""The shopper redeems a gift card on an account that authorizes the open tender first (IS-7, IS-8)."""

from tillgate.domain.merchants.account import Merchant
from tillgate.domain.orders import starting
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.order import Order
from tillgate.domain.orders.shown import Shown
from tillgate.domain.orders.tenders import AuthorizationSequence
from tillgate.domain.payments.methods import METHODS
from tillgate.domain.payments.operations import Actor
from tillgate.domain.shared.refusals import MethodNotApplicable
from tillgate.use_cases.payments.limit_attempts import AttemptLimit
from tillgate.use_cases.shared.changes import change, execute_requests, load
from tillgate.use_cases.shared.connectors import mode_for, why_not_usable
from tillgate.use_cases.shared.waiting_codes import opened_code, sealed_code
from tillgate.wiring import System


def is_named_first(system: System, merchant: Merchant, method: str) -> bool:
    """Whether this method waits for the open tender. Without a balance, the open tender's amount would be unknown."""
    connector = merchant.methods.get(method)
    if merchant.authorization_sequence is AuthorizationSequence.LIMITED_FIRST or connector is None:
        return False
    if why_not_usable(system, merchant.merchant_id, connector):
        return False
    can = system.manifest(connector).methods.get(method)
    return METHODS[method].limited and can is not None and can.balance


def name_tender(
    system: System,
    merchant: Merchant,
    order_key: str,
    *,
    method: str,
    token: str,
    shown: Shown,
    place: str | None = None,
) -> Order:
    """The order with the tender named, up to its balance. If it covers the order alone, it is authorized at once.

    Raises `MethodNotApplicable` if its balance is zero or unknown, `PageOutdated` if the order is not as `shown`. Each
    attempt is recorded and counted, to limit the guessing of card numbers: raises `TooSoon`.
    """
    order = load(system, order_key, merchant.merchant_id)
    connector = merchant.methods[method]
    if found := why_not_usable(system, merchant.merchant_id, connector, order):
        raise MethodNotApplicable(found, "/method")
    rule = merchant.method_rules.get(method)
    if rule and (why_not := rule.why_not(order.open, order.currency)):
        raise MethodNotApplicable(why_not, "/method")
    starting.may_start(order, system.now())
    starting.check_applies(order, method)
    limit = AttemptLimit(system, merchant, place)
    limit.admit(order, system.manifest(connector), (token,), is_saved=False)
    mode = mode_for(system, merchant.merchant_id, connector, order)
    balance = system.psp(connector, merchant.merchant_id, mode).balance(order, method, token)
    limit.ended(failed=balance == 0)
    if balance is None:
        raise MethodNotApplicable("the balance is not available now", "/instrument")

    sealed = sealed_code(system, merchant.merchant_id, token) if balance > 0 else ""

    def decide(order: Order) -> list[Event]:
        shown.check(order)
        return starting.name_tender(
            order,
            method=method,
            connector=connector,
            token=_stored(system, order, token) or sealed,
            balance=balance,
            mode=mode,
            now=system.now(),
        )

    order = execute_requests(system, change(system, order_key, decide, actor=Actor.SHOPPER, cause="menu"))
    if balance <= 0:
        raise MethodNotApplicable("the balance is zero", "/instrument")
    return order


def _stored(system: System, order: Order, code: str) -> str | None:
    """How the order has this code, if it was named before: sealed twice, one code is two texts."""
    of_order = (tender.token for tender in order.named)
    return next((stored for stored in of_order if opened_code(system, order.merchant_id, stored) == code), None)
