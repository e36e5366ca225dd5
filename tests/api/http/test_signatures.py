"""Which signatures of calls are taken (RG-11). They are made with a library that knows nothing of ours."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.signing import Call, components, sign
from tillgate.api.http.problems import Problem
from tillgate.api.http.request import Request
from tillgate.api.http.request_signatures import check
from tillgate.domain.merchants.account import Merchant, SignatureKey

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
SECRET = b"0123456789abcdef0123456789abcdef"
KEY = SignatureKey("sig_1", base64.b64encode(SECRET).decode(), NOON)
ACCOUNT = Merchant("mer_1", "Ada", signature_keys=(KEY,))
STRICT = replace(ACCOUNT, requires_signatures=True)
URL = "https://api.example.com/v1"
PATH = "/orders/ord_1/payments"
BODY = json.dumps({"method": "card", "instrument": {"token": "tok_visa"}}).encode()
HEADERS = {"content-type": "application/json", "idempotency-key": "k-1", "if-match": '"3"'}


class _Seal:
    def decrypt(self, sealed: str, merchant_id: str, purpose: str) -> str:
        assert (merchant_id, purpose) == ("mer_1", "request-signature")
        return sealed


class _System:
    """What verifying needs: the time, our address, the account as it is now, and what opens its keys."""

    seal = _Seal()
    api_url = URL

    def __init__(self, now: Merchant) -> None:
        self._account = now
        self.merchants = self

    def now(self) -> datetime:
        return NOON

    def merchant(self, _merchant_id: str, *, fresh: bool) -> Merchant:
        assert fresh
        return self._account


def started(**changes: Any) -> Call:
    """A START, not yet signed."""
    return replace(Call("POST", f"{URL}{PATH}", dict(HEADERS), BODY), **changes)


def listed(query: str = "limit=5&status=PAID") -> Call:
    return Call("GET", f"{URL}/orders?{query}", {"accept": "application/json"})


def event_of(call: Call) -> dict[str, Any]:
    """What API Gateway makes of it."""
    parts = urlsplit(call.url)
    path = parts.path.removeprefix("/v1")
    key = path.split("/")[2] if path.startswith("/orders/") else None
    return {
        "httpMethod": call.method,
        "path": path,
        "resource": path.replace(f"/{key}/", "/{order_key}/", 1) if key else path,
        "pathParameters": {"order_key": key} if key else None,
        "headers": dict(call.headers),
        "multiValueHeaders": {name: [value] for name, value in call.headers.items()},
        "multiValueQueryStringParameters": parse_qs(parts.query, keep_blank_values=True) or None,
        "requestContext": {"path": parts.path},
        "body": call.body.decode("latin-1") if call.body else None,
        "isBase64Encoded": False,
    } | ({"body": base64.b64encode(call.body).decode(), "isBase64Encoded": True} if call.body else {})


def verified(event: dict[str, Any], account: Merchant = STRICT, now: Merchant | None = None) -> str | None:
    return check(Request(event, cast(Any, _System(now or account))), account)


def signed(call: Call, **options: Any) -> dict[str, Any]:
    call.headers = dict(sign(call, "sig_1", SECRET, **{"created": NOON} | options))
    return event_of(call)


def refused(event: dict[str, Any], code: str = "signature_invalid", account: Merchant = STRICT) -> Problem:
    with pytest.raises(Problem) as caught:
        verified(event, account)
    expected = 400 if code == "digest_mismatch" else 401
    assert (caught.value.status, caught.value.code) == (expected, code), caught.value.detail
    return caught.value


@pytest.mark.parametrize(
    "call",
    [
        started(),
        started(headers={"idempotency-key": "k-1"}, body=b""),
        listed(),
        listed("cursor=a%2Fb%3D%3D&created_from=2030-01-01T00%3A00%3A00%2B01%3A00&order_reference=%C3%BC+~*%20'(x)"),
        listed("limit="),
        Call("GET", f"{URL}/account"),
    ],
    ids=["with a body", "without a body", "query", "odd query", "empty value", "read"],
)
def test_a_call_that_another_librarys_client_signed_is_taken(call: Call) -> None:
    assert verified(signed(call)) == "sig_1"


@pytest.mark.parametrize("asked", ["/v1", "/pay", "", "/_aws/execute-api/a1b2/v1"])
def test_the_path_may_be_the_one_of_any_address_that_leads_here(asked: str) -> None:
    """An address of ours, or of the operator's proxy before it, which our own address names (RG-11)."""
    event = signed(started(url=f"https://pay.example.com{asked}{PATH}"))
    event["resource"], event["pathParameters"] = "/orders/{order_key}/payments", {"order_key": "ord_1"}
    by_gateway = event | {"requestContext": {"path": f"{asked}{PATH}"}}
    assert verified(by_gateway) == "sig_1"
    by_proxy = event | {"requestContext": {"path": f"/v1{PATH}"}}
    system = _System(STRICT)
    system.api_url = f"https://pay.example.com{asked}"
    assert check(Request(by_proxy, cast(Any, system)), STRICT) == "sig_1"


