"""What callers may send about saved instruments (RG-5)."""

from .models import Body, Instrument, Method, Text


class SaveInstrument(Body):
    """`instrument.token` is the PSP's: never a card number."""

    shopper_key: Text
    method: Method
    instrument: Instrument
