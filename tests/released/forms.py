"""The form of all that is stored as a document: what a release must read of the one before it, and the other way round.

Readers ignore fields that they do not know, and refuse a missing field without a default, a value of another type, and
a value that is not in an enumeration (`tillgate.store.shared.documents`). So the form decides what can be read.
"""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from tillgate.domain.ledger.entries import Entry
from tillgate.domain.ledger.movements import Movement
from tillgate.domain.marketplace.splits import Part, Result, Split
from tillgate.domain.merchants.account import Client, Merchant
from tillgate.domain.merchants.connections import Connection
from tillgate.domain.merchants.token_keys import SealedTokenKey, TokenKeys
from tillgate.domain.merchants.vendor import Vendor
from tillgate.domain.notifications.delivery import Delivery
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.order import Order
from tillgate.domain.payouts.payout import Payout
from tillgate.domain.psp.facts import Fact
from tillgate.domain.shoppers.saved_instruments import SavedInstrument
from tillgate.domain.shoppers.shopper import Address, Shopper
from tillgate.store.psp.parked_notifications import Parked
from tillgate.store.psp.settlements import Credit, Progress, SettledLine
from tillgate.store.shoppers.erasures import Erasure
from tillgate.store.shoppers.saved_instruments import Settling

# Whatever `from_json` reads, and what the merchants table holds; events by their types.
STORED: dict[str, Any] = {
    kind.__name__: kind
    for kind in (
        *(Credit, Progress),
        *(Order, Parked, SettledLine, Settling, SavedInstrument, Erasure, Address, Shopper, Split, Part, Result),
        *(Delivery, Entry, Movement, Payout, Vendor, Connection, Fact, Merchant, Client, TokenKeys, SealedTokenKey),
    )
}
EVENTS: dict[str, Any] = {kind.__dataclass_fields__["type"].default: kind for kind in get_args(Event)}
KINDS = STORED | {f"event {name}": kind for name, kind in EVENTS.items()}
_NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)

Form = dict[str, Any]


def forms() -> dict[str, Form]:
    """Of each kind of document and of its parts: the fields and what they hold, or the values that there are."""
    found: dict[str, Any] = {}
    todo = list(KINDS.items())
    while todo:
        name, kind = todo.pop()
        assert found.setdefault(name, kind) is kind, f"two kinds are called {name}"
        todo += [(each.__name__, each) for each in _inside(kind) if each.__name__ not in found]
    return {name: _form(kind) for name, kind in sorted(found.items())}


def _form(kind: Any) -> Form:
    if issubclass(kind, Enum):
        return {"values": sorted(str(each.value) for each in kind)}
    hints = get_type_hints(kind)
    return {
        "fields": {
            each.name: {"holds": _text(hints[each.name]), "required": _is_required(each)} for each in fields(kind)
        }
    }


def _is_required(field: Any) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _text(hint: Any) -> Any:
    """A type in words; of a literal the list of its values."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Literal:
        return {"one of": sorted(map(str, inner))}
    if origin in (Union, UnionType):
        (some,) = (each for each in inner if each is not NoneType)
        return {"or null": _text(some)}
    if origin is tuple:
        return {"list of": _text(inner[0])}
    if origin in (dict, Mapping):
        return {"object of": _text(inner[1])}
    return getattr(hint, "__name__", str(hint))


def _inside(kind: Any) -> Iterator[Any]:
    """The dataclasses and enumerations that a dataclass consists of."""
    if is_dataclass(kind):
        for hint in get_type_hints(kind).values():
            yield from _named(hint)


def _named(hint: Any) -> Iterator[Any]:
    if isinstance(hint, type) and (is_dataclass(hint) or issubclass(hint, Enum)):
        yield hint
    for each in get_args(hint):
        yield from _named(each)


def example(kind: Any) -> Any:
    """One with every field filled in."""
    hints = get_type_hints(kind)
    return kind(
        **{
            each.name: each.default if each.name == "type" and not _is_required(each) else _value(hints[each.name])
            for each in fields(kind)
        }
    )


def _value(hint: Any) -> Any:
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Literal:
        return inner[0]
    if NoneType in inner:
        return _value(next(each for each in inner if each is not NoneType))
    if origin is tuple:
        return (_value(inner[0]),)
    if origin in (dict, Mapping):
        return {"name": _value(inner[1])}
    if is_dataclass(hint):
        return example(hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return next(iter(hint))
    plain: dict[Any, Any] = {str: "text", int: 7, float: 0.5, bool: True, datetime: _NOON, Any: {"any": [1, None]}}
    return plain[hint]
