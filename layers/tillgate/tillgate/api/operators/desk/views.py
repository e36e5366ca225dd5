"""The desk's views by name, and the page around each."""

from collections.abc import Callable

from tillgate.api.operators.desk import (
    account_acts,
    confirm,
    find,
    merchants,
    order,
    payout,
    today,
    vendor,
    work,
    work_acts,
)
from tillgate.api.operators.desk.asked import Asked
from tillgate.api.operators.desk.html import Html, joined, tag
from tillgate.api.operators.desk.style import alert, widget
from tillgate.domain.shared.refusals import Refusal
from tillgate.runtime.telemetry import logger
from tillgate.wiring import System, system

VIEWS: dict[str, Callable[[Asked, System], Html]] = {
    "find": find.view,
    "order": order.view,
    "confirm": confirm.view,
    "work": work.view,
    "confirm_work": work_acts.confirm,
    "merchants": merchants.view,
    "vendor": vendor.view,
    "payout": payout.view,
    "confirm_account": account_acts.confirm,
    "today": today.view,
    "requeue": today.confirm_requeue,
}


def page(asked: Asked) -> str:
    """The widget's HTML."""
    logger.clear_state()
    logger.info("desk", extra={"view": asked.view})
    return widget(asked.theme, _shown(asked))


def _shown(asked: Asked) -> Html:
    show = VIEWS.get(asked.view)
    if show is None:
        return tag("p", f"There is no such view; there are {', '.join(VIEWS)}.")
    try:
        return show(asked, system())
    except Refusal as refusal:
        return joined([find.search(asked), alert(refusal.detail)])