def _flip(text: str, at: int) -> str:
    at %= len(text)
    return text[:at] + ("b" if text[at] == "a" else "a") + text[at + 1 :]


def _body(event: dict[str, Any], at: int) -> None:
    raw = bytearray(base64.b64decode(event["body"]))
    raw[at // 8 % len(raw)] ^= 1 << at % 8
    event["body"] = base64.b64encode(raw).decode()


def _header(name: str) -> Callable[[dict[str, Any], int], None]:
    def change(event: dict[str, Any], at: int) -> None:
        (value,) = event["multiValueHeaders"][name]
        event["multiValueHeaders"][name] = [_flip(value, at)]
        event["headers"][name] = _flip(value, at)

    return change


def _dropped(name: str) -> Callable[[dict[str, Any], int], None]:
    def change(event: dict[str, Any], _at: int) -> None:
        del event["multiValueHeaders"][name], event["headers"][name]

    return change


def _path(event: dict[str, Any], at: int) -> None:
    event["pathParameters"] = {"order_key": _flip("ord_1", at)}
    event["requestContext"] = {"path": f"/v1/orders/{_flip('ord_1', at)}/payments"}


def _route(event: dict[str, Any], _at: int) -> None:
    event["resource"], event["requestContext"] = "/orders/{order_key}/refund", {"path": "/v1/orders/ord_1/refund"}


CHANGES: dict[str, Callable[[dict[str, Any], int], None]] = {
    "body": _body,
    "no body": lambda event, _: event.update(body=None),
    "method": lambda event, _: event.update(httpMethod="PATCH"),
    "path": _path,
    "route": _route,
    "query": lambda event, _: event.update(multiValueQueryStringParameters={"limit": ["5"]}),
    **{name: _header(name) for name in (*HEADERS, "content-digest", "signature")},
    **{f"no {name}": _dropped(name) for name in (*HEADERS, "content-digest", "signature", "signature-input")},
}


@given(st.sampled_from(sorted(CHANGES)), st.integers(min_value=0, max_value=2000))
def test_whatever_is_changed_of_a_signed_call_it_is_refused(what: str, at: int) -> None:
    event = signed(started())
    assert verified(event) == "sig_1"
    before = json.dumps(event)
    CHANGES[what](event, at)
    assert json.dumps(event) != before
    with pytest.raises(Problem) as caught:
        verified(event)
    assert caught.value.status in (400, 401)
    assert caught.value.code in ("digest_mismatch", "signature_invalid", "signature_required")


@given(st.sampled_from(["limit", "status"]), st.text(max_size=20), st.booleans())
def test_whatever_is_changed_of_a_signed_query_it_is_refused(name: str, value: str, more: bool) -> None:
    event = signed(listed())
    query = event["multiValueQueryStringParameters"]
    if query[name] == [value] and not more:
        return
    query[name] = [*query[name], value] if more else [value]
    refused(event)


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_with_a_meaning_cannot_be_added(name: str) -> None:
    call = started(headers={each: value for each, value in HEADERS.items() if each != name or name != "if-match"})
    call.headers.pop(name, None)
    event = signed(call, covered=components(call))
    event["headers"][name] = HEADERS[name]
    event["multiValueHeaders"][name] = [HEADERS[name]]
    assert name in refused(event).detail


@pytest.mark.parametrize("left_out", ["@method", "@path", *HEADERS])
def test_what_is_not_covered_is_named(left_out: str) -> None:
    call = started()
    problem = refused(signed(call, covered=[each for each in components(call) if each != left_out]))
    assert f'"{left_out}"' in problem.detail
    assert f'"{left_out}"' in problem.headers["Accept-Signature"]
    assert problem.headers["WWW-Authenticate"].startswith("Signature ")


def test_a_body_that_is_not_covered_is_refused() -> None:
    assert '"content-digest"' in refused(signed(started(), digest=False)).detail
    assert '"@query-param";name="limit"' in refused(signed(listed(), covered=["@method", "@path"])).detail


def test_where_calls_must_be_signed_a_copy_does_nothing_for_it_has_a_key() -> None:
    bare = signed(started(headers={"content-type": "application/json"}))
    assert '"idempotency-key"' in refused(bare).detail
    assert verified(bare, ACCOUNT) == "sig_1"


@pytest.mark.parametrize("name", ["@authority", "@target-uri", "@scheme", "@query", "@request-target"])
def test_what_a_gateway_may_change_is_not_to_be_covered(name: str) -> None:
    assert name in refused(signed(started(), covered=[*components(started()), name])).detail


@pytest.mark.parametrize("minutes", [-6, -5.1, 5.1, 600])
def test_an_old_signature_and_one_of_the_future_are_refused(minutes: float) -> None:
    assert "created" in refused(signed(started(), created=NOON + timedelta(minutes=minutes))).detail


def test_a_clock_may_be_some_minutes_off() -> None:
    for minutes in (-4.9, 4.9):
        assert verified(signed(started(), created=NOON + timedelta(minutes=minutes)))


def test_what_has_expired_is_refused() -> None:
    assert "expired" in refused(signed(started(), expires=NOON - timedelta(seconds=1))).detail
    assert verified(signed(started(), expires=NOON + timedelta(seconds=1), nonce="n", tag="shop"))


def test_a_key_of_another_account_or_a_retired_one_is_refused() -> None:
    refused(signed(started()), account=replace(STRICT, signature_keys=(replace(KEY, key_id="sig_2"),)))
    refused(signed(started()), account=replace(ACCOUNT, signature_keys=(replace(KEY, key_id="sig_2"),)))


def test_a_key_is_known_at_once() -> None:
    """Also to a process that read the account before the key was made."""
    assert verified(signed(started()), replace(ACCOUNT, signature_keys=()), now=ACCOUNT) == "sig_1"


def test_two_keys_live_side_by_side() -> None:
    other = SignatureKey("sig_0", base64.b64encode(b"x" * 32).decode(), NOON)
    assert verified(signed(started()), replace(STRICT, signature_keys=(other, KEY))) == "sig_1"


def test_unsigned_calls() -> None:
    event = event_of(started())
    assert verified(event, ACCOUNT) is None
    assert '"content-digest"' in refused(event, "signature_required").headers["Accept-Signature"]


def test_who_has_no_keys_may_come_through_a_proxy_that_signs() -> None:
    nobody = replace(ACCOUNT, signature_keys=())
    assert verified(signed(started()), nobody, now=nobody) is None


def test_a_digest_alone_is_verified() -> None:
    """A checksum without a signature (RG-11)."""
    call = started()
    call.headers["content-digest"] = "sha-256=:" + base64.b64encode(b"0" * 32).decode() + ":"
    refused(event_of(call), "digest_mismatch", ACCOUNT)
    for field in ("", "sha-256", "md5=:AAAA:", "sha-256=:AAAA:, sha-256=:BBBB:", "sha-256=abc", "ü"):
        call.headers["content-digest"] = field
        refused(event_of(call), "digest_mismatch", ACCOUNT)


def test_stronger_digests_are_taken_too() -> None:
    call = started()
    both = [
        (name, base64.b64encode(hashlib.new(name.replace("-", ""), BODY).digest())) for name in ("sha-256", "sha-512")
    ]
    call.headers["content-digest"] = ", ".join(f"{name}=:{value.decode()}:" for name, value in both) + ", crc32c=:AAAA:"
    assert verified(event_of(call), ACCOUNT) is None


PIECES = st.sampled_from(
    ['sig=("@method" "@path");created=1893499200;keyid="sig_1"', "sig=()", "sig", "sig=1", "a=(b)", ""]
)


@given(
    st.one_of(PIECES, st.text(max_size=60)), st.one_of(st.sampled_from(["sig=:AAAA:", "sig=1"]), st.text(max_size=30))
)
def test_no_field_breaks_it(what: str, value: str) -> None:
    event = event_of(started())
    event["headers"] |= {"signature-input": what, "signature": value}
    event["multiValueHeaders"] |= {"signature-input": [what], "signature": [value]}
    refused(event)
