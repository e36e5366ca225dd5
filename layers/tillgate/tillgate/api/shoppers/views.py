"""Views of a shopper and of an address; fields that were not given are null."""

from typing import Any

from tillgate.api.http.instants import instant
from tillgate.domain.shared.refusals import NotFound
from tillgate.domain.shoppers.shopper import Address, Shopper


def shopper_view(shopper: Shopper) -> dict[str, Any]:
    return {
        "shopper_key": shopper.shopper_key,
        "shopper_reference": shopper.shopper_reference,
        "name": shopper.name,
        "email": shopper.email,
        "phone": shopper.phone,
        "locale": shopper.locale,
        "metadata": dict(shopper.metadata),
        "addresses": [_address_view(shopper, address) for address in shopper.addresses],
        "created_at": instant(shopper.created_at),
    }


def address_view(shopper: Shopper, address_key: str | None) -> dict[str, Any]:
    address = shopper.address(address_key)
    if address is None:
        raise NotFound("this address does not exist")
    return _address_view(shopper, address)


def _address_view(shopper: Shopper, address: Address) -> dict[str, Any]:
    return {
        "address_key": address.address_key,
        "shopper_key": shopper.shopper_key,
        "name": address.name,
        "line1": address.line1,
        "line2": address.line2,
        "postal_code": address.postal_code,
        "city": address.city,
        "region": address.region,
        "country": address.country,
        "created_at": instant(address.created_at),
    }
