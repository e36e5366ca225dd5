"""What `make run` takes: an origin of one's own is exact and on this machine."""

import argparse

import pytest

from local.__main__ import own_server, parser


@pytest.mark.parametrize("given", ["http://127.0.0.1:3000", "http://localhost:8080", "http://[::1]:3000", ""])
def test_an_own_server_is_an_origin_on_this_machine(given: str) -> None:
    assert own_server(given) == (given or None)


@pytest.mark.parametrize(
    "given",
    [
        *("http://127.0.0.1:3000/", "http://127.0.0.1:3000/events", "https://127.0.0.1:3000", "127.0.0.1:3000", "3000"),
        *("http://192.168.0.7:3000", "http://shop.example.com", "http://169.254.169.254", "http://a@127.0.0.1:3000"),
        *("http://127.0.0.1:3000,http://10.0.0.1", "ftp://127.0.0.1", "http://"),
    ],
)
def test_nothing_else_is(given: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        own_server(given)


def test_make_run_without_one_gives_an_empty_word() -> None:
    assert parser().parse_args(["up", "--listen", ""]).listen is None
