"""Product and floor of `make bench` do the same: what is compared is comparable. No time is looked at."""

from collections.abc import Iterator

import pytest

from benchmarks.subjects import SUBJECTS
from benchmarks.warm import Worker, stand_in, worker


@pytest.fixture(scope="module")
def workers() -> Iterator[tuple[Worker, Worker]]:
    with stand_in() as url, worker("product", url) as product, worker("floor", url) as floor:
        yield product, floor


@pytest.mark.parametrize("operation", SUBJECTS)
def test_the_floor_repeats_what_a_handler_calls(operation: str, workers: tuple[Worker, Worker]) -> None:
    product, floor = workers
    told = product("script", operation)
    assert told["script"]
    floor("repeat", told["script"], told["event"])
    product("make_ready", operation, 2)
    assert [len(each("measure", 2)) for each in workers] == [1, 1]  # the first is not counted


def test_a_first_call_reads_the_merchant_and_the_keys_of_tokens_too(workers: tuple[Worker, Worker]) -> None:
    product, _ = workers
    assert len(product("first", "get_order")["script"]) == len(product("script", "get_order")["script"]) + 2
