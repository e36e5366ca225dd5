"""Lives of multi-vendor orders: PAY, captures with fees, splits, and their unwinding (TH-4, TH-5, TH-10)."""

import time

from proofs.chaos.lives import (
    AMOUNT,
    Life,
    Moved,
    Shop,
    cancelled,
    captured_and_refunded,
    debited,
    pending,
    redirected,
    taken_in_part,
    tenders_unwound,
    two_tenders,
)
from proofs.chaos.merchant import GAP, PATIENCE, GaveUp, Merchant


class Market(Shop):
    """An order whose technical payment is divided among vendors."""

    def __init__(self, merchant: Merchant, reference: str) -> None:
        super().__init__(merchant, reference, multi_vendor=True)
        self.technical = self.pay().rpartition("/")[2]

    def pay_vendor(self, number: int, amount: int) -> str:
        """The vendor payment's path, once it is authorized."""
        body = {
            "technical_payment_id": self.technical,
            "vendor_id": self.merchant.account["vendors"][number % 3],
            "amount": amount,
            "sub_order_reference": f"sub-{number}",
            "fee": 100,
        }
        part = self.merchant.call("POST", f"{self.path}/vendor-payments", body)
        path = f"{self.path}/payments/{part['payment_id']}"
        part = self.merchant.until_decided(path)
        if part["status"] != "AUTHORIZED":
            raise GaveUp(f"{path}: {part['status']}")
        return path

    def split(self, vendors: list[str], on_failure: str, wanted: str) -> None:
        parts = [
            {"vendor_id": vendor_id, "amount": 500, "sub_order_reference": f"part-{number}", "fee": 20}
            for number, vendor_id in enumerate(vendors)
        ]
        body = {"technical_payment_id": self.technical, "parts": parts, "on_failure": on_failure}
        split_id = self.merchant.call("POST", f"{self.path}/split", body)["split_id"]
        self._until(f"{self.path}/split/{split_id}", wanted)

    def cancel(self) -> None:
        self.merchant.call("POST", f"{self.path}/cancel", {})
        self._until(self.path, "CANCELLED")

    def _until(self, path: str, wanted: str) -> None:
        began, found = time.monotonic(), ""
        while found != wanted:
            if time.monotonic() - began > PATIENCE:
                raise GaveUp(f"{path}: {found} instead of {wanted}")
            time.sleep(GAP)
            found = self.merchant.call("GET", path)["status"]


def divided(merchant: Merchant, reference: str) -> tuple[str, Moved]:
    market = Market(merchant, reference)
    first, second = market.pay_vendor(1, 2000), market.pay_vendor(2, 1500)
    market.operate(first, "capture", amount=1500, fee=70, final=False)
    market.operate(first, "refund", amount=500)
    market.operate(second, "cancel")
    return market.key, Moved(1500, 500, held=AMOUNT - 3000)


def split_in_part(merchant: Merchant, reference: str) -> tuple[str, Moved]:
    """One vendor is refused: the others keep their payments."""
    market = Market(merchant, reference)
    market.split([*merchant.account["vendors"], merchant.account["refusing_vendor"]], "partial", "PARTIAL")
    return market.key, Moved(0, 0, held=AMOUNT)


def split_undone(merchant: Merchant, reference: str) -> tuple[str, Moved]:
    """One vendor is refused: the others' payments are cancelled, and the money is the shopper's again."""
    market = Market(merchant, reference)
    market.split([merchant.account["vendors"][0], merchant.account["refusing_vendor"]], "cancel_all", "CANCELLED")
    return market.key, Moved(0, 0)


def vendors_unwound(merchant: Merchant, reference: str) -> tuple[str, Moved]:
    market = Market(merchant, reference)
    first, _ = market.pay_vendor(1, 2000), market.pay_vendor(2, 1500)
    market.operate(first, "capture")
    market.cancel()
    return market.key, Moved(2000, 2000)


LIVES: tuple[Life, ...] = (
    captured_and_refunded,
    divided,
    debited,
    taken_in_part,
    vendors_unwound,
    redirected,
    cancelled,
    split_in_part,
    two_tenders,
    tenders_unwound,
    pending,
)
