"""Documents are what pydantic makes of the same classes, byte by byte, and only what was written is read."""

import dataclasses
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Annotated, Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field, TypeAdapter

from tests.store.orders.test_mapping import eventful
from tillgate.domain.ledger.entries import Entry
from tillgate.domain.marketplace.splits import Part, Result, Split
from tillgate.domain.merchants.account import Client, Endpoint, Merchant, MethodRule, OldSecret, SignatureKey
from tillgate.domain.merchants.vendor import Vendor
from tillgate.domain.notifications.delivery import Attempt, Delivery, DeliveryStatus, Kind
from tillgate.domain.orders.events import Event
from tillgate.domain.orders.order import Order, Terms
from tillgate.domain.payouts.payout import Payout
from tillgate.domain.shoppers.saved_instruments import SavedInstrument
from tillgate.domain.shoppers.shopper import Address, Shopper
from tillgate.store.orders.mapping import events_from, events_to_json
from tillgate.store.psp.parked_notifications import Parked
from tillgate.store.shared.documents import from_json, from_plain, leave_defaults, leave_none, to_json
from tillgate.store.shoppers.erasures import Erasure
from tillgate.store.shoppers.saved_instruments import Settling

EVENTS: tuple[Any, ...] = get_args(Event)
DOCUMENTS: tuple[Any, ...] = (
    *(Merchant, Client, Vendor, Delivery, Terms, Parked, SavedInstrument, Settling, Erasure, Shopper, Address),
    *(Split, Part, Result, Entry, Payout),
)
AT = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))]))


TEXTS = st.text(st.characters(codec="utf-8"), max_size=8)
ANYTHING = st.none() | st.booleans() | st.integers(0, 10**12) | st.integers(-9, 9).map(lambda n: n / 2) | TEXTS


def mapping_of(kind: Any) -> st.SearchStrategy[Any]:
    """Mappings of anything hold what JSON can say."""
    inner = get_args(kind)[1]
    return st.dictionaries(TEXTS, ANYTHING if inner is Any else st.from_type(inner), max_size=3)


st.register_type_strategy(datetime, AT)
st.register_type_strategy(str, TEXTS)
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))  # JSON knows neither
st.register_type_strategy(Mapping, mapping_of)


@pytest.mark.parametrize("kind", [*EVENTS, *DOCUMENTS], ids=lambda kind: kind.__name__)
def test_documents_are_those_of_pydantic(kind: Any) -> None:
    adapter = TypeAdapter(kind)

    @settings(max_examples=30)
    @given(st.builds(kind, **{field.name: ... for field in dataclasses.fields(kind)}))
    def hold(value: Any) -> None:
        assert to_json(value, leave_defaults) == adapter.dump_json(value, exclude_defaults=True).decode()
        assert to_json(value, leave_none) == adapter.dump_json(value, exclude_none=True).decode()
        text = adapter.dump_json(value).decode()
        assert to_json(value) == text
        assert from_json(kind, text) == value == adapter.validate_json(text)

    hold()


def test_an_order_is_that_of_pydantic() -> None:
    adapter = TypeAdapter(Order)
    story = eventful()
    assert to_json(story.order, leave_defaults) == adapter.dump_json(story.order, exclude_defaults=True).decode()
    every: TypeAdapter[list[Event]] = TypeAdapter(list[Annotated[Event, Field(discriminator="type")]])
    assert events_to_json(story.history) == every.dump_json(story.history, exclude_none=True).decode()


NOW = datetime(2030, 1, 1, 12, tzinfo=UTC)
FULL = Merchant(
    "mer_1",
    "Ada",
    endpoints=(Endpoint("https://a.example", ("order.updated",), NOW),),
    methods={"card": "sandbox"},
    method_rules={"card": MethodRule("sandbox", currencies=("EUR",))},
    old_signing_secrets=(OldSecret("x", NOW),),
    signature_keys=(SignatureKey("k", "y", NOW),),
)


def test_what_is_unknown_is_passed_over() -> None:
    assert from_plain(Vendor, {"vendor_id": "v", "merchant_id": "m", "name": "n", "psp_account": "a", "later": 1}) == (
        Vendor("v", "m", "n", "a")
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("suspended", 1),
        ("suspended", None),
        ("name", 5),
        ("name", None),
        ("endpoints", {}),
        ("endpoints", [{"url": "https://a.example"}]),
        ("methods", [["card", "sandbox"]]),
        ("methods", {"card": 1}),
        ("method_rules", {"card": {"connector": "sandbox", "min_amount": 49.99}}),
        ("method_rules", {"card": {"connector": "sandbox", "min_amount": True}}),
        ("authorization_sequence", "never"),
        ("update_url_set_at", "yesterday"),
    ],
)
def test_what_is_of_another_type_is_not_read(name: str, value: object) -> None:
    document = TypeAdapter(Merchant).dump_python(FULL, mode="json")
    assert from_plain(Merchant, document) == FULL
    with pytest.raises(ValueError, match=r"."):
        from_plain(Merchant, document | {name: value})


def test_what_is_missing_is_told() -> None:
    with pytest.raises(ValueError, match="name"):
        from_plain(Merchant, {"merchant_id": "mer_1"})


def test_an_event_that_there_is_not() -> None:
    with pytest.raises(ValueError, match="no event"):
        events_from([{"type": "order_forgotten"}])


def test_attempts_are_in_order() -> None:
    delivery = Delivery("ord_1", "A", "mer_1", 3, Kind.EVENT, "https://a.example", NOW, NOW, DeliveryStatus.DEAD)
    tried = dataclasses.replace(delivery, attempts=(Attempt(NOW, status=500), Attempt(NOW, error="time-out")))
    assert from_json(Delivery, to_json(tried, leave_defaults)) == tried
