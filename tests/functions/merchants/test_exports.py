"""GET /exports/{day}: a day's bookkeeping (US-7)."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.functions.marketplace.test_split_retry import market
from tests.functions.marketplace.test_taken_back import ORDER, captures, pays
from tests.functions.psp.test_settlements import line
from tests.functions.world import NOON, ORDER_KEY, PAYMENT_ID, Answer, World
from tillgate.api.merchants import exports
from tillgate.api.merchants.exports import MOST_BYTES, lines_of
from tillgate.domain.ledger.export import COLUMNS, json_line
from tillgate.domain.ledger.movements import Movement, MovementType
from tillgate.domain.psp.accounts import PspAccount
from tillgate.domain.shared.identifiers import aggregate_key_of
from tillgate.domain.shared.modes import Mode
from tillgate.runtime.aws import client
from tillgate.store.ledger.books import puts
from tillgate.store.psp.settlements import Progress
from tillgate.store.shared.transactions import transact
from tillgate.use_cases.operators.redact import redact_value
from tillgate.use_cases.psp.reconcile import reconcile_asked

__all__ = ["market"]
DAY = {"day": "2030-01-01"}


def export(world: World, day: str = "2030-01-01", *, accept: str = "*/*", **query: str) -> Answer:
    headers = {"Accept": accept}
    return world.call("get_export", path={"day": day}, query=query or None, headers=headers)


def rows(answer: Answer) -> list[dict[str, str]]:
    assert answer.status == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


def moves(answer: Answer) -> list[tuple[str, int]]:
    return [(row["type"], int(row["amount"])) for row in rows(answer)]


def booked(world: World, *movements: Movement, merchant_id: str = "mer_1") -> None:
    for movement in movements:
        transact(client("dynamodb"), puts("OrdersTable", merchant_id, [movement]))


def movement(number: int = 1, **fields: Any) -> Movement:
    of: dict[str, Any] = {
        "movement_id": f"pay_{number}-1-0",
        "at": NOON + timedelta(seconds=number),
        "type": MovementType.CAPTURE,
        "currency": "EUR",
        "amount": 1,
        "order_reference": f"A-{number}",
    }
    return Movement(**(of | fields))


def test_each_movement_of_the_day_is_told_once(world: World) -> None:
    world.paid()
    assert moves(export(world)) == [], "what is held has not moved"
    world.call("capture_payment", {"amount": 3000, "final": False})
    world.call("capture_payment", {})
    world.call("refund_payment", {"amount": 1000})
    answer = export(world)
    assert moves(answer) == [("capture", 3000), ("capture", 1999), ("refund", -1000)]
    first = rows(answer)[0]
    assert list(first) == list(COLUMNS)
    operations = world.order().payments[0].operations
    told = {
        "booked_at": "2030-01-01T12:00:00Z",
        "day": "2030-01-01",
        "currency": "EUR",
        "fee": "0",
        "commission": "0",
        "net": "3000",
        "order_reference": world.order().order_reference,
        "order_key": ORDER_KEY,
        "payment_id": PAYMENT_ID,
        "operation_id": operations[1].operation_id,
        "method": "card",
        "connector": "sandbox",
        "vendor_id": "",
    }
    assert {name: first[name] for name in told} == told
    assert len({row["movement_id"] for row in rows(answer)}) == 3


def test_a_repeated_call_books_nothing_more(world: World) -> None:
    world.paid()
    for _ in range(3):
        world.call("capture_payment", {"amount": 4999}, headers={"Idempotency-Key": "k1"})
    assert moves(export(world)) == [("capture", 4999)]


def test_json_lines_have_the_same(world: World) -> None:
    world.paid()
    world.call("capture_payment", {})
    as_csv, as_lines = rows(export(world)), export(world, format="jsonl")
    assert as_lines.headers["content-type"].startswith("application/jsonl")
    found = [json.loads(each) for each in as_lines.text.splitlines()]
    assert [{name: "" if each[name] is None else str(each[name]) for name in COLUMNS} for each in found] == as_csv
    assert found[0]["amount"] == 4999
    assert found[0]["vendor_id"] is None


@pytest.mark.parametrize(
    ("accept", "query", "media"),
    [
        ("*/*", {}, "text/csv"),
        ("text/csv", {}, "text/csv"),
        ("application/json", {}, "application/jsonl"),
        ("application/x-ndjson", {}, "application/jsonl"),
        ("application/jsonl;q=0.5, text/csv", {}, "text/csv"),
        ("text/csv;q=0.5, application/jsonl", {}, "application/jsonl"),
        ("application/jsonl", {"format": "csv"}, "text/csv"),
        ("application/xml", {}, "text/csv"),
    ],
)
def test_the_query_or_accept_chooses(world: World, accept: str, query: dict[str, str], media: str) -> None:
    world.has_merchant()
    assert export(world, accept=accept, **query).headers["content-type"].partition(";")[0] == media


def test_it_is_csv_as_rfc_4180_has_it(world: World) -> None:
    world.has_merchant()
    booked(world, movement(order_reference='a "b", c'))
    header, first, end = export(world).text.split("\r\n")
    assert header == ",".join(COLUMNS)
    assert '"a ""b"", c"' in first
    assert end == ""


def pages(world: World, **query: str) -> Iterator[Answer]:
    cursor: str | None = ""
    while cursor is not None:
        answer = export(world, **query, **({"cursor": cursor} if cursor else {}))
        yield answer
        cursor = answer.headers.get("next-cursor")
        linked = f"cursor={cursor}" in answer.headers["link"] if cursor else "link" not in answer.headers
        assert linked


@pytest.mark.parametrize("shards", ["1", "3"])
def test_pages_have_each_movement_once_oldest_first(world: World, monkeypatch: Any, shards: str) -> None:
    monkeypatch.setenv("LIST_SHARDS", shards)
    world.has_merchant()
    booked(world, *(movement(number, order_key=f"ord_{number}") for number in range(25)))
    found = [row for page in pages(world, limit="10") for row in rows(page)]
    assert [row["order_reference"] for row in found] == [f"A-{number}" for number in range(25)]
    found = [json.loads(text) for page in pages(world, limit="7", format="jsonl") for text in page.text.splitlines()]
    assert [row["order_reference"] for row in found] == [f"A-{number}" for number in range(25)]


def test_movements_of_one_instant_are_not_lost_between_pages(world: World) -> None:
    world.has_merchant()
    booked(world, *(movement(number, at=NOON) for number in range(5)))
    found = [row["movement_id"] for page in pages(world, limit="2") for row in rows(page)]
    assert sorted(found) == [f"pay_{number}-1-0" for number in range(5)]


def test_a_page_ends_before_its_bytes_do() -> None:
    """However long the references are, and how many movements a day has: they are read as they are told."""
    read = Counter[str]()

    def a_million() -> Iterator[tuple[Movement, str]]:
        for number in range(1_000_000):
            read["movements"] += 1
            yield movement(number % 1000, order_reference="é" * 100, psp_reference="x" * 255), str(number)

    lines, last = lines_of(a_million(), lambda each: json_line(each, "UTC"), exports.MOST_LINES)
    answer = json.dumps({"body": "".join(lines)})
    assert len("".join(lines).encode()) <= MOST_BYTES
    assert len(answer) < 6_000_000
    assert last == str(len(lines) - 1)
    assert read["movements"] == len(lines) + 1


def test_a_day_that_is_not_over_says_so(world: World) -> None:
    world.has_merchant()
    for span, status in ((timedelta(0), "open"), (timedelta(hours=12), "open"), (timedelta(minutes=15), "closed")):
        world.passes(span)
        assert export(world).headers["export-status"] == status


@pytest.mark.parametrize(
    "day", ["2030-01-02", "2031-01-01", "2030-02-30", "2030-1-1", "today", "20300101", "1969-12-31", "2030-01-01T00Z"]
)
def test_what_is_no_day_or_has_not_begun(world: World, day: str) -> None:
    world.has_merchant()
    answer = export(world, day)
    assert (answer.refusal, answer.pointers) == ((422, "invalid_request"), ["/day"])


@pytest.mark.parametrize(
    "query", [{"format": "xml"}, {"limit": "0"}, {"limit": "5001"}, {"cursor": "x"}, {"mode": "all"}, {"since": "1"}]
)
def test_what_it_cannot_be_asked_with(world: World, query: dict[str, str]) -> None:
    world.has_merchant()
    assert export(world, **query).refusal == (422, "invalid_request")


def test_it_tells_a_merchant_nothing_of_another(world: World) -> None:
    world.has_merchant()
    world.has_merchant("mer_2")
    booked(world, movement(1))
    booked(world, movement(2), merchant_id="mer_2")
    (row,) = rows(export(world))
    assert row["order_reference"] == "A-1"


def test_a_day_is_the_merchants(world: World) -> None:
    """A day of the clocks' change has 23 hours, and each movement is in one day."""
    world.has_merchant(time_zone="Europe/Berlin")
    world.system.time = NOON + timedelta(days=100)
    first = NOON.replace(month=3, day=30)
    hours = [movement(number, at=first + timedelta(hours=number)) for number in range(48)]
    booked(world, *hours)
    found = {day: rows(export(world, f"2030-{day}")) for day in ("03-30", "03-31", "04-01")}
    assert {day: len(each) for day, each in found.items()} == {"03-30": 11, "03-31": 23, "04-01": 14}
    assert {row["day"] for row in found["03-31"]} == {"2030-03-31"}
    world.has_merchant(time_zone="America/New_York")
    told = [row for day in ("03-30", "03-31", "04-01") for row in rows(export(world, f"2030-{day}"))]
    assert len(told) == 48


