"""Every state of a small order of many vendors is visited, and in each all properties hold (TH-4, TH-5, TH-10)."""

from unittest.mock import patch

from proofs.exploration.vendor_orders import QUICK, explore
from tillgate.domain.marketplace import vendor_payments
from tillgate.domain.payments.lifecycle import Capture

SMALL = next(scenario for scenario in QUICK if scenario.capture is Capture.AUTO)


def test_all_properties_hold_in_every_state() -> None:
    found = explore(SMALL)
    assert not found.flaws, "\n".join(found.flaws)
    assert found.states > 2000


def test_room_that_is_given_back_too_often_is_found_out() -> None:
    """A vendor payment that claims nothing once it is captured leaves room to pay another with the same money."""
    claim = vendor_payments.claim
    with patch.object(vendor_payments, "claim", lambda part: 0 if part.payments[0].refunded else claim(part)):
        flaws = explore(SMALL, most_flaws=1).flaws
    assert flaws


def test_an_ending_that_is_never_gone_on_with_is_found_out() -> None:
    with patch.object(vendor_payments, "react", lambda *_: []):
        flaws = explore(SMALL).flaws
    assert any("never rests" in flaw for flaw in flaws)
