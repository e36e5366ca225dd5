"""Today: how things stand, in one look, and dead letters sent back."""

from collections.abc import Mapping
from datetime import datetime

from tillgate.api.operators.desk.asked import Asked
from tillgate.api.operators.desk.html import Html, button, joined, table, tag
from tillgate.api.operators.desk.question import question
from tillgate.api.operators.desk.style import done, when
from tillgate.domain.shared.refusals import Refusal
from tillgate.use_cases.operators import today
from tillgate.use_cases.operators.requeue import requeue
from tillgate.wiring import System

NO_DATA = "no data"
UNSURE, FEW = 0.05, 10  # a PSP fails if so large a share of so many calls has no usable answer
FEWER = 0.10  # and if its authorization rate is so much lower than a week ago
DAYS = 86_400


def view(asked: Asked, system: System) -> Html:
    now = system.now().replace(second=0, microsecond=0)
    work, queues = today.work_now(system), today.dead_letters_now()
    return joined(
        [
            tag("p", "Of the last hour until ", when(now), " UTC, beside the same hour a week ago.", class_="quiet"),
            _person(asked, work, now),
            _orders(now),
            _psps(_connectors(system), now),
            _stuck(system, queues, now),
            _dead(asked, queues, now),
            _costs(now),
        ]
    )


def confirm_requeue(asked: Asked, system: System) -> Html:
    """Raises `Refusal` for a queue that has nothing to be sent back."""
    name = asked.needed("queue")
    found = next((each for each in today.dead_letters_now() if each.queue.name == name and each.queue.url), None)
    if found is None or not found.count:
        raise Refusal("there are no dead letters to be sent back", "/queue")
    says = f"About {found.count} dead letters of the queue {name} are sent back into it."
    return question(asked, [says], {"act": "requeue", "queue": name}, back(asked), hint="Mend first what they died of.")


def requeued(system: System, asked: Asked, who: Mapping[str, str]) -> Html:
    """What came of it; for the function that acts. Raises `Refusal`."""
    moved = requeue(system, asked.needed("queue"), **who)
    return done(f"{moved} dead letters were sent back.")


def back(asked: Asked) -> Html:
    return button("Back to today", asked.reads, {"view": "today"})


def _connectors(system: System) -> list[str]:
    return sorted(each.name for each in system.manifests())


def _person(asked: Asked, work: today.Stuck, now: datetime) -> Html:
    if not work.count:
        return tag("p", "Nothing needs a person.", class_="good", role="status")
    needs = "1 thing needs" if work.count == 1 else f"{work.count} things need"
    said = f"{needs} a person, the oldest for {_age(work.since, now)}."
    return tag("div", tag("strong", said), " ", button("See them", asked.reads, {"view": "work"}), class_="box bad")


def _orders(now: datetime) -> Html:
    found = today.orders_now(now)
    labels = dict(zip(today.ORDERS, ("created", "paid", "safe to ship"), strict=True))
    rows = ((labels[name], _number(each.now), _number(each.then)) for name, each in found.items())
    return table(("Orders", "This hour", "A week ago"), rows, "Are orders being paid")


def _psps(connectors: list[str], now: datetime) -> Html:
    found = today.psps_now(connectors, now)
    if not found:
        return tag("p", f"Is a PSP failing: {NO_DATA}.", class_="quiet")
    rows = (
        (
            each.connector,
            _verdict(each),
            f"{_number(each.authorized.now)} ({_number(each.authorized.then)})",
            f"{_percent(each.rate.now)} ({_percent(each.rate.then)})",
            f"{_percent(each.unknown)} of {each.calls:.0f}",
            "-" if each.mean is None else f"{each.mean:.0f} ms, at most {each.slowest or 0:.0f} ms",
        )
        for each in found
    )
    head = ("PSP", "Stands", "Authorized (a week ago)", "Rate (a week ago)", "Calls without an answer", "Takes")
    return table(head, rows, "Is a PSP failing")


def _verdict(psp: today.OfPsp) -> Html:
    if psp.calls >= FEW and psp.unknown >= UNSURE:
        return tag("span", "does not answer", class_="badge bad")
    now, then = psp.rate.now, psp.rate.then
    if now is not None and then is not None and now < then - FEWER:
        return tag("span", "refuses more", class_="badge warn")
    return tag("span", "as usual", class_="badge good")


def _stuck(system: System, queues: list[today.DeadLetters], now: datetime) -> Html:
    due, parked = today.due_now(system), today.parked_now(system)
    rows: list[tuple[object, ...]] = [
        ("overdue: outcomes, expiries, repairs", due.count, _age(due.since, now)),
        ("parked notifications of PSPs", parked.count, ""),
    ]
    rows += [
        (f"queue {each.queue.name}", NO_DATA if each.waiting is None else each.waiting, "")
        for each in queues
        if each.queue.url
    ]
    return table(("What", "How many", "Oldest"), rows, "What is stuck")


def _dead(asked: Asked, queues: list[today.DeadLetters], now: datetime) -> Html:
    found = [each for each in queues if each.count != 0]
    if not found:
        return tag("p", "There are no dead letters.", class_="good")
    rows = (
        (
            each.queue.name,
            NO_DATA if each.count is None else each.count,
            _letter(each, now),
            button("Redrive ...", asked.reads, {"view": "requeue", "queue": each.queue.name})
            if each.count and each.queue.url
            else "the sweep makes up for it",
        )
        for each in found
    )
    return table(("Queue", "How many", "The oldest", "Send back"), rows, "Dead letters")


def _letter(dead: today.DeadLetters, now: datetime) -> object:
    if dead.oldest is None:
        return ""
    about = ", ".join(f"{name} {value}" for name, value in dead.oldest.about.items())
    return joined([f"{_age(dead.oldest.sent_at, now)} old: {about} ", tag("code", dead.oldest.message_id)])


def _costs(now: datetime) -> Html:
    costs = today.costs_now(now)
    if costs.all is None:
        told = "What it costs: no data. AWS has it once billing alerts are on (Billing, Preferences), in us-east-1."
        return tag("p", told, class_="quiet")
    paid = f"{costs.paid:.0f}" if costs.paid else NO_DATA
    each = f", {costs.all / costs.paid:.4f} USD a paid order" if costs.paid else ""
    rows = sorted(((name, f"{spent:.2f}") for name, spent in costs.by_service.items()), key=lambda row: -float(row[1]))
    said = f"{costs.all:.2f} USD since the month began, {paid} orders paid{each}. The bill is of the whole account."
    return joined([table(("Service", "USD"), rows, "What it costs"), tag("p", said)])


def _number(value: float | None) -> str:
    return NO_DATA if value is None else f"{value:.0f}"


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.0%}"


def _age(since: datetime | None, now: datetime) -> str:
    if since is None:
        return ""
    seconds = max(0, int((now - since).total_seconds()))
    if seconds < 3_600:
        return f"{seconds // 60} min"
    return f"{seconds // 3_600} h" if seconds < 2 * DAYS else f"{seconds // DAYS} days"
