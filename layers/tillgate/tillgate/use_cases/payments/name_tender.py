"""The shopper redeems a gift card on an account that authorizes the open tender first (IS-7, IS-8)."""

from tillgate.connectors.api import TellsBalances
from tillgate.domain.merchants.account import Merchant
from tillgate.domain.orders import starting
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.order import Order
from tillgate.domain.orders.tenders import AuthorizationSequence
from tillgate.domain.payments.methods import METHODS
from tillgate.domain.payments.operations import Actor
from tillgate.domain.shared.refusals import MethodNotApplicable, OperationNotAllowed
from tillgate.use_cases.shared.changes import change, execute_requests, load
from tillgate.wiring import System


def is_named_first(system: System, merchant: Merchant, method: str) -> bool:
    """Whether this method waits for the open tender. Without a balance, the open tender's amount would be unknown."""
    connector = merchant.methods.get(method)
    if merchant.authorization_sequence is AuthorizationSequence.LIMITED_FIRST or connector is None:
        return False
    return METHODS[method].limited and isinstance(system.connector(connector), TellsBalances)


def name_tender(
    system: System, merchant: Merchant, order_key: str, *, method: str, token: str, number: int | None
) -> Order:
    """The order with the tender named, up to its balance. If it covers the order alone, it is authorized at once.

    Raises `MethodNotApplicable` if its balance is zero or unknown. Each attempt is recorded and counted, to limit the
    guessing of card numbers.
    """
    order = load(system, order_key, merchant.merchant_id)
    connector = merchant.methods[method]
    rule = merchant.method_rules.get(method)
    if rule and (why_not := rule.why_not(order.open, order.currency)):
        raise MethodNotApplicable(why_not, "/method")
    starting.may_start(order, system.now())
    starting.check_applies(order, method)
    psp = system.connector(connector)
    balance = psp.balance(method, token, order.currency) if isinstance(psp, TellsBalances) else None
    if balance is None:
        raise MethodNotApplicable("the balance is not available now", "/instrument")

    def decide(order: Order) -> list[Event]:
        if number is not None and number != len(order.payments) + 1:
            raise OperationNotAllowed("another payment was started in the meantime")
        return starting.name_tender(
            order,
            method=method,
            connector=connector,
            token=token,
            balance=balance,
            now=system.now(),
        )

    order = execute_requests(system, change(system, order_key, decide, actor=Actor.SHOPPER, cause="menu"))
    if balance <= 0:
        raise MethodNotApplicable("the balance is zero", "/instrument")
    return order
