"""Invoices (RG-7): made, mailed, read, sent again, withdrawn, paid by their link; the customer's data lies apart."""

import json
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from functions.invoices.mail_invoice import app as mailer
from functions.orders.forward_changes import app as forwarder
from functions.payments.menu.pages import actions
from functions.payments.menu.pages.languages import Wishes
from tests.functions.aws import make_queue, messages
from tests.functions.world import MENU_KEY, MENU_URL, ORDER_KEY, Answer, World, invoke, sample
from tillgate.domain.invoices.recipient import Recipient
from tillgate.domain.merchants.account import Merchant

INVOICE_ID = "inv_00000000000000000000000001"
SENDER = "invoices@shop.example"
PERSONAL = ("Ada Byron", "ada@example.com")
MINUTE = timedelta(minutes=1)


class MailService:
    """SES: what it was given, and what it refuses."""

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.refuses: Exception | None = None

    def send_email(self, **call: Any) -> dict[str, str]:
        if self.refuses:
            raise self.refuses
        self.sent.append(call)
        return {"MessageId": "m-1"}


@pytest.fixture
def mails(world: World, monkeypatch: pytest.MonkeyPatch) -> MailService:
    service = MailService()
    monkeypatch.setenv("INVOICE_SENDER", SENDER)
    monkeypatch.setattr(mailer, "client", lambda _: service)
    return service


@pytest.fixture
def queue(world: World, monkeypatch: pytest.MonkeyPatch) -> str:
    make_queue(monkeypatch, "MERCHANT_NOTIFICATIONS_QUEUE_URL")
    return make_queue(monkeypatch, "INVOICE_MAILS_QUEUE_URL")


def make(world: World, **fields: object) -> Any:
    body = json.loads(sample("create_invoice")["body"]) | fields
    answer = world.call("create_invoice", body)
    assert answer.status == 201, answer.text
    return answer.json


def mail(number: int = 1) -> list[Any]:
    """What the queue gives; answers what has to come again."""
    event = sample("mail_invoice")
    event["Records"][0]["body"] = json.dumps({"order_key": ORDER_KEY, "number": number})
    failures: list[Any] = invoke("mail_invoice", event)["batchItemFailures"]
    return failures


def read(world: World) -> Any:
    answer = world.call("get_invoice")
    assert answer.status == 200
    return answer.json


# Made.


def test_an_invoice_is_made_in_one_transaction_and_says_where_it_is_paid(world: World, mails: MailService) -> None:
    made = make(world)
    assert (made["invoice_id"], made["order_key"], made["status"]) == (INVOICE_ID, ORDER_KEY, "SENDING")
    assert made["payment_url"] == MENU_URL
    assert (made["due_at"], made["sent_at"], made["seen_at"]) == ("2030-01-15T12:00:00.000Z", None, None)
    assert made["customer"] == {"name": "Ada Byron", "email": "ada@example.com"}
    assert (made["amount"], made["amounts"]["open"], made["capture"]) == (4999, 4999, "auto")
    assert made["allowed_operations"] == ["send", "withdraw"]
    assert read(world) == made
    order = world.call("get_order").json
    assert (order["status"], order["expires_at"]) == ("UNPAID", made["due_at"])


def test_the_customer_lies_apart_from_the_money_and_can_be_erased(world: World, mails: MailService) -> None:
    """Nothing of the person is in the order, its history or the kept answer of the idempotency key."""
    first = world.call("create_invoice", key="k1")
    assert first.status == 201
    kept = json.dumps(world.everything())
    assert [each for each in PERSONAL if each in kept] == []
    assert world.system.recipients.load(ORDER_KEY) == Recipient("ada@example.com", "Ada Byron")
    again = world.call("create_invoice", key="k1")
    assert (again.status, again.json, again.headers["idempotent-replayed"]) == (201, first.json, "true")
    erased = invoke("admin", sample("admin_erase_recipient"))
    assert erased == {"invoice_id": INVOICE_ID, "erased": True}
    assert read(world)["customer"] is None
    assert [item["pk"]["S"] for item in world.everything("ShoppersTable")] == ["EMAIL_KEY"]
    assert mail() == []
    assert mails.sent == []
    world.passes(MINUTE)
    assert world.call("send_invoice").refusal == (409, "operation_not_allowed")


def test_a_reference_is_used_once_by_orders_and_invoices(world: World, mails: MailService) -> None:
    make(world)
    before = world.everything("ShoppersTable")
    assert world.call("create_invoice").refusal == (409, "duplicate_reference")
    assert world.call("create_order", {"order_reference": "A-2001", "amount": 1, "currency": "EUR"}).status == 409
    assert world.everything("ShoppersTable") == before


