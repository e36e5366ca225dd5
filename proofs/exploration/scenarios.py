"""The small orders to explore. Two or three units are enough for every division, two payments for every race."""

from proofs.exploration.moves import Scenario
from tillgate.domain.payments.lifecycle import Capture
from tillgate.domain.payments.operations import OperationType

CARD = (("card", None),)
TWO_CARDS = (("card", 1), ("card", None))
CARD_AND_TRANSFER = (("bank_transfer", 1), ("card", None))
BANK = (("bank_redirect", None),)
GIFT_AND_CARD = (("gift_card", 1), ("card", None))

QUICK: tuple[Scenario, ...] = (  # what the tests explore
    Scenario("a card", 2, CARD, payments=1, requests=1),
    Scenario("a card in parts", 3, CARD, payments=1, requests=3, contradicts=()),
    Scenario("two tries", 1, CARD, payments=2, requests=0, contradicts=()),
    Scenario("auto capture", 2, CARD, payments=1, requests=1, capture=Capture.AUTO),
    Scenario("one bank payment", 1, BANK, payments=1, requests=1),
    Scenario("a transfer", 2, (("bank_transfer", None),), payments=1, requests=0, contradicts=(), transfers=3),
    Scenario("strange amounts", 2, CARD, payments=1, requests=0, strange_amounts=True),
    Scenario("what the PSP does unasked", 2, CARD, payments=1, requests=1, contradicts=(), unasked=2),
    Scenario("what fails late", 1, CARD, payments=1, requests=2, contradicts=(), fails_late=True),
    Scenario("a bank that refunds what is booked", 1, BANK, 1, 1, contradicts=(), refund_before_settled=False),
    Scenario("nothing to pay, and then something", 0, CARD, payments=1, requests=1, contradicts=(), most=1),
)

SMALL: tuple[Scenario, ...] = (  # what `make explore` does
    *QUICK,
    Scenario("two tries, contradicted", 1, CARD, 2, 0, contradicts=(OperationType.AUTHORIZE,)),
    Scenario("a gift card and a card", 2, (("gift_card", 1), ("card", None)), payments=2, requests=0, contradicts=()),
    Scenario("two bank payments", 1, BANK, payments=2, requests=0),
    Scenario("two cards at once", 2, TWO_CARDS, 2, 0, Capture.AUTO, contradicts=(), max_open_tenders=2),
    Scenario("card and transfer", 2, CARD_AND_TRANSFER, 2, 0, contradicts=(), transfers=2, max_open_tenders=2),
    Scenario("a gift card given back", 2, GIFT_AND_CARD, payments=2, requests=1, contradicts=(), capture=Capture.AUTO),
)

DEEP: tuple[Scenario, ...] = (
    *SMALL,
    Scenario("a card, two requests", 2, CARD, payments=1, requests=2),
    Scenario("a card of three, two requests", 3, CARD, payments=1, requests=2),
    Scenario("two tries, all contradicted", 1, CARD, payments=2, requests=0),
    Scenario("two tries, one request", 1, CARD, payments=2, requests=1, contradicts=(OperationType.AUTHORIZE,)),
    Scenario("a gift card and a card, contradicted", 2, (("gift_card", 1), ("card", None)), payments=2, requests=0),
    Scenario("auto capture, two requests", 2, CARD, payments=1, requests=2, capture=Capture.AUTO),
    Scenario(
        "auto capture that only holds",
        3,
        CARD,
        payments=1,
        requests=3,
        capture=Capture.AUTO,
        captures_at_once=False,
        contradicts=(),
    ),
    Scenario(
        "unasked and late at once", 2, CARD, payments=1, requests=1, capture=Capture.AUTO, unasked=2, fails_late=True
    ),
    Scenario("unasked, contradicted", 2, CARD, payments=1, requests=1, unasked=1, fails_late=True),
    Scenario("unasked after a raise", 1, CARD, payments=2, requests=1, contradicts=(), most=2, unasked=1),
    Scenario("a transfer, begun anew", 2, (("bank_transfer", None),), 2, 0, contradicts=(), transfers=3),
    Scenario("two cards", 2, TWO_CARDS, payments=2, requests=0, contradicts=(), max_open_tenders=2),
    Scenario("two cards, one request", 2, TWO_CARDS, payments=2, requests=1, contradicts=(), max_open_tenders=2),
    Scenario("two cards, contradicted", 2, TWO_CARDS, 2, 0, contradicts=(OperationType.AUTHORIZE,), max_open_tenders=2),
    Scenario("three cards", 3, TWO_CARDS, payments=3, requests=0, contradicts=(), max_open_tenders=3),
    Scenario("two cards and a raise", 2, TWO_CARDS, payments=3, requests=0, contradicts=(), most=3, max_open_tenders=2),
    Scenario("a raise", 1, CARD, payments=2, requests=0, contradicts=(), most=2),
    Scenario("a raise, one request", 1, (("gift_card", 1),), 2, 1, contradicts=(), most=3),
    Scenario("a raise, late money", 1, (("gift_card", 1),), 2, 0, contradicts=(OperationType.AUTHORIZE,), most=3),
    Scenario("a raise, contradicted", 1, CARD, 2, 0, contradicts=(OperationType.AUTHORIZE,), most=2),
    Scenario("a card in parts, contradicted", 3, CARD, 1, 3, contradicts=(OperationType.CANCEL, OperationType.CAPTURE)),
)
