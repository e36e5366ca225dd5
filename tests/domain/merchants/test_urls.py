"""Which URLs a merchant may give (RG-12), and what cursors and passwords are made of."""

import pytest

from tillgate.api.http.cursors import cursor_of, position_of
from tillgate.domain.merchants.urls import check_notification_url, check_public_url, check_return_url
from tillgate.use_cases.merchants.client_secrets import hash_secret, matches, new_secret

PUBLIC = [
    "https://shop.example.com",
    "https://shop.example.com:8443/path?a=1#b",
    "https://SHOP.example.com./",
    "https://8.8.8.8/",
    "https://[2606:4700::1111]/",
]
PRIVATE = [
    "",
    "shop.example.com",
    "//shop.example.com",
    "http://shop.example.com",
    "ftp://shop.example.com",
    "javascript:alert(1)",
    "https://",
    "https:///path",
    "https://localhost",
    "https://a.localhost",
    "https://intranet",
    "https://host.local",
    "https://host.internal",
    "https://127.0.0.1",
    "https://127.1",
    "https://0x7f.1",
    "https://0x7f000001",
    "https://2130706433",
    "https://0",
    "https://10.0.0.1",
    "https://172.16.0.1",
    "https://192.168.1.1",
    "https://169.254.169.254/latest/meta-data",
    "https://100.64.0.1",
    "https://[::1]",
    "https://[::ffff:127.0.0.1]",
    "https://[fe80::1]",
    "https://[fc00::1]",
    "https://[fec0::1]",
    "https://[feff::1]",
    "https://192.88.99.1",
    "https://[2002:c058:6301::1]",
    "https://shop.example.com;script-src.example.com",
    "https://shop.example.com'x.example.com",
    'https://shop.example.com"x.example.com',
    "https://shop.example.com<x.example.com",
    "https://shop.example.com,x.example.com",
    "https://(shop).example.com",
    "https://[::1",
    "https://user@shop.example.com",
    "https://user:password@shop.example.com",
    "https://shop.example.com:99999",
    "https://shop.example.com:x",
    "https://shop..example.com",
    "https://shop.example.com/a b",
    "https://shop.example.com/\n",
    "https://shop.example.com/" + "x" * 2048,
]
LOCAL = ["http://127.0.0.1:4567/thanks", "http://localhost/", "http://[::1]:80/"]


@pytest.mark.parametrize("url", PUBLIC)
def test_a_public_url(url: str) -> None:
    assert check_public_url(url) == url
    assert check_return_url(url, allow_local=False) == url


@pytest.mark.parametrize("port", [1, 22, 80, 444, 3306, 6379, 9200, 65535])
def test_what_we_call_has_a_port_of_https(port: int) -> None:
    """The shopper's browser may go to any."""
    url = f"https://shop.example.com:{port}/"
    with pytest.raises(ValueError, match="port 443 or 8443"):
        check_notification_url(url)
    assert check_return_url(url, allow_local=False) == url
    for good in (":443", ":8443", ""):
        assert check_notification_url(f"https://shop.example.com{good}/", ("http://127.0.0.1:3000",))
    assert check_notification_url("http://127.0.0.1:3000/x", ("http://127.0.0.1:3000",))


@pytest.mark.parametrize("url", [*PRIVATE, *LOCAL])
def test_one_that_is_not(url: str) -> None:
    with pytest.raises(ValueError, match=r"must be|Invalid"):
        check_public_url(url)
    with pytest.raises(ValueError, match=r"must be|Invalid"):
        check_return_url(url, allow_local=False)


@pytest.mark.parametrize("url", [*LOCAL, *PUBLIC])
def test_locally_a_browser_may_be_sent_to_any_http_url(url: str) -> None:
    assert check_return_url(url, allow_local=True) == url


@pytest.mark.parametrize("url", ["http://", "http://user@127.0.0.1", "file:///etc/passwd", "https://127.0.0.1"])
def test_locally_not_everything_is_a_url_either(url: str) -> None:
    with pytest.raises(ValueError, match=r"must be|Invalid"):
        check_return_url(url, allow_local=True)


def test_a_cursor_comes_back_as_it_was_made() -> None:
    position = "2030-01-01T12:00:00.000000Z#ord_00000000000000000000000001"
    cursor = cursor_of(position)
    assert cursor is not None
    assert cursor.isascii()
    assert position_of(cursor) == position
    assert cursor_of(None) is position_of(None) is None


def test_a_secret_is_kept_as_a_slow_hash_alone() -> None:
    secret = new_secret()
    stored = hash_secret(secret)
    assert secret not in stored
    assert stored != hash_secret(secret)  # salted
    assert matches(secret, stored)
    assert not matches(secret + "x", stored)
    assert not matches("", stored)
    assert len({new_secret() for _ in range(100)}) == 100