def test_it_may_be_paid_for_two_weeks_where_nothing_is_said(world: World) -> None:
    assert make(world, due_at=None)["due_at"] == "2030-01-15T12:00:00.000Z"


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"due_at": "2030-01-01T12:00:00Z"}, "/due_at"),  # now
        ({"due_at": "2030-04-01T12:00:01Z"}, "/due_at"),
        ({"due_at": "2030-01-15"}, "/due_at"),
        ({"due_at": 1894000000}, "/due_at"),
        ({"customer": {"name": "Ada"}}, "/customer/email"),
        ({"customer": {"email": "a@example.com", "phone": "1"}}, "/customer/phone"),
        ({"customer": {"email": "a@example.com", "name": "A\r\nBcc: b@example.com"}}, "/customer/name"),
        ({"customer": "ada@example.com"}, "/customer"),
        ({"amount": -1}, "/amount"),
        ({"multi_vendor": True}, "/multi_vendor"),
        ({"invoice_reference": "A"}, "/invoice_reference"),
    ],
)
def test_what_is_wrong_is_pointed_at_and_makes_nothing(world: World, fields: dict[str, object], pointer: str) -> None:
    answer = world.call("create_invoice", json.loads(sample("create_invoice")["body"]) | fields)
    assert (answer.refusal, answer.pointers) == ((422, "invalid_request"), [pointer])
    assert world.everything() == world.everything("ShoppersTable") == []


ADDRESSES = {
    True: ["a@b.co", "ada.b+tag@mail.example.com", "o'neill@xn--bcher-kva.example", f"{'a' * 64}@example.com"],
    False: [
        *("", "ada", "ada@", "@example.com", "a@b", "a b@example.com", "a@exa mple.com", "a@example..com", "a..b@b.co"),
        *(
            ".a@b.co",
            "a.@b.co",
            "a@-b.co",
            "a@b-.co",
            "a@b.c0m\n",
            "a@b.co\r\nBcc: c@d.co",
            "a@b.co,c@d.co",
            "a@b.co;c@d.co",
        ),
        *("Ada <a@b.co>", "a@b@c.co", "ä@b.co", "a@bücher.de", "a@127.0.0.1", "a@[127.0.0.1]", '"a b"@b.co'),
        *(f"{'a' * 65}@example.com", f"a@{'b' * 64}.com", f"a@{'b.' * 130}com"),
    ],
}


@pytest.mark.parametrize(("address", "good"), [(each, good) for good, all_ in ADDRESSES.items() for each in all_])
def test_an_address(world: World, address: str, good: bool) -> None:
    body = json.loads(sample("create_invoice")["body"]) | {"customer": {"email": address}}
    answer = world.call("create_invoice", body)
    assert answer.status == (201 if good else 422)
    assert good or answer.pointers == ["/customer/email"]


# Mailed.


def test_asking_is_in_the_table_and_the_stream_queues_it(world: World, mails: MailService, queue: str) -> None:
    make(world)
    before = world.item(ORDER_KEY, "ORDER")
    assert before is not None
    forwarder.forward({"dynamodb": {"NewImage": before}})
    assert messages(queue) == [{"order_key": ORDER_KEY, "number": 1}]
    world.passes(MINUTE)
    assert world.call("send_invoice").json["status"] == "SENDING"
    after = world.item(ORDER_KEY, "ORDER")
    forwarder.forward({"dynamodb": {"NewImage": after, "OldImage": before}})
    assert messages(queue) == [{"order_key": ORDER_KEY, "number": 2}]
    forwarder.forward({"dynamodb": {"NewImage": after, "OldImage": after}})
    assert messages(queue) == []


def test_the_mail_has_the_link_and_is_posted_once(world: World, mails: MailService) -> None:
    made = make(world)
    world.passes(timedelta(seconds=3))
    assert mail() == mail() == []
    (sent,) = mails.sent
    assert (sent["FromEmailAddress"], sent["Destination"]) == (f"Ada <{SENDER}>", {"ToAddresses": ["ada@example.com"]})
    simple = sent["Content"]["Simple"]
    assert simple["Subject"]["Data"] == "Rechnung A-2001 von Ada"
    for part in ("Text", "Html"):
        assert made["payment_url"] in simple["Body"][part]["Data"]
        assert "49,99\u00a0€" in simple["Body"][part]["Data"]
        assert "15.01.2030" in simple["Body"][part]["Data"]
    after = read(world)
    assert (after["status"], after["times_sent"], after["sent_at"]) == ("SENT", 1, "2030-01-01T12:00:03.000Z")


