"""What callers may send about saved instruments (RG-5)."""

from tillgate.api.http.fields import Body, Method, ReturnUrl, Text
from tillgate.api.payments.models import Instrument


class SaveInstrument(Body):
    """`instrument.token` is the PSP's: never a card number."""

    shopper_key: Text
    method: Method
    instrument: Instrument
    return_url: ReturnUrl | None = None
