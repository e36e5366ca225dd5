"""Merchants' own settings: where they are notified, and how methods are offered (IS-16, RG-12)."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from tillgate.domain.merchants.account import Endpoint, Merchant, MethodRule
from tillgate.domain.shared.refusals import CapabilityNotSupported, Refusal
from tillgate.use_cases.merchants.accounts import with_new_signing_secret
from tillgate.wiring import System

_KEEP: Any = object()


def set_notifications(
    system: System,
    merchant_id: str,
    *,
    update_url: str | None = _KEEP,
    endpoints: Iterable[tuple[str, tuple[str, ...]]] | None = None,
    rotate_secret: bool = False,
) -> tuple[Merchant, str | None]:
    """The account after it, and the new signing secret if one was requested, which is shown only here."""
    now = system.now()
    told: list[str] = []

    def changed(merchant: Merchant) -> Merchant:
        if update_url is not _KEEP:
            merchant = replace(merchant, update_url=update_url, update_url_set_at=now)
        if endpoints is not None:
            merchant = replace(merchant, endpoints=tuple(Endpoint(url, events, now) for url, events in endpoints))
        if rotate_secret:
            merchant, secret = with_new_signing_secret(system, system.seal, merchant)
            told[:] = [secret]
        return merchant

    return system.merchants.change_merchant(merchant_id, changed), told[0] if told else None


def set_method(system: System, merchant_id: str, method: str, rule: MethodRule) -> Merchant:
    """`methods` is kept in the order of the rules' positions, as the menu shows them."""
    try:
        capabilities = system.capabilities(rule.connector)
    except KeyError:
        raise Refusal("this connector does not exist", "/connector") from None
    if method not in capabilities.methods:
        raise CapabilityNotSupported(f"{rule.connector} does not support {method}", "/connector")

    def changed(merchant: Merchant) -> Merchant:
        rules = {name: MethodRule(connector) for name, connector in merchant.methods.items()}
        rules |= merchant.method_rules | {method: rule}
        in_order = sorted(rules, key=lambda name: rules[name].position)
        offered = {name: rules[name].connector for name in in_order if rules[name].enabled}
        return replace(merchant, methods=offered, method_rules={name: rules[name] for name in in_order})

    return system.merchants.change_merchant(merchant_id, changed)