def test_late_news_leave_a_day_that_is_over_as_it_was(world: World) -> None:
    world.paid()
    world.call("capture_payment", {})
    world.passes(timedelta(days=1))
    before = export(world).text
    world.call("refund_payment", {"amount": 10})
    assert export(world).text == before
    assert moves(export(world, "2030-01-02")) == [("refund", -10)]


def test_a_psps_test_money_is_apart(world: World) -> None:
    world.has_merchant()
    booked(world, movement(1), movement(2, mode=Mode.TEST), movement(3, mode=Mode.LIVE))
    assert [row["order_reference"] for row in rows(export(world))] == ["A-1", "A-3"]
    assert [row["order_reference"] for row in rows(export(world, mode="test"))] == ["A-2"]


def test_the_psps_fee_and_payout_are_booked_when_they_are_told_and_once(world: World) -> None:
    world.paid()
    world.call("capture_payment", {})
    told = line("CAPTURE", "ch_1", 4999, 75)
    world.psp.settled = lambda since: [replace(told, payout=None)]  # type: ignore[attr-defined]
    for _ in range(2):
        reconcile_asked(world.system, PspAccount("sandbox"), Progress())
    world.passes(timedelta(seconds=1))
    world.psp.settled = lambda since: [replace(told, fee=80)]  # type: ignore[attr-defined]
    for _ in range(2):
        reconcile_asked(world.system, PspAccount("sandbox"), Progress())
    capture, fee, rest = rows(export(world))
    assert (capture["type"], capture["net"]) == ("capture", "4999")
    assert [(row["type"], row["amount"], row["fee"], row["net"]) for row in (fee, rest)] == [
        ("settlement", "0", "75", "-75"),
        ("settlement", "0", "5", "-5"),
    ]
    assert [row["settlement_reference"] for row in (fee, rest)] == ["", "po_1"]
    assert [row["psp_reference"] for row in (fee, rest)] == ["ch_1", "ch_1"]


