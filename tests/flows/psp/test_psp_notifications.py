"""A PSP's notifications (IS-12, IS-13): as often as they come, once; only from the PSP; nothing that cannot be."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.flows.books import Books
from tests.flows.client import JSON, Answer, Merchant, eventually, send
from tests.flows.inside import Client
from tests.flows.psp_pages import Page, Psp, pay

pytestmark = pytest.mark.flow


def post(merchant: Merchant, body: str, headers: dict[str, str], connector: str = "sandbox") -> Answer:
    return send("POST", f"{merchant.api_url}/psp/{connector}/notifications", body, headers)


def outcomes(merchant: Merchant, order: JSON) -> list[JSON]:
    return [entry for entry in merchant.history(order) if entry["type"] == "outcome_learned"]


@pytest.fixture
def queue_is_empty(aws: Client, resources: dict[str, str]) -> Any:
    """Tells whether all that PSPs have said was taken into its orders."""

    def is_empty() -> bool:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        queues = (resources["SandboxPspNotificationsQueue"], resources["PspNotificationsQueue"])
        found = [aws("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=names) for queue in queues]
        return all(int(answer["Attributes"][name]) == 0 for answer in found for name in names)

    return is_empty


def test_duplicates_change_nothing(merchant: Merchant, psp: Psp, books: Books, queue_is_empty: Any) -> None:
    order = merchant.order()
    payment = merchant.start(order, "tok_visa_3ds")
    pay(payment, "Approve")
    merchant.done(payment, "capture", amount=1000)
    before = merchant.read(order)
    psp.notify(payment["payment_id"], copies=2)
    body = psp.notification(psp.payment(payment["payment_id"]))
    for _ in range(3):
        post(merchant, body, psp.signed("POST", "notification", body)).expect(202)
    eventually(queue_is_empty, within=60)
    assert merchant.read(order) == before
    assert [entry["status"] for entry in outcomes(merchant, order)] == ["AWAITING_SHOPPER", "SUCCEEDED", "SUCCEEDED"]
    books.agree(order)


def test_an_old_state_that_comes_late_changes_nothing(
    merchant: Merchant, psp: Psp, books: Books, queue_is_empty: Any
) -> None:
    order = merchant.order()
    payment = merchant.start(order, "tok_visa_3ds")
    old = psp.notification(psp.payment(payment["payment_id"]))
    pay(payment, "Approve")
    merchant.done(payment, "capture")
    before = merchant.read(order)
    post(merchant, old, psp.signed("POST", "notification", old)).expect(202)
    eventually(queue_is_empty, within=60)
    assert merchant.read(order) == before
    books.agree(order)


def test_a_notification_that_is_not_the_psps_is_refused(merchant: Merchant, psp: Psp) -> None:
    order = merchant.order()
    payment = merchant.start(order, "tok_visa_3ds")
    before = merchant.read(order)
    told = psp.payment(payment["payment_id"])
    told["status"], told["operations"][0]["status"] = "authorized", "succeeded"
    told["amounts"]["authorized"] = 4999
    body = psp.notification(told)
    good = psp.signed("POST", "notification", body)
    stranger = Psp(psp.url, psp.key_id, "another secret")
    forged: tuple[dict[str, str], ...] = (
        {},
        good | {"Sandbox-Signature": ""},
        good | {"Sandbox-Signature": "0" * 64},
        good | {"Sandbox-Timestamp": "now"},
        stranger.signed("POST", "notification", body),
        psp.signed("POST", "notification", body.replace("4999", "1")),
        psp.signed("POST", "notification", body, at=time.time() - 400),
        psp.signed("GET", f"/payments/{payment['payment_id']}", body),
    )
    for headers in forged:
        post(merchant, body, headers).refused(401, "unauthorized")
    assert merchant.read(order) == before


@pytest.mark.parametrize("body", ["", "{", "[]", "null", "{}", '{"payment": 7}', '{"payment": {"reference": "x"}}'])
def test_a_notification_that_makes_no_sense_is_refused(body: str, merchant: Merchant, psp: Psp) -> None:
    post(merchant, body, psp.signed("POST", "notification", body)).refused(400, "invalid_request")


def test_a_notification_of_an_unknown_connector_is_not_found(merchant: Merchant, psp: Psp) -> None:
    post(merchant, "{}", psp.signed("POST", "notification", "{}"), "nobody").refused(404, "not_found")


def test_what_cannot_be_is_recorded_without_effect(merchant: Merchant, psp: Psp) -> None:
    """The PSP's own word, and yet more than was ever asked for: an operator has to look, nothing counts."""
    order = merchant.order()
    payment = merchant.start(order, "tok_visa_3ds")
    told = psp.payment(payment["payment_id"])
    told["status"], told["operations"][0] = (
        "authorized",
        told["operations"][0] | {"status": "succeeded", "amount": 9999},
    )
    body = psp.notification(told)
    path = f"{merchant.api_url}/psp/sandbox/notifications/{merchant.account['merchant_id']}"
    send("POST", path, body, psp.signed("POST", "notification", body)).expect(202)
    refused = eventually(lambda: [entry for entry in merchant.history(order) if entry["type"] == "fact_refused"])
    assert "9999" in str(refused[0]["amount"])
    assert merchant.payment(payment)["status"] == "CREATED"
    assert "considered_safe" not in merchant.read(order)


def test_what_the_psp_captured_by_itself_is_not_invented(merchant: Merchant, psp: Psp, queue_is_empty: Any) -> None:
    """A notification about an operation we never asked for makes nothing of it."""
    order = merchant.order()
    payment = merchant.start(order)
    before = merchant.read(order)
    told = psp.payment(payment["payment_id"])
    told["operations"].append(told["operations"][0] | {"key": "somebody_elses", "type": "capture"})
    body = psp.notification(told)
    post(merchant, body, psp.signed("POST", "notification", body)).expect(202)
    eventually(queue_is_empty, within=60)
    assert merchant.read(order) == before


def test_the_page_of_a_finished_payment_offers_nothing(merchant: Merchant) -> None:
    payment = merchant.start(merchant.order(), "tok_visa_3ds")
    pay(payment, "Decline")
    assert Page(payment["redirect"]["url"]).buttons == {}
