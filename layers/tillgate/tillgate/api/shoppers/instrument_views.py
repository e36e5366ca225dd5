"""The view of a saved instrument: what the shopper recognizes it by, never the PSP's token (RG-5)."""

from collections.abc import Mapping
from typing import Any

from tillgate.api.http.instants import instant
from tillgate.api.payments.views import redirect_view
from tillgate.domain.orders.order import Order
from tillgate.domain.shoppers.saved_instruments import SavedInstrument, StoredInstrument
from tillgate.wiring import System


def instrument_view(instrument: SavedInstrument) -> dict[str, Any]:
    known = instrument.at_psp or StoredInstrument("")
    view = {
        "token": instrument.token,
        "shopper_key": instrument.shopper_key,
        "method": instrument.method,
        "connector": instrument.connector,
        "status": instrument.status,
        "brand": known.brand,
        "last4": known.last4,
        "expires": known.expires,
        "recurring": instrument.recurring,
        "created_at": instant(instrument.created_at),
    }
    view |= {"fingerprint": known.fingerprint} if known.fingerprint else {}
    return view | {"redirect": redirect_view(instrument.redirect)} if instrument.redirect else view


def with_last4(system: System, order: Order, views: list[dict[str, Any]]) -> None:
    """Adds the last four digits of saved instruments to the payments' views; one read each.

    They are stored with the shopper alone, so they are gone once the token is deleted or the shopper erased.
    """
    last4: Mapping[str, str | None] = {
        token: known.at_psp.last4
        for token in {payment.instrument for payment in order.payments if payment.instrument}
        if (known := system.instruments.find(order.merchant_id, token)) and known.at_psp
    }
    for view in views:
        if "instrument" in view:
            view["instrument"]["last4"] = last4.get(view["instrument"]["token"])
