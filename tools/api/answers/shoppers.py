"""Responses about shoppers, their addresses and saved instruments."""

from typing import Annotated, Any

from pydantic import Field

from tillgate.domain.shoppers.saved_instruments import InstrumentStatus

from .common import Answer, Instant, MethodName
from .payments import Redirect


class Address(Answer):
    address_key: str
    shopper_key: str
    name: str | None
    line1: str
    line2: str | None
    postal_code: str | None
    city: str
    region: str | None
    country: str
    created_at: Instant


class Shopper(Answer):
    shopper_key: str
    shopper_reference: str | None
    name: str | None
    email: str | None
    phone: str | None
    locale: str | None
    metadata: dict[str, Any]
    addresses: list[Address]
    created_at: Instant


class SavedInstrument(Answer):
    token: str
    shopper_key: str
    method: MethodName
    connector: str
    status: InstrumentStatus
    brand: str | None
    last4: str | None
    expires: Annotated[str | None, Field(description="Year and month.")]
    recurring: Annotated[bool, Field(description="Can be charged without the shopper present.")]
    fingerprint: Annotated[str, Field(default="", description="The same in all your payments with this instrument.")]
    created_at: Instant
    redirect: Annotated[
        Redirect, Field(default=None, description="Only in the answer to saving it, if the shopper has to confirm.")
    ]
