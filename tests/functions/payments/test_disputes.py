"""GET /disputes, evidence, accept: the whole answer, what the PSP is asked, and what is stored (GO-6)."""

import json
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from tests.functions.scripted_psp import ScriptedPsp, manifest
from tests.functions.world import NOON, ORDER_KEY, PAYMENT_ID, Answer, World, invoke, sample
from tillgate.connectors import v1
from tillgate.connectors.host.facts import facts_of
from tillgate.connectors.v1 import Case, Evidence, Kind, Manifest, NotAccepted, Outcome
from tillgate.domain.orders.evolve import replay
from tillgate.domain.payments.disputes import DisputeStatus, dispute_id_of
from tillgate.domain.psp.facts import Fact
from tillgate.store.psp.parked_notifications import Parked
from tillgate.use_cases.payments.answer_dispute import MOST_ANSWERS
from tillgate.use_cases.psp.apply_notification import apply_notification
from tillgate.use_cases.shared.changes import learn_facts

ID = dispute_id_of(PAYMENT_ID, "dp_1")
SHOWN: dict[str, Any] = {
    "dispute_id": ID,
    "payment_id": PAYMENT_ID,
    "order_key": ORDER_KEY,
    "amount": 2000,
    "currency": "EUR",
    "status": "NEEDS_RESPONSE",
    "reason": "FRAUDULENT",
    "evidence_due_at": "2030-01-08T12:00:00.000Z",
    "opened_at": "2030-01-01T12:00:00.000Z",
}
EVIDENCE = {"text": "It was delivered."}


@dataclass
class DisputingPsp(ScriptedPsp):
    """A PSP that has one dispute, and takes answers to it."""

    manifest: Manifest = field(default_factory=lambda: manifest(disputes=True))
    status: DisputeStatus = DisputeStatus.NEEDS_RESPONSE
    revision: int = 1
    told: list[tuple[str, Evidence | None]] = field(default_factory=list)  # keys and what came with them
    is_silent: bool = False  # it takes the answer, and its own does not come

    def notice(self, reference: str = "dp_1", opened_after: timedelta = timedelta()) -> v1.DisputeNotice:
        return v1.DisputeNotice(
            reference=reference,
            status=self.status.value,
            amount=2000,
            reason="FRAUDULENT",
            opened_at=NOON + opened_after,
            revision=self.revision,
            evidence_due_at=NOON + timedelta(days=7),
        )

    def decides(self, status: DisputeStatus) -> Fact:
        self.status, self.revision = status, self.revision + 1
        self.known = [told(self.notice())]
        return facts_of(self.known)[0]

    def read(self, body: bytes) -> list[v1.Fact]:
        return self.known or []

    def send_evidence(self, case: Case, dispute: str, key: str, evidence: Evidence) -> list[v1.Fact] | None:
        return self._answered(key, evidence, DisputeStatus.UNDER_REVIEW)

    def accept_dispute(self, case: Case, dispute: str, key: str) -> list[v1.Fact] | None:
        return self._answered(key, None, DisputeStatus.ACCEPTED)

    def _answered(self, key: str, evidence: Evidence | None, status: DisputeStatus) -> list[v1.Fact] | None:
        if key not in {known for known, _ in self.told}:
            if not self.status.is_open:
                raise NotAccepted
            self.decides(status)
        self.told.append((key, evidence))
        return None if self.is_silent else self.known


def told(notice: v1.DisputeNotice) -> v1.Fact:
    return v1.Fact(case=PAYMENT_ID, kind=Kind.AUTHORIZE, outcome=Outcome.SUCCEEDED, dispute=notice)


@pytest.fixture
def psp(world: World) -> DisputingPsp:
    """A captured payment of which the PSP has told a dispute."""
    psp = DisputingPsp()
    world.psp = psp
    world.system.connectors["sandbox"] = psp
    world.paid()
    world.call("capture_payment", {})
    learns(world, facts_of([told(psp.notice())]))
    return psp


def learns(world: World, facts: list[Fact]) -> None:
    learn_facts(world.system, world.order(), facts, cause="notification")


def evidence(world: World, body: dict[str, Any] | None = None, **changes: Any) -> Answer:
    return world.call("send_evidence", body or EVIDENCE, path={"dispute_id": ID}, **changes)


def accept(world: World, **changes: Any) -> Answer:
    return world.call("accept_dispute", path={"dispute_id": ID}, **changes)


def read(world: World, dispute_id: str = ID, **changes: Any) -> Answer:
    return world.call("get_dispute", path={"dispute_id": dispute_id}, **changes)


def listed(world: World, **query: str) -> Any:
    return world.call("list_disputes", query=query).json


