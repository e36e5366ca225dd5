"""Connectors that break in what they transfer to vendors."""

from dataclasses import replace
from typing import Any

from tests.connector_kit.mutants import MUTANTS, mutant
from tests.connector_kit.transferring import TRANSFERS, TransferConnector, TransferSetup
from tillgate.connectors.v1 import Case, Fact, Kind, NotSent, Op, Outcome

__all__ = ["MUTANTS"]


def breaks(*noticed: str) -> Any:
    return mutant(*(f"vendor's part: {each}" for each in noticed), manifest=TRANSFERS, setup=TransferSetup)


@breaks("transferred less its fee, once it is captured")
class TransfersTheFee(TransferConnector):
    def share(self, case: Case, op: Op) -> int:
        return op.amount if op.kind is Kind.CAPTURE else super().share(case, op)


@breaks("transfer repeated", "refund repeated", "transfer, every fault", "refund, every fault")
class TransfersWithoutAKey(TransferConnector):
    def move(self, case: Case, op: Op, share: int) -> list[Fact]:
        facts = super().move(case, replace(op, id=f"{op.id}-{self._now().timestamp()}"), share)
        return [replace(each, op=op.id) for each in facts]


@breaks("refunded in parts, its transfer comes back")
class LeavesTheVendorItsPart(TransferConnector):
    def share(self, case: Case, op: Op) -> int:
        return super().share(case, op) if op.kind is Kind.CAPTURE else 0


@breaks("refunded in parts, its transfer comes back")
class RoundsEachRefundForItself(TransferConnector):
    def share(self, case: Case, op: Op) -> int:
        alone = tuple(each for each in case.ops if each.kind is not Kind.REFUND or each.id == op.id)
        return super().share(replace(case, ops=alone), op)


@breaks("the fee is kept when it is refunded")
class AlwaysGivesTheFeeBack(TransferConnector):
    def share(self, case: Case, op: Op) -> int:
        return super().share(replace(case, refunds_fee=True), op)


@breaks("given up, it goes back to the shopper")
class TakesBackWhatWasNeverTransferred(TransferConnector):
    def share(self, case: Case, op: Op) -> int:
        return op.amount if op.kind is Kind.CANCEL else super().share(case, op)


@breaks("its refund is none of the whole payment's own")
class CountsARefundTwice(TransferConnector):
    def ask(self, case: Case) -> list[Fact] | None:
        facts = super().ask(case)
        refund = Fact(case=case.id, kind=Kind.REFUND, outcome=Outcome.SUCCEEDED, amount=1, reference="acme_tr_1")
        return facts if case.parent or facts is None else [*facts, refund]


@breaks("more than was captured", "transfer refused")
class PretendsToTransfer(TransferConnector):
    def move(self, case: Case, op: Op, share: int) -> list[Fact]:
        return [replace(each, outcome=Outcome.SUCCEEDED, reason=None) for each in super().move(case, op, share)]


@breaks("transfer, every fault", "refund, every fault")
class TakesSilenceForATransfer(TransferConnector):
    def move(self, case: Case, op: Op, share: int) -> list[Fact]:
        try:
            return super().move(case, op, share)
        except NotSent:
            raise
        except Exception:
            return [self.done(case, op, "acme_tr")]


@breaks("refund, every fault")
class RefundsTheShopperFirst(TransferConnector):
    """And what is lost between the two is found by the shopper's part: nobody takes the vendor's back any more."""

    def move(self, case: Case, op: Op, share: int) -> list[Fact]:
        if op.kind is not Kind.REFUND:
            return super().move(case, op, share)
        facts = super().move(case, op, 0)
        super().move(case, replace(op, id=f"{op.id}:back", amount=0), share)
        return facts
