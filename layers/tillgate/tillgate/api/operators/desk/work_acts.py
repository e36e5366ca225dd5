"""What an operator does at the desk with what is on the work list and is no order: try it again, or set it aside."""

from collections.abc import Callable, Mapping

from tillgate.api.operators.desk.amounts import sayer
from tillgate.api.operators.desk.asked import Asked
from tillgate.api.operators.desk.html import Html, button
from tillgate.api.operators.desk.question import question
from tillgate.api.operators.desk.style import done
from tillgate.domain.operators.work_list import Kind
from tillgate.domain.shared.refusals import NotFound
from tillgate.use_cases.operators.settle_work import retry_work, set_aside_work
from tillgate.use_cases.operators.work_list import describe
from tillgate.wiring import System

WORK_ACTS: dict[str, Callable[..., str]] = {"retry_work": retry_work, "set_aside_work": set_aside_work}

LABELS = {
    ("retry_work", Kind.VENDOR_NOT_PAID): "Pay again",
    ("retry_work", Kind.UNKNOWN_PAYMENT): "Apply it now",
    ("retry_work", Kind.NOT_NOTIFIED): "Send all again",
    ("retry_work", Kind.KEEPS_FAILING): "Try it now",
    ("set_aside_work", Kind.UNKNOWN_PAYMENT): "Forget it",
    ("set_aside_work", Kind.NOT_NOTIFIED): "Give them up",
}
_EFFECTS = {
    ("retry_work", Kind.VENDOR_NOT_PAID): "The PSP is asked once more whether it was paid. If not, it is paid to the "
    "vendor's account as it is now.",
    ("retry_work", Kind.UNKNOWN_PAYMENT): "It is applied if the payment is known by now.",
    ("retry_work", Kind.NOT_NOTIFIED): "All that it has not taken is sent again, for 72 hours from now on.",
    ("retry_work", Kind.KEEPS_FAILING): "The sweep tries it within a minute.",
    ("set_aside_work", Kind.UNKNOWN_PAYMENT): "It is forgotten: nothing of it is ever applied.",
    ("set_aside_work", Kind.NOT_NOTIFIED): "None of it is sent again, unless the merchant asks for it.",
}


def confirm(asked: Asked, system: System) -> Html:
    """Raises `Refusal` for what is not on the list any more."""
    item = describe(system, asked.needed("item"), sayer)
    act = asked.text("act")
    if item is None:
        raise NotFound("this is not on the work list any more")
    (work,) = item["work"]
    says = [f"{work['what'].rstrip('.')}.", _EFFECTS[act, work["kind"]]]
    return question(asked, says, {"act": act, "item": asked.text("item")}, back(asked))


def acted(system: System, asked: Asked, who: Mapping[str, str]) -> Html:
    """Raises `Refusal`."""
    came = WORK_ACTS[asked.text("act")](system, asked.needed("item"), **who)
    return done(f"{came[0].upper()}{came[1:]}.")


def back(asked: Asked) -> Html:
    return button("Back to the work list", asked.reads, {"view": "work"})
