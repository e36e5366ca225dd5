"""Bad input over HTTP: the contract's 4xx with its code for each, and the order unchanged."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import jwt
import pytest

from tests.flows.client import JSON, Answer, Merchant, authorized_order, send
from tests.flows.inside import Client
from tests.flows.minting import mint
from tests.tokens import private_key

pytestmark = [pytest.mark.flow, pytest.mark.filterwarnings("ignore:The HMAC key")]

HUGE = 1_000_000_000_001


@pytest.fixture(scope="module")
def held(merchant: Merchant) -> JSON:
    """An authorized payment with its order, for everything that is refused: it is the same after every test."""
    order, payment = authorized_order(merchant)
    return {"order": merchant.read(order), "payment": payment}


@pytest.fixture
def unchanged(merchant: Merchant, held: JSON) -> JSON:
    """The payment; the test fails if it or its order changed."""
    assert merchant.read(held["order"]) == held["order"]
    payment: JSON = held["payment"]
    return payment


@pytest.mark.parametrize(
    ("field", "value", "pointer"),
    [
        ("colour", "red", "/colour"),
        ("order_reference", None, "/order_reference"),
        ("order_reference", "", "/order_reference"),
        ("order_reference", "x" * 101, "/order_reference"),
        ("order_reference", 7, "/order_reference"),
        ("amount", None, "/amount"),
        ("amount", -1, "/amount"),
        ("amount", 49.99, "/amount"),
        ("amount", 4999.0, "/amount"),
        ("amount", "4999", "/amount"),
        ("amount", True, "/amount"),
        ("amount", HUGE, "/amount"),
        ("amount", 10**30, "/amount"),
        ("amount", [4999], "/amount"),
        ("currency", "XYZ", "/currency"),
        ("currency", "eur", "/currency"),
        ("currency", "EURO", "/currency"),
        ("currency", 978, "/currency"),
        ("capture", "later", "/capture"),
        ("methods", ["shells"], "/methods/0"),
        ("methods", [], "/methods"),
        ("return_urls", {"success": "javascript:alert(1)"}, "/return_urls/success"),
        ("return_urls", {"success": "ftp://example.com/"}, "/return_urls/success"),
        ("return_urls", {"succes": "https://example.com/"}, "/return_urls/succes"),
        ("notification_url", "http://example.com/", "/notification_url"),
        ("notification_url", "https://127.0.0.1/", "/notification_url"),
        ("notification_url", "https://169.254.169.254/latest/meta-data", "/notification_url"),
        ("notification_url", "https://me:secret@example.com/", "/notification_url"),
        ("vendor_id", "ven_nobody", "/vendor_id"),
        ("on_failed_tender", "shrug", "/on_failed_tender"),
        ("expires_in_minutes", 0, "/expires_in_minutes"),
        ("expires_in_minutes", 121, "/expires_in_minutes"),
        ("items", [{"name": "Bread", "amount": -1}], "/items"),
        ("metadata", ["a"], "/metadata"),
        ("metadata", {"a": "x" * 10_001}, "/metadata"),
        ("locale", "english", "/locale"),
    ],
)
def test_an_order_is_refused_with_the_field_that_is_wrong(
    field: str, value: object, pointer: str, merchant: Merchant
) -> None:
    problem = merchant.call("POST", "/orders", merchant.terms(**{field: value})).refused(422, "invalid_request")
    assert pointer in [error["pointer"] for error in problem["errors"]]
    assert all(error["detail"] for error in problem["errors"])


@pytest.mark.parametrize(
    ("raw", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b'{"amount": 1,}', "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"[]", "application/json", 422),
        (b"null", "application/json", 422),
        (b"", "application/json", 422),
        (b"amount=1", "text/plain", 415),
        (b"<order/>", "application/xml", 415),
        (b'{"a": "' + b"x" * 100_001 + b'"}', "application/json", 413),
        (b"[" * 5000, "application/json", 400),
    ],
)
def test_what_cannot_be_read_is_refused(raw: bytes, content_type: str, status: int, merchant: Merchant) -> None:
    answer = merchant.call("POST", "/orders", raw=raw, Content_Type=content_type)
    assert answer.status == status, answer.text
    assert answer.code


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_numbers_that_json_does_not_know_are_refused(number: str, merchant: Merchant) -> None:
    body = json.dumps(merchant.terms()).removesuffix("}") + f', "metadata": {{"n": {number}}}}}'
    answer = merchant.call("POST", "/orders", raw=body.encode(), Content_Type="application/json")
    assert answer.status in (400, 422), answer.text


@pytest.mark.parametrize("verb", ["capture", "cancel", "refund"])
@pytest.mark.parametrize("amount", [0, -1, 1.5, "1", True, HUGE])
def test_an_operations_amount_is_a_positive_integer(
    verb: str, amount: object, merchant: Merchant, unchanged: JSON
) -> None:
    merchant.do(unchanged, verb, {"amount": amount}).refused(422, "invalid_request")


@pytest.mark.parametrize(
    ("verb", "body", "status", "code"),
    [
        ("capture", {"amount": 5000}, 422, "amount_exceeds_available"),
        ("capture", {"amount": 1, "fee": 2}, 422, "amount_exceeds_available"),
        ("capture", {"fee": -1}, 422, "invalid_request"),
        ("capture", {"final": "perhaps"}, 422, "invalid_request"),
        ("capture", {"ammount": 1}, 422, "invalid_request"),
        ("cancel", {"amount": 5000}, 422, "amount_exceeds_available"),
        ("cancel", {"reason": "x"}, 422, "invalid_request"),
        ("refund", {}, 409, "operation_not_allowed"),
        ("withdraw", {}, 409, "operation_not_allowed"),
        ("withdraw", {"now": True}, 422, "invalid_request"),
        ("sync", {"now": True}, 422, "invalid_request"),
    ],
)
def test_an_operation_that_is_not_possible_is_refused(
    verb: str, body: JSON, status: int, code: str, merchant: Merchant, unchanged: JSON
) -> None:
    merchant.do(unchanged, verb, body).refused(status, code)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "invalid_request"),
        ({"method": "shells"}, 422, "invalid_request"),
        ({"method": "card", "colour": "red"}, 422, "invalid_request"),
        ({"method": "card", "instrument": "tok_visa"}, 422, "invalid_request"),
        ({"method": "card", "instrument": {"number": "4111111111111111"}}, 422, "card_data_not_allowed"),
        ({"method": "card", "amount": 0}, 422, "invalid_request"),
        ({"method": "card", "return_url": "nowhere"}, 422, "invalid_request"),
        ({"method": "bank_transfer"}, 422, "method_not_applicable"),
        ({"method": "card", "amount": 5000}, 422, "amount_exceeds_available"),
        ({"method": "gift_card"}, 422, "method_not_applicable"),
    ],
)
def test_a_start_that_is_wrong_is_refused(body: JSON, status: int, code: str, merchant: Merchant) -> None:
    order = merchant.order(methods=["card"])
    merchant.call("POST", f"/orders/{order['order_key']}/payments", body).refused(status, code)
    assert merchant.read(order) == order


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"amount": -1}, "invalid_request"),
        ({"amount": 0}, "amount_exceeds_available"),
        ({"amount": 49.99}, "invalid_request"),
        ({"currency": "USD"}, "invalid_request"),
        ({"metadata": 7}, "invalid_request"),
        ({"amount": 4998}, "amount_exceeds_available"),
    ],
)
def test_a_change_that_is_wrong_is_refused(body: JSON, code: str, merchant: Merchant, unchanged: JSON) -> None:
    merchant.call("PATCH", f"/orders/{unchanged['order_key']}", body).refused(422, code)


def test_refund_over_captured_is_refused(merchant: Merchant) -> None:
    order, payment = authorized_order(merchant)
    merchant.done(payment, "capture", amount=1000)
    before = merchant.read(order)
    merchant.do(payment, "refund", {"amount": 1001}).refused(422, "amount_exceeds_available")
    merchant.do(payment, "capture", {"amount": 4000}).refused(422, "amount_exceeds_available")
    merchant.on_order(order, "refund", amount=1001).refused(422, "amount_exceeds_available")
    assert merchant.read(order) == before


def test_a_reference_is_used_once(merchant: Merchant, other_merchant: Merchant) -> None:
    order = merchant.order()
    terms = merchant.terms(order_reference=order["order_reference"])
    merchant.call("POST", "/orders", terms).refused(409, "duplicate_reference")
    other_merchant.call("POST", "/orders", terms).expect(201)  # theirs are theirs


def calls_of(payment: JSON) -> list[tuple[str, str, JSON | None]]:
    """Every call that names an order or a payment."""
    order, key = f"/orders/{payment['order_key']}", payment["payment_id"]
    verbs = ("capture", "cancel", "refund", "withdraw", "sync")
    return [
        ("GET", order, None),
        ("GET", f"{order}/history", None),
        ("GET", f"{order}/payments/{key}", None),
        ("GET", f"/payments/{key}", None),
        ("PATCH", order, {"amount": 1}),
        ("POST", f"{order}/payments", {"method": "card", "instrument": {"token": "tok_visa"}}),
        *(("POST", f"{order}/{verb}", {}) for verb in ("withdraw", "cancel", "refund")),
        *(("POST", f"{order}/payments/{key}/{verb}", {}) for verb in verbs),
    ]


def test_another_merchants_order_is_not_found(merchant: Merchant, other_merchant: Merchant, unchanged: JSON) -> None:
    for method, path, body in calls_of(unchanged):
        other_merchant.call(method, path, body).refused(404, "not_found")
    assert merchant.payment(unchanged) == unchanged


def test_nobodys_order_is_not_found(merchant: Merchant) -> None:
    nobody = "00000000000000000000000000"
    for method, path, body in calls_of({"order_key": f"ord_{nobody}", "payment_id": f"pay_{nobody}_1"}):
        merchant.call(method, path, body).refused(404, "not_found")


@pytest.mark.parametrize(
    "payment_id", ["1", "pay_", "pay__1", "pay_x_1_", "ord_x_1", "pay_x_y", "%23", "pay_x_%F0%9F%92%B6"]
)
def test_an_id_of_no_payment_is_not_found(payment_id: str, merchant: Merchant, unchanged: JSON) -> None:
    merchant.call("GET", f"/payments/{payment_id}").refused(404, "not_found")
    merchant.call("GET", f"/orders/{unchanged['order_key']}/payments/{payment_id}").refused(404, "not_found")


def test_a_payment_is_not_found_under_another_order(merchant: Merchant, unchanged: JSON) -> None:
    other = merchant.order()
    merchant.do(unchanged | {"order_key": other["order_key"]}, "capture", {}).refused(404, "not_found")
    assert merchant.payment(unchanged) == unchanged


def test_what_is_not_there_is_not_found(merchant: Merchant) -> None:
    for method, path in (
        ("GET", "/nothing"),
        ("DELETE", "/orders/ord_x"),
        ("POST", "/orders/ord_x/payments/pay_x_1/eat"),
    ):
        assert merchant.call(method, path).status in (403, 404, 405)


@pytest.fixture(scope="module")
def bad_tokens(merchant: Merchant, aws: Client, resources: dict[str, str]) -> dict[str, str]:
    """Authorization headers that must not work, each made from what does."""
    good = jwt.decode(merchant.token, options={"verify_signature": False})
    now, signed = datetime.now(UTC), mint(aws, resources).signed

    head, claims, signature = merchant.token.split(".")
    without_key = base64.urlsafe_b64encode(b'{"alg":"none","kid":"k1","typ":"JWT"}').decode().rstrip("=")
    assert send("GET", f"{merchant.api_url}/orders", headers={"Authorization": signed(good)}).status == 200
    return {
        "missing": "",
        "another scheme": "Basic " + base64.b64encode(b"a:b").decode(),
        "no token": "Bearer ",
        "no jwt": "Bearer abc",
        "expired": signed(good | {"exp": now - timedelta(seconds=1)}),
        "without expiry": signed({name: value for name, value in good.items() if name != "exp"}),
        "of another issuer": signed(good | {"iss": "somebody"}),
        "of a merchant that is none": signed(good | {"sub": "mer_nobody"}),
        "forged": signed(good, key=private_key(1)),
        "of an unknown key": signed(good, kid="k9"),
        "signed with the name of an item as key id": signed(good, kid="PUBLIC"),
        "unsigned": f"Bearer {without_key}.{claims}.",
        "with another's claims": f"Bearer {head}.{jwt_part(good | {'sub': 'mer_x'})}.{signature}",
    }


def jwt_part(claims: JSON) -> str:
    return base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")


NAMES = (
    "missing",
    "another scheme",
    "no token",
    "no jwt",
    "expired",
    "without expiry",
    "of another issuer",
    "of a merchant that is none",
    "forged",
    "of an unknown key",
    "signed with the name of an item as key id",
    "unsigned",
    "with another's claims",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_token_that_is_not_good_is_refused(
    name: str, bad_tokens: dict[str, str], merchant: Merchant, unchanged: JSON
) -> None:
    header = {"Authorization": bad_tokens[name]} if bad_tokens[name] else {}
    path = f"/orders/{unchanged['order_key']}"
    answers: list[Answer] = [
        send("GET", merchant.api_url + path, headers=header),
        send("POST", f"{merchant.api_url}{path}/payments/{unchanged['payment_id']}/capture", "{}", header),
    ]
    for answer in answers:
        answer.refused(401, "unauthorized")
        assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_token_without_the_scope_may_not(
    merchant: Merchant, aws: Client, resources: dict[str, str], unchanged: JSON
) -> None:
    claims = jwt.decode(merchant.token, options={"verify_signature": False}) | {"scope": "orders:read"}
    headers = {"Authorization": mint(aws, resources).signed(claims), "Content-Type": "application/json"}
    path = f"{merchant.api_url}/orders/{unchanged['order_key']}"
    send("GET", path, headers=headers).expect(200)
    answer = send("POST", f"{path}/payments/{unchanged['payment_id']}/capture", "{}", headers)
    assert answer.status == 403
    assert merchant.payment(unchanged) == unchanged
