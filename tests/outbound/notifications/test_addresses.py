"""No URL leads a notification to a place that is not the public Internet (RG-12)."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tillgate.domain.merchants.urls import check_notification_url, check_public_url, is_public
from tillgate.outbound.notifications.addresses import Forbidden, target
from tillgate.wiring import System

SHOP = "http://127.0.0.1:4567"
PUBLIC = "93.184.216.34"

BAD_TEXT = [
    "",
    "shop.example.com/notify",
    "//shop.example.com/notify",
    "http://shop.example.com/notify",
    "ftp://shop.example.com/notify",
    "file:///etc/passwd",
    "gopher://shop.example.com/",
    "javascript:alert(1)",
    "https://",
    "https:///notify",
    "https://localhost/notify",
    "https://LOCALHOST./notify",
    "https://shop.localhost/notify",
    "https://intranet/notify",
    "https://printer.local/notify",
    "https://metadata.google.internal/computeMetadata/v1/",
    "https://127.0.0.1/notify",
    "https://127.0.0.1:443/notify",
    "https://127.0.0.1./notify",
    "https://127.1/notify",
    "https://127.0.1/notify",
    "https://2130706433/notify",  # 127.0.0.1 in decimal
    "https://017700000001/notify",  # in octal
    "https://0177.0.0.1/notify",
    "https://0x7f000001/notify",
    "https://0x7f.0x0.0x0.0x1/notify",
    "https://127.0.0.0x1/notify",
    "https://0/notify",
    "https://0.0.0.0/notify",
    "https://10.0.0.8/notify",
    "https://172.16.0.1/notify",
    "https://192.168.1.1/notify",
    "https://100.64.0.1/notify",
    "https://169.254.169.254/latest/meta-data/",
    "https://169.254.170.2/v2/credentials",
    "https://224.0.0.1/notify",
    "https://255.255.255.255/notify",
    "https://[::1]/notify",
    "https://[::]/notify",
    "https://[::ffff:127.0.0.1]/notify",
    "https://[::ffff:7f00:1]/notify",
    "https://[::127.0.0.1]/notify",
    "https://[fe80::1]/notify",
    "https://[fe80::1%25eth0]/notify",
    "https://[fc00::1]/notify",
    "https://[fd00:ec2::254]/latest/meta-data/",
    "https://[ff0e::1]/notify",
    "https://[2002:7f00:1::]/notify",  # 6to4 around 127.0.0.1
    "https://[64:ff9b::7f00:1]/notify",  # NAT64 around 127.0.0.1
    "https://[64:ff9b::a9fe:a9fe]/notify",
    "https://[2001:0:7f00:1::]/notify",  # Teredo
    "https://[::1/notify",
    "https://user@shop.example.com/notify",
    "https://user:secret@shop.example.com/notify",
    "https://shop.example.com@127.0.0.1/notify",
    "https://shop.example.com\\@127.0.0.1/notify",
    "https://127.0.0.1\\.shop.example.com/",
    "https://shop.example.com:99999/notify",
    "https://shop.example.com:port/notify",
    "https://shop..example.com/notify",
    "https://.example.com/notify",
    "https://\uff11\uff12\uff17.0.0.1/notify",  # digits of full width
    "https://shop.example.com/a b",
    "https://shop.example.com/a\r\nHost: inside",
    "https://shop.example.com/\t",
    "https://shop.example.com/" + "a" * 2048,
]


@pytest.mark.parametrize("url", BAD_TEXT)
def test_it_is_refused_when_it_is_set_and_when_it_is_used(url: str) -> None:
    with pytest.raises(ValueError, match="must"):
        check_or_say_so(url)
    with pytest.raises(Forbidden):
        target(url, resolver=lambda host, port: [PUBLIC])


def check_or_say_so(url: str) -> None:
    try:
        check_public_url(url)
    except ValueError as error:
        raise ValueError(f"must not be: {error}") from None


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example.com/notify",
        "https://shop.example.com:8443/notify?shop=1",
        "https://xn--bcher-kva.example/notify",
        "https://93.184.216.34/notify",
        "https://[2606:2800:220:1:248:1893:25c8:1946]/notify",
    ],
)
def test_a_public_one_is_taken(url: str) -> None:
    assert check_public_url(url) == url
    assert target(url, resolver=lambda host, port: [PUBLIC]).address == PUBLIC


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["10.1.2.3"],
        ["169.254.169.254"],
        ["::1"],
        ["fe80::1%2"],
        ["::ffff:10.0.0.1"],
        ["2002:a00:1::"],
        ["not an address"],
        [PUBLIC, "127.0.0.1"],  # one that is not public is enough
        ["2606:2800:220:1:248:1893:25c8:1946", "fd00::1"],
    ],
)
def test_a_good_name_that_leads_inside_is_refused(addresses: list[str]) -> None:
    with pytest.raises(Forbidden, match="not public"):
        target("https://shop.example.com/notify", resolver=lambda host, port: addresses)


def test_a_name_that_changes_its_answer_is_asked_once_and_the_checked_address_is_called() -> None:
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    found = target("https://rebind.example.com/notify", resolver=lambda host, port: next(answers))
    assert (found.address, found.host) == (PUBLIC, "rebind.example.com")
    with pytest.raises(Forbidden):
        target("https://rebind.example.com/notify", resolver=lambda host, port: next(answers))


def test_a_local_server_is_let_through_by_its_exact_origin_alone() -> None:
    own = "http://127.0.0.1:3000"
    for mine in (SHOP, own):
        assert check_notification_url(f"{mine}/notify", (SHOP, own)) == f"{mine}/notify"
        assert target(f"{mine}/notify", (SHOP, own)).address == "127.0.0.1"


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://127.0.0.1:4568/",
            "https://127.0.0.1:4567/",
            "http://localhost:4567/",
            "http://127.0.0.1/",
            "/notify",
        ),
        *(
            "http://127.0.0.1:45670/",
            "http://user@127.0.0.1:4567/",
            "http://127.0.0.1:4567.example.com/",
            "http://127.1:4567",
        ),
        *(
            "http://127.0.0.1:4567 .example.com/",
            "//127.0.0.1:4567/",
            "HTTP://[::1]:4567/",
            "http://127.0.0.1:4567\\@x/",
        ),
    ],
)
def test_every_other_url_is_as_it_was(url: str) -> None:
    for local in ((), ("",), (SHOP,)):
        with pytest.raises(ValueError, match="must"):
            check_notification_url(url, local)
        with pytest.raises(Forbidden):
            target(url, local)


@given(
    st.sampled_from(["http", "https"]),
    st.sampled_from(["127.0.0.1", "localhost", "shop.example.com", "10.0.0.1"]),
    st.integers(0, 65535),
)
def test_a_local_server_changes_the_rules_of_no_other_origin(scheme: str, host: str, port: int) -> None:
    def verdict(local: tuple[str, ...]) -> str:
        try:
            return check_notification_url(f"{scheme}://{host}:{port}/x", local)
        except ValueError as error:
            return str(error)

    assume(f"{scheme}://{host}:{port}" != SHOP)
    assert verdict((SHOP,)) == verdict(())


def test_only_the_local_stage_has_local_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the environment says: what allows them is the stage, and the template leaves both out on AWS."""
    monkeypatch.setenv("LOCAL_RECEIVERS", f"{SHOP},http://127.0.0.1:3000")
    for allowed, found in (("true", (SHOP, "http://127.0.0.1:3000")), ("false", ()), ("", ())):
        monkeypatch.setenv("ALLOW_LOCAL_URLS", allowed)
        assert System().local_origins == found


@pytest.mark.parametrize("text", ["", "localhost", "1", "127.0.0.1", "0.0.0.1", "::", "::ffff:0:0", "192.0.2.1"])
def test_these_addresses_are_not_public(text: str) -> None:
    assert not is_public(text)
