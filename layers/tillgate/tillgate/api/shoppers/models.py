"""What callers may send about shoppers and addresses (CM-9)."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from tillgate.api.http.fields import Body, Free, Line, Reference, Text
from tillgate.domain.shared.countries import COUNTRIES

_EMAIL = r"^[^\s@<>()\[\],;:\\\"]{1,64}@[^\s@<>()\[\],;:\\\"]+\.[^\s@<>()\[\],;:\\\".]{2,}$"
_LOCALE = r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$"


def _email(text: str) -> str:
    if not re.fullmatch(_EMAIL, text) or ".." in text:
        raise ValueError("must be an email address")
    return text


def _country(code: str) -> str:
    if code not in COUNTRIES:
        raise ValueError("must be a two-letter ISO 3166-1 code such as DE")
    return code


Email = Annotated[
    Line, StringConstraints(max_length=254), AfterValidator(_email), Field(json_schema_extra={"format": "email"})
]
Phone = Annotated[str, StringConstraints(pattern=r"^\+?[0-9][0-9 ()./-]{2,29}$")]
Country = Annotated[str, AfterValidator(_country), Field(json_schema_extra={"enum": sorted(COUNTRIES)})]


class CreateShopper(Body):
    """Give no more than you need; all of it is erased with the shopper."""

    shopper_reference: Reference | None = None
    name: Text | None = None
    email: Email | None = None
    phone: Phone | None = None
    locale: Annotated[str, StringConstraints(pattern=_LOCALE)] | None = None
    metadata: Free = {}


class AddAddress(Body):
    """`country` is ISO 3166-1 alpha-2."""

    name: Text | None = None
    line1: Text
    line2: Text | None = None
    postal_code: Annotated[Line, StringConstraints(min_length=1, max_length=20)] | None = None
    city: Text
    region: Text | None = None
    country: Country
