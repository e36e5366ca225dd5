"""The instrument of a payment (RG-4, RG-5): a token of the PSP or a saved instrument, and whether to save it."""

from dataclasses import dataclass

from tillgate.connectors.api import Connector
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.payment import Recurring
from tillgate.domain.shared.refusals import CapabilityNotSupported, OperationNotAllowed, Refusal
from tillgate.domain.shoppers.saved_instruments import InstrumentStatus, is_token, new_token
from tillgate.use_cases.shoppers.saved_instruments import keeper_of
from tillgate.wiring import System


@dataclass(frozen=True, slots=True)
class InstrumentRequest:
    """The instrument that START requests. `token` is ours or the PSP's."""

    token: str | None = None
    save: bool = False
    recurring: bool = False


@dataclass(frozen=True, slots=True)
class ResolvedInstrument:
    """The result: `psp_token` is sent to the PSP, the rest is recorded."""

    psp_token: str | None = None
    instrument: str | None = None
    saves_as: str | None = None
    recurring: Recurring | None = None


def resolve_instrument(
    system: System, order: Order, method: str, connector: Connector, asked: InstrumentRequest
) -> ResolvedInstrument:
    """Raises a `Refusal` that points at the field. Reads a saved instrument, or the shopper who wants to save one."""
    if asked.recurring and method not in connector.capabilities.recurring:
        raise CapabilityNotSupported(
            f"{connector.name} does not support recurring payments with {method}", "/recurring"
        )
    if asked.token is not None and is_token(asked.token):
        return _saved(system, order, method, connector, asked, asked.token)
    if asked.recurring and not asked.save:
        raise Refusal(
            "make the initial payment with save_instrument, and the repeated ones with its saved token", "/recurring"
        )
    if not asked.save:
        return ResolvedInstrument(asked.token)
    keeper_of(connector, method, "/save_instrument")
    shopper_key = order.terms.shopper_key
    if shopper_key is None or system.shoppers.load(order.merchant_id, shopper_key) is None:
        raise Refusal("the order has no shopper to save the instrument for; see shopper_key", "/save_instrument")
    token = new_token(shopper_key, system.now())
    return ResolvedInstrument(asked.token, saves_as=token, recurring=Recurring.INITIAL if asked.recurring else None)


def _saved(
    system: System, order: Order, method: str, connector: Connector, asked: InstrumentRequest, token: str
) -> ResolvedInstrument:
    if asked.save:
        raise Refusal("the instrument is already saved", "/save_instrument")
    found = system.instruments.find(order.merchant_id, token)
    if found is None or found.shopper_key != order.terms.shopper_key:
        raise Refusal("the order's shopper does not have this token", "/instrument/token")
    if (found.connector, found.method) != (connector.name, method):
        raise Refusal(f"this instrument is for {found.method} with {found.connector}", "/instrument/token")
    if found.status is not InstrumentStatus.ACTIVE or found.at_psp is None:
        raise OperationNotAllowed("the PSP has not yet confirmed that it saved the instrument; try again later")
    if asked.recurring and not found.recurring:
        raise CapabilityNotSupported("the instrument was not saved for recurring payments", "/instrument/token")
    return ResolvedInstrument(
        found.at_psp.psp_token, instrument=token, recurring=Recurring.REPEATED if asked.recurring else None
    )
