"""For operators: answer a dispute in place of the merchant, with a name and a reason in the history (GO-6, ONE-9)."""

from tillgate.domain.orders.order import Order
from tillgate.domain.payments.disputes import MOST_EVIDENCE, Evidence
from tillgate.domain.shared.card_numbers import places_of_card_numbers
from tillgate.domain.shared.refusals import Refusal
from tillgate.use_cases.operators.resolve import check_who_and_why, expect
from tillgate.use_cases.payments.answer_dispute import answer_for_merchant
from tillgate.wiring import System


def written(text: object) -> Evidence:
    """Evidence without files, which only the API takes. Raises `Refusal` for what is no such text."""
    if not isinstance(text, str) or not 1 <= len(text.strip()) <= MOST_EVIDENCE:
        raise Refusal(f"evidence is a text of at most {MOST_EVIDENCE} characters", "/text")
    if list(places_of_card_numbers(text)):
        raise Refusal("card numbers are not taken; remove them from the evidence", "/text")
    return Evidence(text.strip())


def answer_by_operator(
    system: System, dispute_id: str, evidence: Evidence | None, *, by: str, reason: str, version: int | None = None
) -> Order:
    """The order afterwards. `evidence` None: the dispute is accepted. Raises a `Refusal` if that is not possible."""
    check_who_and_why(by, reason)
    return answer_for_merchant(
        system, dispute_id, evidence, cause=f"{by}: {reason}", check=lambda order: expect(order, version)
    )
