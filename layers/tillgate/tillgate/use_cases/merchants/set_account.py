"""Merchants' own settings: where they are notified, and how methods are offered (IS-16, RG-12)."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from tillgate.domain.merchants.account import Endpoint, Merchant, MethodRule
from tillgate.domain.shared.refusals import CapabilityNotSupported, Refusal
from tillgate.use_cases.merchants.accounts import Guard, changed_merchant, with_new_signing_secret
from tillgate.use_cases.shared.connectors import why_not_usable
from tillgate.wiring import System

_KEEP: Any = object()


def set_notifications(
    system: System,
    merchant_id: str,
    *,
    update_url: str | None = _KEEP,
    endpoints: Iterable[tuple[str, tuple[str, ...]]] | None = None,
    rotate_secret: bool = False,
    revoke_now: bool = False,
    guard: Guard | None = None,
) -> tuple[Merchant, str | None]:
    """The account after it, and the new signing secret if one was requested, which is shown only here.

    `revoke_now`: secrets that were replaced sign no more, instead of for another day.
    """
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
        return replace(merchant, old_signing_secrets=()) if revoke_now else merchant

    return changed_merchant(system, merchant_id, changed, guard), told[0] if told else None


def set_time_zone(system: System, merchant_id: str, time_zone: str, guard: Guard | None = None) -> Merchant:
    """The account after it. `time_zone`: a name of IANA's database."""
    return changed_merchant(system, merchant_id, lambda merchant: replace(merchant, time_zone=time_zone), guard)


def set_links(system: System, merchant_id: str, links: dict[str, str], guard: Guard | None = None) -> Merchant:
    """The account after it. `links`: checked URLs of the shop's pages, by name; others are shown no more."""
    return changed_merchant(system, merchant_id, lambda merchant: replace(merchant, links=links), guard)


def set_method(system: System, merchant_id: str, method: str, rule: MethodRule, guard: Guard | None = None) -> Merchant:
    """`methods` is kept in the order of the rules' positions, as the menu shows them.

    A rule without a connector keeps the one that the account has for the method, or takes the first that it can use.
    Raises `Refusal` and `CapabilityNotSupported` for a connector that does not exist or does not support the method.
    """

    def changed(merchant: Merchant) -> Merchant:
        for number, route in enumerate(rule.routes):
            _check(system, merchant, method, route.connector, f"/routes/{number}/connector")
        return _with_rule(merchant, method, replace(rule, connector=_connector(system, merchant, method, rule)))

    return changed_merchant(system, merchant_id, changed, guard)


def _with_rule(merchant: Merchant, method: str, rule: MethodRule) -> Merchant:
    rules = {name: MethodRule(connector) for name, connector in merchant.methods.items()}
    rules |= merchant.method_rules | {method: rule}
    in_order = sorted(rules, key=lambda name: rules[name].position)
    offered = {name: rules[name].connector for name in in_order if rules[name].enabled}
    return replace(merchant, methods=offered, method_rules={name: rules[name] for name in in_order})


def _connector(system: System, merchant: Merchant, method: str, rule: MethodRule) -> str:
    """The connector that is asked for, that the account has for the method, or the first one that it can use."""
    known = merchant.method_rules.get(method)
    kept = merchant.methods.get(method) or (known.connector if known else "")
    if not rule.connector and not rule.enabled:
        return kept  # it can be switched off even if this deployment has lost it
    name = rule.connector or kept or (rule.routes[0].connector if rule.routes else "")
    if not name:
        return _first_usable(system, merchant, method)
    _check(system, merchant, method, name, "/connector")
    return name


def _check(system: System, merchant: Merchant, method: str, name: str, pointer: str) -> None:
    try:
        can = system.manifest(name).methods.get(method)
    except KeyError:
        raise Refusal("this connector does not exist", pointer) from None
    if can is None or (can.needs and not system.is_set_up(name, merchant.merchant_id, can.needs)):
        raise CapabilityNotSupported(f"{name} does not support {method}", pointer)


def _first_usable(system: System, merchant: Merchant, method: str) -> str:
    supporting = [each.name for each in system.manifests() if method in each.methods]
    for name in supporting:
        if why_not_usable(system, merchant.merchant_id, name) is None:
            return name
    if supporting:
        known = ", ".join(supporting)
        raise Refusal(f"none of the connectors for {method} is set up; name one of {known}", "/connector")
    raise CapabilityNotSupported(f"no connector of this deployment supports {method}", "/connector")
