"""The write units that `make bench` counts, counted once more by a store that reports its consumed capacity (ONE-5).

Every write of each flow is repeated in tables of the local cloud that have the template's keys and indexes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest

from benchmarks.bill.cost import bill
from benchmarks.bill.flows import FLOWS
from benchmarks.bill.metering import Call
from tests.flows.inside import Client
from tests.template.reading import resources

pytestmark = pytest.mark.flow

AGREEMENT = 0.05
SCHEMA = ("KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes", "BillingMode")
NAMES = {"orders": "OrdersTable", "merchants": "MerchantsTable", "shoppers": "ShoppersTable"}


@pytest.fixture
def tables(aws: Client) -> Iterator[dict[str, str]]:
    """New tables, by the names that they have in the benchmark."""
    dynamodb = aws("dynamodb")
    made = {name: f"bench-{name}-{uuid4().hex[:8]}" for name in NAMES}
    for name, real in made.items():
        properties = resources("DynamoDB::Table")[NAMES[name]]["Properties"]
        schema = {each: properties[each] for each in SCHEMA if each in properties}
        dynamodb.create_table(TableName=real, **schema)
    yield made
    for real in made.values():
        dynamodb.delete_table(TableName=real)


@pytest.mark.parametrize("flow", FLOWS)
def test_the_store_reports_the_units_that_are_counted(flow: str, aws: Client, tables: dict[str, str]) -> None:
    counted = bill(flow)
    reported = sum(_units(aws("dynamodb"), call, tables) for call in counted.calls)
    assert reported == pytest.approx(counted.counts["write units"], rel=AGREEMENT)


def _units(dynamodb: Any, call: Call, tables: dict[str, str]) -> float:
    operation, asked = call
    repeat: Callable[..., Any] = getattr(dynamodb, operation)
    answer = repeat(**_renamed(asked, tables), ReturnConsumedCapacity="INDEXES")
    told = answer["ConsumedCapacity"]
    return float(sum(each["CapacityUnits"] for each in (told if isinstance(told, list) else [told])))


def _renamed(value: Any, tables: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {
            name: tables[inner] if name == "TableName" else _renamed(inner, tables) for name, inner in value.items()
        }
    return [_renamed(each, tables) for each in value] if isinstance(value, list) else value
