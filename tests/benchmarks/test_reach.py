"""How far the keys carry that the code really writes (GO-3): no partition gets more than DynamoDB gives one."""

import re

import pytest

from benchmarks.reach import MOST, SETTINGS, heats
from tests.template.reading import ROOT, functions, template

PARAMETERS = {"DUE_SHARDS": "DueShards", "ANNOUNCE_SHARDS": "AnnounceShards", "LIST_SHARDS": "ListShards"}


@pytest.mark.parametrize("rate", SETTINGS)
def test_every_partition_has_room(rate: int) -> None:
    found = heats(rate)
    assert {"DUE", "ANNOUNCE", "mer_a", "NOTIFICATIONS#mer_a"} <= {each.key for each in found}
    assert any(each.key.startswith("BOOKS#mer_a#") for each in found)
    assert [each for each in found if each.at(rate) >= MOST] == []


def test_the_settings_are_those_that_operators_are_told() -> None:
    table = (ROOT / "docs/deploy.md").read_text()
    usual, large = SETTINGS.values()
    for name, parameter in PARAMETERS.items():
        row = rf"\| `{parameter}`, `{parameter}Read` \| {usual[name]} \| {large[name]} \|"
        assert re.search(row, table), row
        for each in (parameter, f"{parameter}Read"):
            assert str(template()["Parameters"][each]["Default"]) == usual[name]


def test_every_function_knows_the_counts() -> None:
    known = template()["Globals"]["Function"]["Environment"]["Variables"]
    for name, parameter in PARAMETERS.items():
        assert known[name] == {"Ref": parameter}
        assert known[f"{name}_READ"] == {"Ref": f"{parameter}Read"}
    assert not [name for name, each in functions().items() if "_SHARDS" in str(each)]
