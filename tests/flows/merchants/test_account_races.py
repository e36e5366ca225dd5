"""Changes of one account at the very same moment, from an operator and from the merchant: none is lost (ONE-1)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from tests.flows.client import JSON, Merchant
from tests.flows.inside import Inside
from tests.flows.operators import Operators
from tests.flows.races import prepared, together

pytestmark = [pytest.mark.flow, pytest.mark.race]
LIMIT = {"currency": "EUR", "per_payout": 1, "per_day": 2, "by": "Ada", "reason": "a test"}


@pytest.fixture(scope="module")
def warm(operators: Operators) -> None:
    """Two workers of each function that races: a cold start would decide every race beforehand."""
    together(*_changes(operators, operators.merchant("Warm")))


def _changes(operators: Operators, merchant: Merchant) -> list[Callable[[], Any]]:
    whose = {"merchant_id": merchant.account["merchant_id"]}
    put = partial(merchant.call, "PUT")
    return [
        partial(operators.call, "set_payout_limit", **whose, **LIMIT),
        partial(operators.call, "update_merchant", **whose, name="Renamed"),
        partial(put, "/account/notifications", {"update_url": f"{merchant.shop_url}/raced"}),
        partial(put, "/account/methods/gift_card", {"enabled": False}),
        partial(put, "/account/signatures", {"new_key": True}),
        partial(operators.call, "rotate_signing_secret", **whose),
    ]


def _shows(account: JSON, merchant: Merchant) -> None:
    assert account["name"] == "Renamed"
    assert account["update_url"] == f"{merchant.shop_url}/raced"
    assert "gift_card" not in account["methods"]
    assert len(account["signatures"]["keys"]) == 1
    assert account["previous_secrets_sign_until"] is not None
    assert [limit["currency"] for limit in account["payout_limits"]] == ["EUR"]


def test_no_change_of_an_account_is_lost(warm: None, operators: Operators) -> None:
    for merchant in prepared(lambda number: operators.merchant(f"Raced {number}")):
        answers = together(*_changes(operators, merchant))
        assert [answer.status for answer in answers if not isinstance(answer, dict)] == [200, 200, 200]
        _shows(merchant.call("GET", "/account").expect(200), merchant)


def test_a_suspension_is_not_lost_to_a_new_name(operators: Operators, inside: Inside) -> None:
    for merchant in prepared(lambda number: operators.merchant(f"Suspended {number}")):
        whose = {"merchant_id": merchant.account["merchant_id"]}
        told = together(
            partial(operators.call, "suspend_merchant", **whose),
            partial(operators.call, "update_merchant", **whose, name="Renamed"),
        )
        assert told[0]["suspended"] is True
        found = inside.merchants.merchant(whose["merchant_id"], fresh=True)
        assert found is not None
        assert (found.suspended, found.name) == (True, "Renamed")


def test_a_client_that_is_deleted_while_its_secret_is_rotated_stays_deleted(
    operators: Operators, inside: Inside
) -> None:
    made = prepared(lambda number: operators.merchant(f"Client {number}").account["client_id"])
    for client_id in made:
        together(
            partial(operators.call, "delete_client", client_id=client_id),
            partial(operators._invoke, "rotate_client_secret", {"client_id": client_id}),
        )
        assert inside.merchants.client(client_id) is None
