"""Routes over several connectors, and failover: only what a PSP has certainly not begun is tried elsewhere (GO-5)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.functions.scripted_psp import CAN, ScriptedPsp, manifest
from tests.functions.world import Answer, World, invoke
from tillgate.connectors.v1 import Case, Fact, NoAnswer, NotSent, Op
from tillgate.domain.payments.operations import OperationStatus

S = OperationStatus
HOSTED = {"method": "card"}
TOKEN = {"method": "card", "instrument": {"token": "tok_visa"}}


class Down(ScriptedPsp):
    """It fails before it has done anything, or in the way that `fails` says; `meanwhile` others act."""

    def __init__(self, name: str, fails: type[BaseException] = NotSent) -> None:
        super().__init__(name=name, manifest=manifest(name))
        self.fails: type[BaseException] | None = fails
        self.meanwhile: Callable[[], object] = lambda: None

    def start(self, case: Case, op: Op) -> list[Fact]:
        told = super().start(case, op)
        self.meanwhile()
        if self.fails:
            raise self.fails
        return told


class Death(BaseException):
    """The process dies here."""


def begun(psp: ScriptedPsp) -> int:
    return [what for what, *_ in psp.calls].count("authorize")


@pytest.fixture
def first(world: World) -> Down:
    psp = world.system.connectors["one"] = Down("one")
    return psp


@pytest.fixture
def second(world: World, first: Down) -> ScriptedPsp:
    psp = world.system.connectors["two"] = ScriptedPsp(name="two", manifest=manifest("two"))
    routes = [{"connector": "one"}, {"connector": "two"}]
    set_method(world, {"connector": "sandbox", "routes": routes, "failover": True})
    world.created()
    return psp


def set_method(world: World, body: dict[str, Any]) -> Answer:
    event = world.event("set_connector", body, path={"connector": "x"})
    resource = "/account/methods/{method}"
    event |= {"resource": resource, "pathParameters": {"method": "card"}, "path": "/account/methods/card"}
    answer = invoke("set_method", event)
    return Answer(answer["statusCode"], {k.lower(): v for k, v in answer["headers"].items()}, answer["body"])


def attempts(world: World) -> list[tuple[str, str, str | None]]:
    return [(each.connector, each.status.value, each.reason_code) for each in world.order().payments]


FAILED = ("one", "FAILED", "TRY_AGAIN_LATER")


def test_routes_are_shown_as_they_were_set(world: World, second: ScriptedPsp) -> None:
    when = {"currencies": ["EUR"], "countries": ["DE"], "brands": ["visa"], "amount_from": 1, "amount_to": 9}
    routes = [{"connector": "one", "weight": 80, "when": when}, {"connector": "two", "weight": None, "when": {}}]
    shown = set_method(world, {"routes": routes, "failover": True}).json
    assert (shown["routes"], shown["failover"]) == (routes, True)
    assert set_method(world, {}).json["routes"] == []


@pytest.mark.parametrize(
    ("route", "pointer"),
    [
        ({"connector": "nobody"}, "/routes/0/connector"),
        ({"connector": "one", "weight": 0}, "/routes/0/weight"),
        ({"connector": "one", "when": {"amount_from": 2, "amount_to": 1}}, "/routes/0/when"),
        ({"connector": "one", "when": {"currencies": ["XXY"]}}, "/routes/0/when/currencies/0"),
    ],
)
def test_a_route_that_leads_nowhere_is_refused(
    world: World, second: ScriptedPsp, route: dict[str, Any], pointer: str
) -> None:
    answer = set_method(world, {"routes": [route]})
    assert (answer.status, answer.pointers) == (422, [pointer])


def test_the_first_route_that_applies_is_taken_and_shown(world: World, second: ScriptedPsp) -> None:
    routes = [{"connector": "one", "when": {"amount_from": 5000}}, {"connector": "two"}]
    set_method(world, {"routes": routes})
    (offer,) = [each for each in world.call("list_order_methods").json["items"] if each["method"] == "card"]
    assert offer["connector"] == "two"
    assert world.call("start_payment", TOKEN).json["connector"] == "two"


def test_where_no_route_applies_the_methods_own_connector_is(world: World, second: ScriptedPsp) -> None:
    set_method(world, {"connector": "sandbox", "routes": [{"connector": "one", "when": {"currencies": ["USD"]}}]})
    assert world.call("start_payment", TOKEN).json["connector"] == "sandbox"


@pytest.mark.parametrize("amounts", [{"USD": (1, 9999)}, {"EUR": (5000, 9999)}, {"EUR": (1, 4998)}])
def test_a_route_to_a_psp_that_does_not_take_the_amount_is_passed_over(
    world: World, first: Down, second: ScriptedPsp, amounts: dict[str, tuple[int, int]]
) -> None:
    first.manifest = manifest("one", methods={"card": replace(CAN, amounts=amounts)})
    (offer,) = [each for each in world.call("list_order_methods").json["items"] if each["method"] == "card"]
    assert (offer["connector"], offer["applies"]) == ("two", True)
    assert world.call("start_payment", TOKEN).json["connector"] == "two"


def test_a_route_that_cannot_be_used_is_passed_over(world: World, first: Down, second: ScriptedPsp) -> None:
    first.manifest = manifest("one", methods={"card": replace(CAN, needs=frozenset({"iban"}))})
    world.system.lacks = frozenset({"iban"})
    assert world.call("start_payment", TOKEN).json["connector"] == "two"
    assert attempts(world) == [("two", "AUTHORIZED", None)]


def test_what_was_certainly_not_begun_is_tried_elsewhere(world: World, first: Down, second: ScriptedPsp) -> None:
    """A payment of its own: each has one connector for ever, and only one of them is alive."""
    answer = world.call("start_payment", HOSTED, key="k1")
    assert (answer.status, answer.json["connector"], answer.json["status"]) == (201, "two", "AUTHORIZED")
    assert attempts(world) == [FAILED, ("two", "AUTHORIZED", None)]
    again = world.call("start_payment", HOSTED, key="k1")
    assert again.headers["idempotent-replayed"] == "true"
    assert again.json["payment_id"] == answer.json["payment_id"]
    assert (begun(first), begun(second)) == (1, 1)
    causes = [each["cause"] for each in world.call("get_history").json["items"]]
    assert "failover" in causes


@pytest.mark.parametrize("fails", [NoAnswer, RuntimeError])
def test_what_may_have_begun_is_never_tried_elsewhere(
    world: World, first: Down, second: ScriptedPsp, fails: type[Exception]
) -> None:
    first.fails = fails
    assert world.call("start_payment", HOSTED).json["pending"]
    assert begun(second) == 0
    assert len(world.order().payments) == 1


@pytest.mark.parametrize("reason", ["REFUSED", "TRY_AGAIN_LATER"])
def test_what_was_declined_is_not_tried_elsewhere(world: World, first: Down, second: ScriptedPsp, reason: str) -> None:
    first.fails = None
    first.says(S.FAILED, reason=reason)
    assert world.call("start_payment", HOSTED).json["reason_code"] == reason
    assert begun(second) == 0


def test_a_token_belongs_to_one_psp(world: World, first: Down, second: ScriptedPsp) -> None:
    assert world.call("start_payment", TOKEN).json["reason_code"] == "TRY_AGAIN_LATER"
    assert begun(second) == 0


def test_without_failover_there_is_none(world: World, first: Down, second: ScriptedPsp) -> None:
    set_method(world, {"routes": [{"connector": "one"}, {"connector": "two"}]})
    assert world.call("start_payment", HOSTED).json["reason_code"] == "TRY_AGAIN_LATER"
    assert begun(second) == 0


def test_when_all_of_them_are_down_the_last_one_is_the_answer(world: World, first: Down, second: ScriptedPsp) -> None:
    world.system.connectors["two"] = other = Down("two")
    answer = world.call("start_payment", HOSTED, key="k1")
    assert (answer.status, answer.json["connector"]) == (201, "two")
    assert attempts(world) == [FAILED, ("two", "FAILED", "TRY_AGAIN_LATER")]
    assert world.call("start_payment", HOSTED, key="k1").json["payment_id"] == answer.json["payment_id"]
    assert (begun(first), begun(other)) == (1, 1)


def test_a_process_that_dies_at_the_first_psp_leaves_a_question_and_no_second_payment(
    world: World, first: Down, second: ScriptedPsp
) -> None:
    first.fails = Death
    with pytest.raises(Death):
        world.call("start_payment", HOSTED, key="k1")
    assert world.call("start_payment", HOSTED).refusal == (409, "operation_not_allowed")
    assert attempts(world) == [("one", "PROCESSING", None)]
    assert begun(second) == 0


def test_a_process_that_dies_at_the_second_psp_has_its_key_name_that_payment(
    world: World, first: Down, second: ScriptedPsp
) -> None:
    world.system.connectors["two"] = other = Down("two", Death)
    with pytest.raises(Death):
        world.call("start_payment", HOSTED, key="k1")
    assert attempts(world) == [FAILED, ("two", "PROCESSING", None)]
    assert world.call("start_payment", HOSTED, key="k1").refusal == (409, "concurrent_request")
    world.system.pause(61)
    again = world.call("start_payment", HOSTED, key="k1").json
    assert (again["connector"], again["pending"]) == ("two", True)
    assert begun(other) == 1


def test_who_was_faster_is_not_paid_twice(world: World, first: Down, second: ScriptedPsp) -> None:
    """Between the first PSP's failure and the second attempt another call pays the order."""
    ends = world.system.orders.save
    others: list[str] = []

    def save(*given: Any, **named: Any) -> Any:
        saved = ends(*given, **named)
        if not others and world.order().payments and attempts(world) == [FAILED]:
            others.append("began")
            first.fails = None
            others.append(world.call("start_payment", TOKEN).json["status"])
        return saved

    world.system.orders.save = save  # type: ignore[method-assign]
    answer = world.call("start_payment", HOSTED)
    assert others == ["began", "AUTHORIZED"]
    assert (answer.status, answer.json["reason_code"]) == (201, "TRY_AGAIN_LATER")
    assert attempts(world) == [FAILED, ("one", "AUTHORIZED", None)]
    assert begun(second) == 0


def test_there_is_no_second_attempt_after_too_long(world: World, first: Down, second: ScriptedPsp) -> None:
    first.meanwhile = lambda: setattr(world.system, "seconds", world.system.seconds + 3)
    assert world.call("start_payment", HOSTED).json["reason_code"] == "TRY_AGAIN_LATER"
    assert begun(second) == 0
