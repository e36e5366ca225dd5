"""Finds the connector of a payment method."""

from tillgate.domain.merchants.account import Merchant
from tillgate.domain.shared.refusals import CapabilityNotSupported, MethodNotApplicable
from tillgate.wiring import System


def connector_for(system: System, merchant: Merchant, method: str) -> str:
    """The name of the connector that the account uses for the method. Raises if there is none, or it cannot."""
    name = merchant.methods.get(method)
    if name is None:
        raise MethodNotApplicable(f"this account does not offer {method}", "/method")
    if method not in system.connector(name).capabilities.methods:
        raise CapabilityNotSupported(f"{name} does not support {method}", "/method")
    return name
