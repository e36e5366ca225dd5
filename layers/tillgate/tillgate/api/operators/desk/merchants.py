"""Merchants and their vendors, with what is owed to them."""

from tillgate.api.merchants.views import account_view
from tillgate.api.operators.desk.asked import Asked
from tillgate.api.operators.desk.html import Html, button, joined, table, tag
from tillgate.domain.shared.refusals import NotFound
from tillgate.wiring import System

AT_ONCE = 50


def view(asked: Asked, system: System) -> Html:
    if merchant_id := asked.text("merchant_id"):
        return _merchant(asked, system, merchant_id)
    ids = sorted(system.merchants.merchant_ids())
    first = asked.number("from") or 0
    merchants = [each for each in map(system.merchants.merchant, ids[first : first + AT_ONCE]) if each]
    rows = (
        (
            each.name,
            tag("code", each.merchant_id),
            tag("span", "suspended", class_="bad") if each.suspended else "active",
            ", ".join(each.methods),
            button("Open", asked.reads, {"view": "merchants", "merchant_id": each.merchant_id}),
        )
        for each in merchants
    )
    more = {"view": "merchants", "from": first + AT_ONCE}
    shown = table(("Name", "Id", "Status", "Methods", "Way in"), rows, f"Merchants ({len(ids)})")
    return joined([shown, button("Further merchants", asked.reads, more) if len(ids) > first + AT_ONCE else None])


def _merchant(asked: Asked, system: System, merchant_id: str) -> Html:
    merchant = system.merchants.merchant(merchant_id, fresh=True)
    if merchant is None:
        raise NotFound("there is no such merchant")
    account = account_view(system, merchant)
    vendors = (
        (
            vendor.name,
            tag("code", vendor.vendor_id),
            tag("span", "suspended", class_="bad") if vendor.suspended else "active",
        )
        for vendor in system.merchants.vendors(merchant_id)
    )
    endpoints = ((each["url"], each["status"], ", ".join(each["events"])) for each in account["endpoints"])
    return joined(
        [
            tag("h2", merchant.name),
            tag("p", tag("code", merchant_id), " · suspended" if merchant.suspended else " · active"),
            tag("p", f"Methods: {', '.join(merchant.methods) or 'none'} · time zone {merchant.time_zone}"),
            table(("Endpoint", "Status", "Events"), endpoints, "Told of changes"),
            table(("Vendor", "Id", "Status"), vendors, "Vendors"),
            button("All merchants", asked.reads, {"view": "merchants"}),
        ]
    )
