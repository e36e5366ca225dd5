"""A movement as a line of CSV or JSON (US-7)."""

import csv
import io
import json

import pytest

from tests.domain.builders import NOON
from tillgate.domain.ledger.export import COLUMNS, csv_line, json_line
from tillgate.domain.ledger.movements import Movement, MovementType


def movement(reference: str = "A-1", amount: int = 1, fee: int = 0) -> Movement:
    return Movement(
        movement_id="pay_1-1-0",
        at=NOON,
        type=MovementType.CAPTURE,
        currency="EUR",
        amount=amount,
        fee=fee,
        order_reference=reference,
    )


def cells_of(one: Movement) -> dict[str, str]:
    (cells,) = csv.reader(io.StringIO(csv_line(one, "UTC"), newline=""))
    return dict(zip(COLUMNS, cells, strict=True))


@pytest.mark.parametrize("reference", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\uff1d1"])
def test_a_cell_is_no_formula(reference: str) -> None:
    assert cells_of(movement(reference))["order_reference"] == f"'{reference}"
    assert json.loads(json_line(movement(reference), "UTC"))["order_reference"] == reference


def test_numbers_below_zero_stay_numbers() -> None:
    cells = cells_of(movement(amount=-5, fee=2))
    assert (cells["amount"], cells["net"]) == ("-5", "-7")


def test_the_day_is_that_of_the_zone_and_the_instant_utc() -> None:
    told = json.loads(json_line(movement(), "Pacific/Kiritimati"))
    assert (told["booked_at"], told["day"]) == ("2030-01-01T12:00:00Z", "2030-01-02")