def test_vendors_and_their_order_add_up_to_what_the_psp_moved(world: World, market: None) -> None:
    first, second = pays(world, "S-1"), pays(world, "S-2")
    captures(world, first)
    captures(world, second)
    world.call("refund_payment", {"amount": 10}, path=ORDER | {"payment_id": first})
    found = rows(export(world))
    payments = [world.order(aggregate_key_of(each)).payments[0] for each in (first, second)]
    assert sum(int(row["amount"]) for row in found) == sum(each.captured - each.refunded for each in payments) > 0
    assert {row["vendor_id"] for row in found} == {"ven_1"}
    assert {row["payment_id"] for row in found} == {first, second}


def test_a_redaction_reaches_the_books(world: World) -> None:
    world.created(order_reference="4111-secret-text")
    world.started()
    world.call("capture_payment", {})
    world.passes(timedelta(minutes=1))
    world.psp.settled = lambda since: [line("CAPTURE", "ch_1", 4999, 75)]  # type: ignore[attr-defined]
    reconcile_asked(world.system, PspAccount("sandbox"), Progress())
    assert {row["order_reference"] for row in rows(export(world))} == {"4111-secret-text"}
    redact_value(world.system, ORDER_KEY, "4111-secret-text", by="ada", reason="not to be kept")
    capture, settlement = rows(export(world))
    assert capture["order_reference"] == settlement["order_reference"] == world.order().order_reference
    assert (capture["amount"], settlement["fee"]) == ("4999", "75")
    assert "4111-secret-text" not in json.dumps(world.everything())
