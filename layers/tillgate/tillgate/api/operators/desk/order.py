"""An order: how it stands and why, what is wrong, its payments, vendors, disputes, notifications and its history."""

from itertools import islice

from tillgate.api.operators.desk import amounts, console, forms, personal, timeline
from tillgate.api.operators.desk.asked import Asked
from tillgate.api.operators.desk.find import lines, search
from tillgate.api.operators.desk.html import Html, button, joined, table, tag
from tillgate.api.operators.desk.question import who
from tillgate.api.operators.desk.style import alert, status, when
from tillgate.domain.operators.work_list import troubles
from tillgate.domain.orders.order import Order
from tillgate.domain.orders.why import why
from tillgate.domain.payments.disputes import Dispute
from tillgate.domain.payments.payment import Payment
from tillgate.use_cases.shared.load_order import load
from tillgate.wiring import System

MOST_NOTIFICATIONS = 20
MOST_VENDORS = 50


def view(asked: Asked, system: System) -> Html:
    order = load(system, asked.needed("order_key"))
    return joined(
        [
            search(asked),
            _head(order),
            trouble_box(order),
            tag("ul", [tag("li", sentence) for sentence in why(order, amounts.sayer(order.currency))]),
            tag("form", who(asked), _payments(asked, order), _disputes(asked, order), forms.of_order(asked, order)),
            personal.masked(asked, order),
            _vendors(asked, system, order),
            _notifications(asked, system, order),
            timeline.view(asked, system, order),
            console.links(order),
        ]
    )


def _head(order: Order) -> Html:
    safe = f"safe to ship ({order.safe.level})" if order.safe else "not safe to ship"
    return joined(
        [
            tag("h2", f"{order.order_reference} ", status(order.status)),
            tag(
                "p",
                tag("strong", amounts.shown(order.amount, order.currency)),
                " · ",
                tag("span", safe, class_="good" if order.safe else "quiet"),
                f" · {order.merchant_id} · created ",
                when(order.created_at),
                " · ",
                tag("code", order.order_key),
                f" · version {order.version}",
                f" · {order.mode}" if order.mode else None,
            ),
        ]
    )


def trouble_box(order: Order) -> Html | None:
    found = troubles(order, amounts.sayer(order.currency))
    listed = tag("ul", [tag("li", trouble) for trouble in found])
    return alert(tag("strong", "This needs you:"), listed) if found else None


def _payments(asked: Asked, order: Order) -> Html:
    return joined([_payment(asked, order, payment) for payment in order.payments]) if order.payments else Html("")


def _payment(asked: Asked, order: Order, payment: Payment) -> Html:
    names = ("authorized", "captured", "cancelled", "refunded", "disputed")
    sums = [f"{name} {amounts.plain(value, order.currency)}" for name in names if (value := getattr(payment, name))]
    brand = f" {payment.brand}" if payment.brand else ""
    head = tag(
        "h3", f"{payment.method}{brand} {amounts.shown(payment.amount, order.currency)} ", status(payment.status)
    )
    what = " · ".join([*sums, f"PSP {payment.connector}", f"reference {payment.psp_reference or 'unknown'}"])
    rows = (
        (
            when(operation.requested_at),
            operation.type,
            amounts.plain(operation.amount, order.currency),
            joined([status(operation.status), f" {operation.reason_code}" if operation.reason_code else ""]),
            operation.requested_by,
            operation.reason,
            operation.psp_reference,
            tag("code", operation.operation_id),
        )
        for operation in payment.operations
    )
    head_of = ("Requested", "Operation", "Amount", "Outcome", "By", "Reason", "PSP's reference", "Id")
    shown = table(head_of, rows, f"Operations of {payment.payment_id}")
    return joined([head, tag("p", what, class_="quiet"), shown, forms.of_payment(asked, order, payment)])


def _disputes(asked: Asked, order: Order) -> Html | None:
    found = [(payment, dispute) for payment in order.payments for dispute in payment.disputes]
    if not found:
        return None
    rows = (
        (
            when(dispute.opened_at),
            amounts.shown(dispute.amount, order.currency),
            status(dispute.status),
            dispute.reason,
            when(dispute.evidence_due_at) if dispute.evidence_due_at else "",
            tag("code", dispute.dispute_id),
            _answers(asked, order, dispute),
        )
        for _, dispute in found
    )
    heads = ("Opened", "Amount", "Status", "Reason", "Evidence due", "Id", "Answer")
    return table(heads, rows, "Disputes")


def _answers(asked: Asked, order: Order, dispute: Dispute) -> Html | None:
    if not dispute.status.is_open:
        return None
    ways = (("Send evidence ...", "send_evidence"), ("Accept ...", "accept_dispute"))
    of = {"dispute_id": dispute.dispute_id}
    return tag("div", [button(name, asked.reads, forms.carried(act, order, **of)) for name, act in ways], class_="row")


def _vendors(asked: Asked, system: System, order: Order) -> Html | None:
    if order.kind != "technical":
        return None
    parts, more = system.vendor_payments.page(order.order_key, MOST_VENDORS, asked.text("vendors_before") or None)
    shown = lines(asked, ((part, part.share.vendor_id if part.share else "") for part in parts), "Vendors", "Vendor")
    carried = {"view": "order", "order_key": order.order_key, "vendors_before": more}
    return joined([shown, button("Further vendors", asked.reads, carried) if more else None])


def _notifications(asked: Asked, system: System, order: Order) -> Html:
    found = list(islice(system.deliveries.of_order(order.order_key), MOST_NOTIFICATIONS))
    if not found:
        return tag("p", "No notification has been sent.", class_="quiet")
    rows = (
        (
            when(each.created_at),
            each.kind,
            each.url,
            status(each.status),
            ", ".join(str(attempt.status or attempt.error) for attempt in each.attempts),
            button(
                "Send again",
                asked.reads,
                forms.carried("resend", order, notification_id=each.notification_id, since=each.since.isoformat()),
            ),
        )
        for each in found
    )
    return table(("Of", "Kind", "To", "Status", "Answers", "Again"), rows, "Notifications to the merchant")
