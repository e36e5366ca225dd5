"""Merchants and their vendors, with what is owed to them."""

from itertools import islice

from tillgate.api.merchants.views import account_view
from tillgate.api.operators.desk import account_history
from tillgate.api.operators.desk.account_acts import to_confirm
from tillgate.api.operators.desk.amounts import shown
from tillgate.api.operators.desk.asked import Asked
from tillgate.api.operators.desk.html import Html, button, field, joined, table, tag
from tillgate.domain.ledger.export import booked_day
from tillgate.domain.merchants.account import Merchant
from tillgate.domain.shared.modes import Mode
from tillgate.domain.shared.refusals import NotFound
from tillgate.domain.shared.time_zones import local
from tillgate.wiring import System

AT_ONCE = 50
MOST_MOVEMENTS = 5_000  # of a day that are added up


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
    listed = table(("Name", "Id", "Status", "Methods", "Way in"), rows, f"Merchants ({len(ids)})")
    return joined([listed, button("Further merchants", asked.reads, more) if len(ids) > first + AT_ONCE else None])


def _merchant(asked: Asked, system: System, merchant_id: str) -> Html:
    merchant = system.merchants.merchant(merchant_id, fresh=True)
    if merchant is None:
        raise NotFound("there is no such merchant")
    account = account_view(system, merchant)
    now = system.now()
    vendors = (
        (
            each.name,
            tag("code", each.vendor_id),
            tag("span", "suspended", class_="bad") if each.suspended else "active",
            "a new account waits" if each.waiting(now) else "",
            button("Open", asked.reads, {"view": "vendor", "merchant_id": merchant_id, "vendor_id": each.vendor_id}),
        )
        for each in system.merchants.vendors(merchant_id)
    )
    endpoints = ((each["url"], each["status"], ", ".join(each["events"])) for each in account["endpoints"])
    state = tag("span", "suspended", class_="bad") if merchant.suspended else tag("span", "active", class_="good")
    return joined(
        [
            tag("h2", merchant.name),
            tag("p", tag("code", merchant_id), " · ", state),
            tag("p", f"Methods: {', '.join(merchant.methods) or 'none'} · time zone {merchant.time_zone}"),
            _acts(asked, system, merchant),
            _sums(system, merchant),
            table(("Endpoint", "Status", "Events"), endpoints, "Told of changes"),
            table(("Vendor", "Id", "Status", "Account", "Way in"), vendors, "Vendors"),
            account_history.view(asked, system, merchant_id),
            button("All merchants", asked.reads, {"view": "merchants"}),
        ]
    )


def _acts(asked: Asked, system: System, merchant: Merchant) -> Html:
    whose = {"merchant_id": merchant.merchant_id}
    state = ("Resume", "resume_merchant") if merchant.suspended else ("Suspend", "suspend_merchant")
    buttons = [
        to_confirm(asked, *state, **whose),
        to_confirm(asked, "New signing secret", "rotate_signing_secret", **whose),
        to_confirm(asked, "New signing secret, end the old one", "rotate_signing_secret", now="yes", **whose),
    ]
    buttons += [
        to_confirm(asked, f"End the key {key.key_id}", "revoke_signature_key", key_id=key.key_id, **whose)
        for key in merchant.signature_keys
    ]
    for own in system.connections.of_merchant(merchant.merchant_id):
        for mode in (each for each in Mode if own.of(each)):
            named = {"connector": own.connector, "mode": mode.value, **whose}
            buttons.append(
                to_confirm(asked, f"Delete {mode} credentials with {own.connector}", "revoke_connector", **named)
            )
    client = {"view": "confirm_account", "act": "rotate_client_secret", **whose}
    of_client = tag(
        "div",
        field("A client of it", "client_id", hint="cli_...", size=28),
        button("New client secret ...", asked.reads, client),
        button("New client secret, end the old one ...", asked.reads, client | {"now": "yes"}),
        class_="row",
    )
    return tag("form", tag("div", buttons, class_="row"), of_client)


def _sums(system: System, merchant: Merchant) -> Html:
    """What was booked on the merchant's day so far, by kind."""
    day = booked_day(local(system.now(), merchant.time_zone).date(), merchant.time_zone)
    books = system.books.movements(merchant.merchant_id, day.since, day.until, after=None, at_once=AT_ONCE, test=False)
    sums: dict[tuple[str, str], list[int]] = {}
    booked = [movement for movement, _ in islice(books, MOST_MOVEMENTS + 1)]
    for movement in booked[:MOST_MOVEMENTS]:
        sums.setdefault((movement.type, movement.currency), []).append(movement.amount)
    rows = ((kind, len(of), shown(sum(of), currency)) for (kind, currency), of in sorted(sums.items()))
    caption = f"Booked today, {day.day} in {day.zone}"
    more = (
        tag("p", f"Only the first {MOST_MOVEMENTS} are added up.", class_="warn")
        if len(booked) > MOST_MOVEMENTS
        else None
    )
    return joined([table(("What", "Times", "Sum"), rows, caption), more])
