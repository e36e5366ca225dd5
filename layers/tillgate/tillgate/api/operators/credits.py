"""What operators see of a PSP's payout to the bank."""

from typing import Any

from tillgate.api.http.instants import instant
from tillgate.domain.shared.identifiers import aggregate_key_of
from tillgate.store.psp.settlements import SettledLine
from tillgate.use_cases.operators.explain_credit import Explained

MOST_LINES = 500  # of one payout in an answer; Lambda's limit is 6 MB


def credit_view(explained: Explained, limit: int) -> dict[str, Any]:
    """`lines`: the first `limit`; count and sums are of all. The sums, `others` and `unexplained` make `amount`."""
    credit, lines = explained.credit, explained.lines
    sums = {kind: sum(line.added for line in lines if line.kind == kind) for kind in ("CAPTURE", "REFUND")}
    return {
        "payout": credit.payout,
        "amount": credit.amount,
        "currency": credit.currency,
        "arrives_at": instant(credit.arrives_at),
        "captures": sums["CAPTURE"],
        "refunds": sums["REFUND"],
        "others": dict(credit.others),
        "unexplained": explained.unexplained,
        "count": len(lines),
        "lines": [_line(line) for line in lines[:limit]],
    }


def _line(line: SettledLine) -> dict[str, Any]:
    """`net`: what it added to the payout, in the payout's currency."""
    return {
        "order_key": aggregate_key_of(line.payment_id),
        "payment_id": line.payment_id,
        "kind": line.kind.lower(),
        "reference": line.reference,
        "amount": line.amount,
        "currency": line.currency,
        "fee": line.fee,
        "net": line.added,
    }
