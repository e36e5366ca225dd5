"""Cases and operations as the core gives them to the connector."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from tillgate.connectors.v1 import Case, Fact, Kind, Op, Outcome

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
CREDENTIALS = {
    "secret_key": "sk_test_tillgate",
    "publishable_key": "pk_test_tillgate",
    "webhook_secret": "whsec_old\nwhsec_new",
}
RETURN = "http://127.0.0.1:9/return"


@dataclass
class Clock:
    """The time that the connector sees."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


def op(number: int, kind: Kind = Kind.AUTHORIZE, amount: int = 4999, *, case: str = "pay_1", **more: Any) -> Op:
    values: dict[str, Any] = {"requested_at": NOON} | more
    return Op(id=f"{case}_{number}", kind=kind, amount=amount, **values)


def case(token: str | None = "pm_card_visa", **more: Any) -> Case:  # noqa: S107 - no password
    case_id = more.get("id", "pay_1")
    values: dict[str, Any] = {
        "id": case_id,
        "merchant": "mer_1",
        "order_reference": "order-1",
        "method": "card",
        "amount": 4999,
        "currency": "EUR",
        "created_at": NOON,
        "return_url": RETURN,
        "notify_url": "http://127.0.0.1:9/notify",
        "instrument": {"token": token} if token else None,
        "ops": (op(1, case=case_id),),
    }
    return Case(**values | more)


def learned(before: Case, facts: list[Fact]) -> Case:
    """The case after the core has learned these facts."""
    for fact in facts:
        ops = tuple(_known(each, fact) if each.id == fact.op else each for each in before.ops)
        memory = {**before.memory, **fact.remember}
        shopper = {**before.shopper_memory, **fact.remember_shopper}
        before = replace(before, ops=ops, memory=memory, shopper_memory=shopper)
    return before


def asked(before: Case, new: Op) -> Case:
    """The case with an operation that is about to be sent."""
    return replace(before, ops=(*before.ops, new))


def _known(before: Op, fact: Fact) -> Op:
    return replace(before, outcome=fact.outcome, reference=fact.reference or before.reference)


def outcomes(facts: list[Fact] | None) -> list[tuple[Kind, Outcome, str | None]]:
    """What facts say, in short."""
    assert facts is not None
    return [(fact.kind, fact.outcome, fact.op) for fact in facts]
