"""Why the domain refuses something.

Each refusal has a stable `code` that callers see (the API's problem details); its text says what to do.

    Refusal
     ├─ OperationNotAllowed       not possible in this state
     ├─ OperateOnVendorPayments   not possible on the technical payment, only on its vendor payments
     ├─ AmountExceedsAvailable    more than is authorized, captured or open
     ├─ MethodNotApplicable       the method cannot pay this order
     │   └─ InstrumentBlocked     the merchant does not accept this instrument
     ├─ PayoutLimitExceeded       more than the account may pay out
     ├─ CardDataNotAllowed        a card number where it does not belong
     ├─ CapabilityNotSupported    the connector or this deployment does not support it
     ├─ TooSoon                   possible, but not so often
     ├─ PspUnavailable            the PSP did not answer; the same request can be sent again
     └─ NotFound                  no such payment in this order
"""


class Refusal(Exception):
    """The request is refused and the order stays unchanged."""

    code = "invalid_request"

    def __init__(self, detail: str, pointer: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.pointer = pointer


class OperationNotAllowed(Refusal):
    code = "operation_not_allowed"


class OperateOnVendorPayments(Refusal):
    code = "operate_on_vendor_payments"


class AmountExceedsAvailable(Refusal):
    code = "amount_exceeds_available"


class MethodNotApplicable(Refusal):
    code = "method_not_applicable"


class InstrumentBlocked(MethodNotApplicable):
    code = "instrument_blocked"


class PayoutLimitExceeded(Refusal):
    code = "payout_limit_exceeded"


class CardDataNotAllowed(Refusal):
    code = "card_data_not_allowed"


class CapabilityNotSupported(Refusal):
    code = "capability_not_supported"


class TooSoon(Refusal):
    code = "too_many_requests"

    def __init__(self, detail: str, seconds: int) -> None:
        super().__init__(detail)
        self.seconds = seconds  # until it is possible


class PspUnavailable(Refusal):
    code = "psp_unavailable"


class NotFound(Refusal):
    code = "not_found"