@pytest.mark.parametrize(
    "refuses",
    [
        ClientError({"Error": {"Code": "MessageRejected", "Message": "ada@example.com is not verified"}}, "SendEmail"),
        EndpointConnectionError(endpoint_url="https://ses.example/?to=ada@example.com"),
    ],
)
def test_what_is_not_taken_comes_again_and_no_log_says_to_whom(
    world: World, mails: MailService, capsys: pytest.CaptureFixture[str], refuses: Exception
) -> None:
    make(world)
    mails.refuses = refuses
    assert mail() == [{"itemIdentifier": "00000000-0000-0000-0000-000000000001"}]
    assert read(world)["status"] == "SENDING"
    logged = capsys.readouterr().out
    assert "NotTaken" in logged
    assert [each for each in PERSONAL if each in logged] == []
    mails.refuses = None
    assert mail() == []
    assert read(world)["status"] == "SENT"


def test_an_invoice_that_was_paid_or_withdrawn_meanwhile_is_not_mailed(world: World, mails: MailService) -> None:
    make(world)
    assert world.call("withdraw_invoice").json["status"] == "WITHDRAWN"
    assert mail() == []
    assert mails.sent == []


def test_a_merchants_name_cannot_add_to_the_header(world: World, mails: MailService) -> None:
    name = 'Zoë "&" Söhne,\r\nBcc: eve@example.com'
    world.has(Merchant("mer_1", name, methods={"card": "sandbox"}))
    make(world)
    assert mail() == []
    (sent,) = mails.sent
    header = sent["FromEmailAddress"]
    assert header.isascii()
    assert not {"\r", "\n"} & set(header)
    assert header.endswith(f"<{SENDER}>")


# Without a sender.


def test_without_a_sender_an_invoice_is_a_draft_with_its_link(world: World) -> None:
    made = make(world)
    assert (made["status"], made["payment_url"]) == ("DRAFT", MENU_URL)
    assert world.call("send_invoice").refusal == (422, "capability_not_supported")
    body = json.loads(sample("create_invoice")["body"]) | {"order_reference": "A-2", "send": True}
    answer = world.call("create_invoice", body)
    assert (answer.refusal, answer.pointers) == ((422, "capability_not_supported"), ["/send"])


def test_a_draft_is_sent_when_the_merchant_says_so(world: World, mails: MailService) -> None:
    assert make(world, send=False)["status"] == "DRAFT"
    assert mail(0) == []
    assert mails.sent == []
    assert world.call("send_invoice").json["status"] == "SENDING"
    assert mail(1) == []
    assert len(mails.sent) == 1


# Sent again, withdrawn, paid.


def test_it_is_sent_again_once_a_minute(world: World, mails: MailService) -> None:
    make(world)
    world.passes(timedelta(seconds=20))
    soon = world.call("send_invoice")
    assert (soon.refusal, soon.headers["retry-after"]) == ((429, "too_many_requests"), "40")
    world.passes(timedelta(seconds=40))
    again = world.call("send_invoice", key="k")
    assert again.status == 200
    twice = world.call("send_invoice", key="k")
    assert (twice.status, twice.json, twice.headers["idempotent-replayed"]) == (200, again.json, "true")
    assert mail(2) == []
    assert read(world)["times_sent"] == 2


def test_who_has_begun_to_pay_is_not_withdrawn_from(world: World, mails: MailService) -> None:
    make(world)
    world.started(amount=1000)
    for _ in range(2):
        assert world.call("withdraw_invoice").refusal == (409, "operation_not_allowed")
    assert read(world)["status"] == "PARTIALLY_PAID"
    assert read(world)["allowed_operations"] == ["send"]


def test_withdrawing_again_is_no_error(world: World) -> None:
    make(world)
    answers: list[Answer] = [world.call("withdraw_invoice") for _ in range(2)]
    assert [(answer.status, answer.json["status"]) for answer in answers] == [(200, "WITHDRAWN")] * 2


def test_the_merchant_sees_that_it_was_seen_and_paid(world: World, mails: MailService) -> None:
    make(world)
    actions.opened(world.system, ORDER_KEY, MENU_KEY, Wishes(""), None)
    assert (read(world)["status"], read(world)["seen_at"]) == ("SEEN", "2030-01-01T12:00:00.000Z")
    world.started()
    assert read(world)["status"] in ("PAID", "AUTHORIZED")
    assert read(world)["amounts"]["open"] == 0


def test_an_order_or_anothers_invoice_is_not_found(world: World) -> None:
    world.created()
    world.has_merchant("mer_2")
    for name in ("get_invoice", "send_invoice", "withdraw_invoice"):
        assert world.call(name).refusal == (404, "not_found")
        assert world.call(name, token=world.token("mer_2")).refusal == (404, "not_found")
        assert world.call(name, path={"invoice_id": "ord_1"}).refusal == (404, "not_found")
    assert world.call("get_order").json["status"] == "UNPAID"
