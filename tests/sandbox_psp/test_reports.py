"""The settlement report: a row a reference, each with what is its own."""

from __future__ import annotations

import csv
from typing import Any

import pytest

from functions.sandbox_psp.sandbox import reports
from functions.sandbox_psp.sandbox.clients import client
from tests.sandbox_psp.support import call, deed, operate, start


@pytest.fixture(autouse=True)
def bucket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPORTS_BUCKET", "sandbox-psp-reports")
    place = {"LocationConstraint": "eu-west-1"}
    client("s3").create_bucket(Bucket="sandbox-psp-reports", CreateBucketConfiguration=place)


def rows() -> dict[str, tuple[int, int]]:
    """Captured and refunded of each reference in the report of now."""
    written: Any = reports.handler({}, None)
    text = client("s3").get_object(Bucket="sandbox-psp-reports", Key=written["report"])["Body"].read().decode()
    read = csv.DictReader(text.splitlines())
    assert read.fieldnames == ["reference", "status", "currency", "captured", "refunded", "as_of"]
    return {row["reference"]: (int(row["captured"]), int(row["refunded"])) for row in read}


def carve(reference: str, amount: int) -> None:
    call(
        "POST",
        "/payments/pay_1/transfers",
        {"reference": reference, "amount": amount, "account": "acct_a"},
        key=f"{reference}_1",
    )


def test_what_was_captured_and_given_back() -> None:
    start("pay_1", capture=True)
    start("pay_2")
    operate("captures", 1000, "op_2", reference="pay_2")
    operate("refunds", 300, "op_3", reference="pay_2")
    start("pay_3")
    assert rows() == {"pay_1": (4999, 0), "pay_2": (1000, 300)}


def test_a_part_of_what_was_captured_at_once_has_a_row_of_its_own() -> None:
    start(capture=True)
    carve("v_1", 3000)
    operate("refunds", 1000, "v_1_2", reference="v_1")
    operate("refunds", 400, "op_2")
    assert rows() == {"pay_1": (1999, 400), "v_1": (3000, 1000)}


def test_one_that_was_carved_in_whole_is_still_there() -> None:
    start(capture=True)
    carve("v_1", 3000)
    carve("v_2", 1999)
    assert rows() == {"pay_1": (0, 0), "v_1": (3000, 0), "v_2": (1999, 0)}


def test_parts_of_what_is_held_are_rows_once_captured() -> None:
    start()
    carve("v_1", 3000)
    operate("captures", 3000, "v_1_2", reference="v_1")
    operate("captures", 1000, "op_2", final=True)
    assert rows() == {"pay_1": (1000, 0), "v_1": (3000, 0)}


@pytest.mark.parametrize("end", [None, "win_dispute", "lose_dispute"])
def test_a_dispute_changes_nothing_in_it(end: str | None) -> None:
    start(capture=True)
    deed("dispute")
    if end:
        deed(end)
    assert rows() == {"pay_1": (4999, 0)}


def test_what_was_reversed_or_failed_later_is_in_neither_sum() -> None:
    start(capture=True)
    operate("refunds", 1000, "op_2")
    deed("reverse", 999)
    deed("fail_refund")
    start("pay_2", capture=True)
    deed("reverse", reference="pay_2")
    assert rows() == {"pay_1": (4000, 0)}
