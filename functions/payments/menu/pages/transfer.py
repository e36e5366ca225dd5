"""The page of a bank transfer: what the shopper types into their bank's form, or scans."""

from dataclasses import dataclass
from datetime import datetime

from tillgate.domain.orders.order import Order
from tillgate.domain.payments.payment import Instructions
from tillgate.domain.shared.currencies import DECIMALS
from tillgate.domain.shared.localized_amounts import readable, style_of

from .quick_response import Code, code_of


@dataclass(frozen=True, slots=True)
class Transfer:
    """What is still to be transferred, and how."""

    instructions: Instructions
    open: int  # in minor units
    currency: str
    locale: str
    until: datetime | None

    @property
    def amount(self) -> str:
        return readable(self.open, self.currency, self.locale)

    @property
    def typed_amount(self) -> str:
        """As it is typed into a bank's form: digits, and the language's decimal point."""
        decimals = DECIMALS.get(self.currency, 2)
        whole, rest = divmod(self.open, 10**decimals)
        return f"{whole}{style_of(self.locale).point}{rest:0{decimals}d}" if decimals else str(whole)

    @property
    def iban(self) -> str:
        return _grouped(self.instructions.iban)

    @property
    def reference(self) -> str:
        return _grouped(self.instructions.reference)

    @property
    def code(self) -> Code | None:
        """What banking apps read instead of typing; None where they would not."""
        return code_of(self.instructions, self.currency, self.open)


def transfer_of(order: Order, locale: str) -> Transfer | None:
    """The transfer that the shopper has to make; a card may have been tried since."""
    for each in reversed(order.payments):
        if each.awaits_shopper and each.instructions:
            rest = each.amount - each.received
            return Transfer(each.instructions, rest, order.currency, locale, each.waits_until)
    return None


def _grouped(text: str) -> str:
    """In groups of four, as an IBAN (ISO 13616) and a reference (ISO 11649) are written on paper."""
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))
