"""Both sides' books: what we say of an order's money is what the PSP says of it."""

from __future__ import annotations

from tests.flows.client import JSON, eventually
from tests.flows.inside import Inside
from tests.flows.psp_pages import Psp
from tillgate.domain.orders.order import Order
from tillgate.domain.payments.operations import Actor
from tillgate.domain.payments.payment import Payment

NAMES = ("authorized", "captured", "cancelled", "refunded")


class Books:
    """Compares them."""

    def __init__(self, inside: Inside, psp: Psp) -> None:
        self.inside = inside
        self.psp = psp

    def agree(self, order: JSON, within: float = 20) -> Order:
        """The order once nothing of it is at the PSP any more; amounts are the same on both sides."""

        def settled() -> Order | None:
            found = self.inside.stored(order)
            return None if found.pending or found.ending else found

        stored = eventually(settled, within)
        assert stored is not None
        for payment in stored.payments:
            self._same(payment)
        return stored

    def _same(self, payment: Payment) -> None:
        theirs = self.psp.find(payment.payment_id)
        told = {name: theirs["amounts"][name] if theirs else 0 for name in NAMES}
        assert told == {name: getattr(payment, name) for name in NAMES}, payment.payment_id
        done = theirs["operations"] if theirs else []
        asked = {operation["key"] for operation in done if operation["key"]}
        assert asked <= {operation.operation_id for operation in payment.operations}
        unasked = sorted(operation["id"] for operation in done if not operation["key"])
        taken_over = [op.psp_reference or "" for op in payment.operations if op.requested_by is Actor.PSP]
        assert unasked == sorted(taken_over)
