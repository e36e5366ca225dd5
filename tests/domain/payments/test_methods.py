"""What sets the payment methods apart, seen in what can be done with a payment (IS-6, IS-18, TH-9)."""

from dataclasses import replace

import pytest

from tests.domain.builders import Story, created
from tillgate.domain.orders.allowed_operations import payment_operations
from tillgate.domain.orders.evolve import replay
from tillgate.domain.orders.order import Invoice
from tillgate.domain.orders.starting import name_tender
from tillgate.domain.payments.methods import METHODS
from tillgate.domain.payments.payment import AUTHORIZATION_LIFE
from tillgate.domain.shared.refusals import MethodNotApplicable, OperationNotAllowed

CONFIRMED_BY_BANK = {"bank_redirect", "bank_transfer", "direct_debit"}
PROMISED = {"invoice", "cash_on_delivery"}  # nobody's card holds it, so nothing lapses


@pytest.mark.parametrize("method", METHODS)
def test_what_is_held_can_be_captured_or_cancelled(method: str) -> None:
    story = Story()
    payment = story.payment(story.paid(method))
    assert payment_operations(story.order, payment) == (
        ["refund"] if method in CONFIRMED_BY_BANK else ["capture", "cancel"]
    )


@pytest.mark.parametrize("method", METHODS)
def test_what_a_card_a_gift_card_or_a_wallet_holds_lapses_after_seven_days(method: str) -> None:
    story = Story()
    story.paid(method)
    assert bool(story.passes(AUTHORIZATION_LIFE)) == (method not in CONFIRMED_BY_BANK | PROMISED)


@pytest.mark.parametrize("method", METHODS)
def test_what_pays_later_cannot_pay_an_invoice(method: str) -> None:
    """RG-7: by the trait alone, whoever starts or names it."""
    story = Story()
    story.history = [replace(created(), invoice=Invoice())]
    story.order = replay(story.history)
    assert METHODS[method].pays_later == (method in PROMISED)
    if method not in PROMISED:
        story.start(method)
        return
    with pytest.raises(MethodNotApplicable):
        story.start(method)
    with pytest.raises(MethodNotApplicable):
        name_tender(story.order, method=method, connector="psp", token="t", balance=1, now=story.now)


@pytest.mark.parametrize("method", METHODS)
def test_gift_cards_alone_may_be_several(method: str) -> None:
    story = Story()
    story.paid(method, 1)
    if method == "gift_card":
        story.paid(method, 1)
    else:
        with pytest.raises(OperationNotAllowed):
            story.start(method, 1)