def test_it_stands_with_its_payment_in_the_list_and_alone(world: World, psp: DisputingPsp) -> None:
    payment = world.call("get_payment").json
    assert (payment["disputes"], payment["amounts"]["disputed"]) == ([SHOWN], 2000)
    assert (read(world).json, listed(world)) == (SHOWN, {"items": [SHOWN], "next_cursor": None})
    assert "considered_safe" not in world.call("get_order").json


def test_what_is_disputed_cannot_be_refunded(world: World, psp: DisputingPsp) -> None:
    assert world.call("refund_payment", {"amount": 3000}).refusal == (422, "amount_exceeds_available")
    assert world.call("refund_payment", {"amount": 2999}).json["amounts"]["refunded"] == 2999
    assert world.call("refund_payment", {"amount": 1}).refusal == (422, "amount_exceeds_available")


def test_evidence_is_sent_and_recorded_and_not_kept(world: World, psp: DisputingPsp) -> None:
    document = {"name": "receipt.pdf", "content_type": "application/pdf", "content_base64": b64encode(b"%PDF").decode()}
    answer = evidence(world, EVIDENCE | {"files": [document]})
    assert (answer.status, answer.json) == (200, SHOWN | {"status": "UNDER_REVIEW"})
    ((_, sent),) = psp.told
    assert sent is not None
    assert (sent.text, sent.files[0].content) == ("It was delivered.", b"%PDF")
    assert "delivered" not in json.dumps(world.everything(), default=str)
    assert [each.type for each in events(world)][-2:] == ["dispute_answered", "dispute_learned"]


def test_it_is_accepted_and_saying_it_again_is_no_error(world: World, psp: DisputingPsp) -> None:
    for _ in range(2):
        assert accept(world).json == SHOWN | {"status": "ACCEPTED"}
    assert len(psp.told) == 1


def test_the_same_key_is_answered_the_same(world: World, psp: DisputingPsp) -> None:
    first = evidence(world, key="key-1")
    learns(world, [psp.decides(DisputeStatus.LOST)])
    again = evidence(world, key="key-1")
    assert (again.json, again.headers["idempotent-replayed"]) == (first.json, "true")
    assert evidence(world, {"text": "Another"}, key="key-1").refusal == (422, "idempotency_key_reused")
    assert len(psp.told) == 1


@pytest.mark.parametrize("answer", [evidence, accept])
def test_an_answer_that_got_lost_is_sent_again_under_its_key(world: World, psp: DisputingPsp, answer: Any) -> None:
    """Nothing is guessed: the caller says it again, with or without a key of its own, and the PSP does it once."""
    psp.is_silent = True
    assert answer(world, key="key-1").refusal == (503, "psp_unavailable")
    psp.is_silent = False
    assert answer(world, key="key-1").status == 200
    assert len({key for key, _ in psp.told}) == 1
    assert [each.type for each in events(world)].count("dispute_answered") == 1


def test_two_different_evidences_are_two(world: World, psp: DisputingPsp) -> None:
    evidence(world)
    evidence(world, {"text": "And here is more."})
    assert len({key for key, _ in psp.told}) == 2


@pytest.mark.parametrize("end", [DisputeStatus.WON, DisputeStatus.LOST])
def test_one_that_is_over_takes_no_answer(world: World, psp: DisputingPsp, end: DisputeStatus) -> None:
    learns(world, [psp.decides(end)])
    before = world.everything()
    for answer in (evidence(world), accept(world)):
        assert answer.refusal == (409, "operation_not_allowed")
    assert (world.everything(), psp.told) == (before, [])


def test_one_that_is_over_at_the_psp_is_refused_and_learned(world: World, psp: DisputingPsp) -> None:
    psp.decides(DisputeStatus.LOST)
    assert evidence(world).refusal == (409, "operation_not_allowed")
    assert read(world).json["status"] == "LOST"


def test_one_that_was_accepted_at_the_psp_meanwhile_is_accepted(world: World, psp: DisputingPsp) -> None:
    psp.decides(DisputeStatus.ACCEPTED)
    assert accept(world).json["status"] == "ACCEPTED"


def test_answers_to_one_dispute_are_bounded(world: World, psp: DisputingPsp) -> None:
    for number in range(MOST_ANSWERS):
        assert evidence(world, {"text": f"Evidence {number}"}).status == 200
    assert evidence(world, {"text": "One more"}).refusal == (409, "operation_not_allowed")
    assert evidence(world, {"text": "Evidence 0"}).status == 200


def test_a_psp_that_takes_no_answers_says_so(world: World, psp: DisputingPsp) -> None:
    world.system.connectors["sandbox"] = ScriptedPsp()
    assert accept(world).refusal == (422, "capability_not_supported")


