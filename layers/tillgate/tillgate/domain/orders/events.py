"""The events of an order. An order is the result of its events (`evolve`); its history keeps every one (IS-15).

Each event says what was decided or learned, not its consequences: sums and statuses are derived.
"""

from tillgate.domain.orders.order_events import (
    AmountChanged,
    EndingBegun,
    EndingCalledOff,
    EndingRetried,
    InvoiceSeen,
    InvoiceSendAsked,
    InvoiceSent,
    MenuLinkRenewed,
    MetadataChanged,
    OrderCreated,
    OrderEnded,
    PersonalDataErased,
    RaiseUndone,
    SplitUndone,
    TenderNamed,
    TenderRemoved,
    TendersDropped,
    ValueRedacted,
)
from tillgate.domain.payments.events import (
    AuthorizationEnriched,
    CheckPutOff,
    DisputeAnswered,
    DisputeLearned,
    FactRefused,
    FactSetAside,
    HoldEndsSoon,
    InstrumentSaved,
    MoneyReceived,
    OperationObserved,
    OperationRequested,
    OutcomeLearned,
    PageOpened,
    PaymentNoted,
    PaymentStarted,
    SettlementReported,
    TraceLost,
    VendorsSummed,
)

Event = (
    OrderCreated
    | AmountChanged
    | RaiseUndone
    | MetadataChanged
    | MenuLinkRenewed
    | PaymentStarted
    | InstrumentSaved
    | TenderNamed
    | TenderRemoved
    | TendersDropped
    | ValueRedacted
    | PageOpened
    | OperationRequested
    | OperationObserved
    | OutcomeLearned
    | PaymentNoted
    | AuthorizationEnriched
    | DisputeLearned
    | DisputeAnswered
    | CheckPutOff
    | TraceLost
    | FactRefused
    | FactSetAside
    | SettlementReported
    | MoneyReceived
    | HoldEndsSoon
    | VendorsSummed
    | InvoiceSendAsked
    | InvoiceSent
    | InvoiceSeen
    | EndingBegun
    | EndingRetried
    | EndingCalledOff
    | OrderEnded
    | SplitUndone
    | PersonalDataErased
)
