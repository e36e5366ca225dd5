"""A vendor at the desk: what is owed, its payouts, its statement, and where its money goes."""

from itertools import islice

from tillgate.api.operators.desk.account_acts import to_confirm
from tillgate.api.operators.desk.amounts import plain, shown
from tillgate.api.operators.desk.asked import Asked
from tillgate.api.operators.desk.html import Html, button, field, joined, table, tag
from tillgate.api.operators.desk.style import status, when
from tillgate.domain.ledger.entries import Entry
from tillgate.domain.merchants.vendor import Vendor
from tillgate.domain.shared.currencies import DECIMALS
from tillgate.domain.shared.refusals import NotFound, Refusal
from tillgate.wiring import System

MOST_ENTRIES = 5_000  # that are added up; the newest are shown
AT_ONCE = 40
MOST_PAYOUTS = 20


def view(asked: Asked, system: System) -> Html:
    merchant_id, vendor_id = asked.needed("merchant_id"), asked.needed("vendor_id")
    found = system.merchants.vendor_for(merchant_id, vendor_id)
    if found is None:
        raise NotFound("there is no such vendor")
    vendor = found[0]
    return joined(
        [
            tag("h2", vendor.name),
            tag("p", tag("code", vendor_id), " of ", tag("code", merchant_id)),
            _account(asked, system, vendor),
            _acts(asked, vendor),
            _payouts(asked, system, vendor),
            _statement(asked, system, vendor),
            button("Back to the merchant", asked.reads, {"view": "merchants", "merchant_id": merchant_id}),
        ]
    )


def _account(asked: Asked, system: System, vendor: Vendor) -> Html:
    now = system.now()
    valid = tag("p", "Its money goes to ", tag("code", vendor.account_at(now)), ".")
    new = vendor.waiting(now)
    if new is None:
        return valid
    carried = {"merchant_id": vendor.merchant_id, "vendor_id": vendor.vendor_id}
    said = f"{new.asked_by} has asked for the account {new.psp_account}. "
    waits = "Payouts wait until someone else approves it, or until "
    return joined(
        [
            valid,
            tag("div", tag("p", said, waits, when(new.valid_from), " UTC."), class_="box"),
            tag(
                "div",
                to_confirm(
                    asked, "Approve the new account", "approve_vendor_account", psp_account=new.psp_account, **carried
                ),
                to_confirm(asked, "Call it off", "call_off_vendor_account", **carried),
                class_="row",
            ),
        ]
    )


def _acts(asked: Asked, vendor: Vendor) -> Html:
    name, act = ("Resume", "resume_vendor") if vendor.suspended else ("Suspend", "suspend_vendor")
    carried = {"merchant_id": vendor.merchant_id, "vendor_id": vendor.vendor_id}
    state = tag("span", "suspended", class_="bad") if vendor.suspended else tag("span", "active", class_="good")
    return tag("div", tag("p", "It is ", state, "."), to_confirm(asked, name, act, **carried), class_="row")


def _payouts(asked: Asked, system: System, vendor: Vendor) -> Html:
    found, _ = system.payouts.page(vendor.merchant_id, vendor.vendor_id, MOST_PAYOUTS, None)
    rows = (
        (
            when(each.created_at),
            shown(each.amount, each.currency),
            status(each.status),
            each.account,
            each.psp_reference,
            tag("code", each.payout_id),
            button("Open", asked.reads, {"view": "payout", "payout_id": each.payout_id}),
        )
        for each in found
    )
    heads = ("Begun", "Amount", "Status", "To the account", "PSP's reference", "Id", "Way in")
    return table(heads, rows, "Payouts, newest first; OPEN is what the next run pays")


def _statement(asked: Asked, system: System, vendor: Vendor) -> Html:
    currency = (asked.typed("statement.currency") or "EUR").upper()
    if currency not in DECIMALS:
        raise Refusal("currency is an ISO 4217 code")
    ledger = system.ledger.entries(vendor.merchant_id, vendor.vendor_id, currency)
    entries = list(islice(ledger, MOST_ENTRIES + 1))
    carried = {"view": "vendor", "merchant_id": vendor.merchant_id, "vendor_id": vendor.vendor_id}
    asking = tag(
        "form",
        tag(
            "div",
            field("Currency", "statement.currency", currency, size=5),
            button("Show statement", asked.reads, carried),
            class_="row",
        ),
    )
    return joined([asking, _sums(entries, currency), _lines(entries, currency)])


def _sums(entries: list[Entry], currency: str) -> Html:
    if len(entries) > MOST_ENTRIES:
        return tag(
            "p", "There are more entries than are added up here: GET /vendors/{vendor_id}/statement.", class_="warn"
        )
    owed = sum(each.earned for each in entries)
    due = sum(
        each.earned for each in entries if each.payout_id is None and each.kind not in ("payout", "payout_return")
    )
    said = f"Owed in all {shown(owed, currency)}; of it {shown(due, currency)} in no payout yet"
    return tag("p", tag("strong", said), ", captures while they are held.")


def _lines(entries: list[Entry], currency: str) -> Html:
    rows = (
        (when(each.at), each.kind, plain(each.earned, currency), each.reference, each.connector, each.payout_id)
        for each in reversed(entries[-AT_ONCE:])
    )
    heads = ("When", "What", "Amount", "Of", "PSP", "Payout")
    return table(heads, rows, f"Statement in {currency}, newest first ({min(len(entries), AT_ONCE)} of {len(entries)})")