def test_if_match_is_heeded(world: World, psp: DisputingPsp) -> None:
    assert accept(world, headers={"If-Match": '"1"'}).refusal == (412, "precondition_failed")
    assert psp.told == []


@pytest.mark.parametrize("dispute_id", ["dp_1", "pay_x_1", f"{PAYMENT_ID}_dp_000000000000", "pay_x_dp_1", "_dp_"])
def test_another_id_is_not_found(world: World, psp: DisputingPsp, dispute_id: str) -> None:
    for call in ("get_dispute", "accept_dispute", "send_evidence"):
        assert world.call(call, path={"dispute_id": dispute_id}).refusal == (404, "not_found")


def test_another_merchant_sees_and_answers_nothing(world: World, psp: DisputingPsp) -> None:
    world.has_merchant("mer_2")
    stranger = world.token("mer_2")
    for answer in (read(world, token=stranger), evidence(world, token=stranger), accept(world, token=stranger)):
        assert answer.refusal == (404, "not_found")
    assert world.call("list_disputes", token=stranger).json["items"] == []
    assert psp.told == []


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/text"),
        ({"text": ""}, "/text"),
        ({"text": "x" * 20_001}, "/text"),
        ({"text": "x", "files": [{"name": "a", "content_type": "text/plain"}]}, "/files/0/content_base64"),
        (
            {"text": "x", "files": [{"name": "a", "content_type": "text/plain", "content_base64": "no base64"}]},
            "/files/0/content_base64",
        ),
        (
            {"text": "x", "files": [{"name": "a", "content_type": "x", "content_base64": "QUJD"}]},
            "/files/0/content_type",
        ),
        ({"text": "x", "surprise": 1}, "/surprise"),
    ],
)
def test_bad_evidence_is_422_by_name(world: World, psp: DisputingPsp, body: dict[str, Any], pointer: str) -> None:
    answer = world.call("send_evidence", body, path={"dispute_id": ID})
    assert (answer.refusal, answer.pointers) == ((422, "invalid_request"), [pointer])


def test_the_list_has_pages_the_newest_first_and_a_filter(world: World, psp: DisputingPsp) -> None:
    notices = [psp.notice(f"dp_{number}", timedelta(hours=number)) for number in (2, 3)]
    learns(world, facts_of([told(each) for each in notices]))
    learns(world, [psp.decides(DisputeStatus.LOST)])
    newest = [dispute_id_of(PAYMENT_ID, f"dp_{number}") for number in (3, 2, 1)]
    assert ids(listed(world)["items"]) == newest
    first = listed(world, limit="2")
    second = listed(world, limit="2", cursor=first["next_cursor"])
    assert ids([*first["items"], *second["items"]]) == newest
    assert (listed(world, limit="3")["next_cursor"], second["next_cursor"]) == (None, None)
    assert ids(listed(world, status="LOST")["items"]) == [ID]
    assert world.call("list_disputes", query={"status": "lost"}).refusal == (422, "invalid_request")


def test_the_dispute_is_in_the_list_once_whatever_becomes_of_it(world: World, psp: DisputingPsp) -> None:
    for status in (DisputeStatus.UNDER_REVIEW, DisputeStatus.WON):
        learns(world, [psp.decides(status)])
    assert ids(listed(world)["items"]) == [ID]


def test_the_daily_question_learns_what_no_notification_said(world: World, psp: DisputingPsp) -> None:
    psp.decides(DisputeStatus.WON)
    world.passes(timedelta(days=1, minutes=1))
    invoke("sweep_due", sample("sweep_due"))
    assert read(world).json["status"] == "WON"
    assert "considered_safe" in world.call("get_order").json


def test_a_notification_is_taken_in_without_a_question(world: World, psp: DisputingPsp) -> None:
    psp.decides(DisputeStatus.LOST)
    apply_notification(world.system, Parked("sandbox", None, "{}", received_at=world.system.now()))
    assert read(world).json["status"] == "LOST"
    assert not any(what == "ask" for what, *_ in psp.calls)
    assert [item for item in world.everything() if item["pk"]["S"].startswith("PARKED")] == []


def test_the_history_tells_it(world: World, psp: DisputingPsp) -> None:
    evidence(world)
    history = world.call("get_history").json
    told = [(item["actor"], item["cause"]) for item in history["items"]][-2:]
    assert told == [("merchant", "api"), ("psp", "answer")]
    assert "disputed (FRAUDULENT): UNDER_REVIEW" in " ".join(history["why"])
    assert replay(events(world)).payments[0].disputes == world.order().payments[0].disputes


def events(world: World) -> list[Any]:
    return [event for change in world.system.orders.history(ORDER_KEY) for event in change.events]


def ids(items: Iterable[dict[str, Any]]) -> list[str]:
    return [item["dispute_id"] for item in items]
