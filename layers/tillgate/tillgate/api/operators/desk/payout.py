"""A payout at the desk: to a vendor or a person, and what can be decided about it."""

from tillgate.api.operators.desk.account_acts import to_confirm
from tillgate.api.operators.desk.amounts import shown
from tillgate.api.operators.desk.asked import Asked
from tillgate.api.operators.desk.html import Html, button, joined, table, tag
from tillgate.api.operators.desk.style import status, when
from tillgate.domain.payouts.payout import Payout, PayoutStatus
from tillgate.domain.shared.refusals import NotFound
from tillgate.wiring import System


def view(asked: Asked, system: System) -> Html:
    payout = system.payouts.load(asked.needed("payout_id"))
    if payout is None:
        raise NotFound("there is no such payout")
    facts = (
        ("Id", tag("code", payout.payout_id)),
        ("Merchant", tag("code", payout.merchant_id)),
        ("To", f"vendor {payout.vendor_id}, account {payout.account}" if payout.vendor_id else "a person"),
        ("Reference", payout.payout_reference),
        ("PSP", payout.connector),
        ("PSP's reference", payout.psp_reference),
        ("Asked by", payout.asked_by),
        ("Approval", payout.approval),
        ("Decision", payout.decision or payout.resolution),
        ("Reason", payout.reason_code),
        ("Begun", when(payout.created_at)),
        ("Changed", when(payout.updated_at)),
    )
    return joined(
        [
            tag("h2", f"Payout of {shown(payout.amount, payout.currency)} ", status(payout.status)),
            table(("What", "Is"), ((name, value) for name, value in facts if value), "Payout"),
            _acts(asked, payout),
            _back(asked, payout),
        ]
    )


def _acts(asked: Asked, payout: Payout) -> Html | None:
    whose = {"payout_id": payout.payout_id}
    buttons: list[Html] = []
    if payout.waits_for_operator:
        buttons += [to_confirm(asked, "Approve", "approve_payout", **whose)]
        buttons += [to_confirm(asked, "Refuse", "refuse_payout", **whose)]
    if payout.status is PayoutStatus.PROCESSING and payout.checks:
        for outcome in ("PAID", "FAILED"):
            buttons += [to_confirm(asked, f"It is {outcome}", "resolve_payout", outcome=outcome, **whose)]
    return tag("div", buttons, class_="row") if buttons else None


def _back(asked: Asked, payout: Payout) -> Html:
    if payout.vendor_id:
        carried = {"view": "vendor", "merchant_id": payout.merchant_id, "vendor_id": payout.vendor_id}
        return button("The vendor", asked.reads, carried)
    return button("The merchant", asked.reads, {"view": "merchants", "merchant_id": payout.merchant_id})
