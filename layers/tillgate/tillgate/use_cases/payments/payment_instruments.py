"""The instrument of a payment (RG-4, RG-5): a token of the PSP or a saved instrument, and whether to save it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tillgate.connectors.v1 import Manifest
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.payment import Recurring
from tillgate.domain.shared.refusals import CapabilityNotSupported, OperationNotAllowed, Refusal
from tillgate.domain.shoppers.saved_instruments import InstrumentStatus, is_token, new_token
from tillgate.use_cases.shared.connectors import mode_for
from tillgate.use_cases.shoppers.saved_instruments import check_stores
from tillgate.wiring import System


@dataclass(frozen=True, slots=True)
class InstrumentRequest:
    """The instrument that START requests: a `token`, ours or the PSP's, or an `iban` and its `holder`."""

    paid_with: Mapping[str, str] = field(default_factory=dict)
    save: bool = False
    recurring: bool = False


@dataclass(frozen=True, slots=True)
class ResolvedInstrument:
    """The result: `paid_with` is sent to the PSP, the rest is recorded."""

    paid_with: Mapping[str, str] | None = None
    fingerprint: str | None = None  # the PSP's own of a saved instrument
    instrument: str | None = None
    saves_as: str | None = None
    recurring: Recurring | None = None


def resolve_instrument(
    system: System, order: Order, method: str, connector: Manifest, asked: InstrumentRequest
) -> ResolvedInstrument:
    """Raises a `Refusal` that points at the field. Reads a saved instrument, or the shopper who wants to save one."""
    if asked.recurring and not connector.methods[method].recurring:
        raise CapabilityNotSupported(
            f"{connector.name} does not support recurring payments with {method}", "/recurring"
        )
    token = asked.paid_with.get("token")
    if token is not None and is_token(token):
        return _saved(system, order, method, connector, asked, token)
    if "iban" in asked.paid_with and "iban" not in connector.methods[method].inputs:
        raise CapabilityNotSupported(f"{connector.title} takes no IBAN for {method}", "/instrument/iban")
    paid_with = asked.paid_with or None
    if asked.recurring and not asked.save:
        raise Refusal(
            "make the initial payment with save_instrument, and the repeated ones with its saved token", "/recurring"
        )
    if not asked.save:
        return ResolvedInstrument(paid_with)
    check_stores(connector, method, "/save_instrument")
    shopper_key = order.terms.shopper_key
    if shopper_key is None or system.shoppers.load(order.merchant_id, shopper_key) is None:
        raise Refusal("the order has no shopper to save the instrument for; see shopper_key", "/save_instrument")
    saves_as = new_token(shopper_key, system.now())
    return ResolvedInstrument(paid_with, saves_as=saves_as, recurring=Recurring.INITIAL if asked.recurring else None)


def _saved(
    system: System, order: Order, method: str, connector: Manifest, asked: InstrumentRequest, token: str
) -> ResolvedInstrument:
    if asked.save:
        raise Refusal("the instrument is already saved", "/save_instrument")
    found = system.instruments.find(order.merchant_id, token)
    if found is None or found.shopper_key != order.terms.shopper_key:
        raise Refusal("the order's shopper does not have this token", "/instrument/token")
    if (found.connector, found.method) != (connector.name, method):
        raise Refusal(f"this instrument is for {found.method} with {found.connector}", "/instrument/token")
    if found.mode != mode_for(system, order.merchant_id, connector.name, order):
        raise Refusal(f"this instrument was saved in {found.mode or 'another account'}", "/instrument/token")
    if found.status is not InstrumentStatus.ACTIVE or found.at_psp is None:
        raise OperationNotAllowed("the PSP has not yet confirmed that it saved the instrument; try again later")
    if asked.recurring and not found.recurring:
        raise CapabilityNotSupported("the instrument was not saved for recurring payments", "/instrument/token")
    return ResolvedInstrument(
        {"token": found.at_psp.psp_token},
        fingerprint=found.at_psp.fingerprint,
        instrument=token,
        recurring=Recurring.REPEATED if asked.recurring else None,
    )
