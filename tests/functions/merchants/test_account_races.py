"""Two changes of an account at once: both are there afterwards, and what was deleted stays deleted (ONE-1).

Every writer of accounts meets every other that writes the same item, at the worst moment: after the first has read and
before it writes, the second comes and goes.
"""

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import permutations
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.functions.world import NOON, World
from tillgate.domain.merchants.account import Client, Endpoint, Merchant, MethodRule, SignatureKey
from tillgate.domain.merchants.payout_limits import PayoutLimit
from tillgate.domain.merchants.vendor import NewAccount, Vendor
from tillgate.domain.shared.refusals import NotFound
from tillgate.runtime.aws import client
from tillgate.use_cases.merchants.accounts import rotate_signing_secret, update_merchant
from tillgate.use_cases.merchants.client_secrets import hash_secret
from tillgate.use_cases.merchants.clients import delete_client, rotate_client_secret, update_client
from tillgate.use_cases.merchants.set_account import set_links, set_method, set_notifications, set_time_zone
from tillgate.use_cases.merchants.set_payout_limit import set_payout_limit
from tillgate.use_cases.merchants.set_signatures import revoke_signature_keys, set_signatures
from tillgate.use_cases.merchants.vendors import (
    approve_vendor_account,
    call_off_vendor_account,
    suspend_vendor,
    update_vendor,
)
from tillgate.use_cases.operators.block_instrument import block_instrument

USE_CASES = Path(__file__).resolve().parents[3] / "layers/tillgate/tillgate/use_cases"
CHANGES = {"changed_merchant", "_changed_vendor", "_changed_client", "change_merchant", "change_vendor"}
CHANGES |= {"change_client", "delete_client"}
HASHED = hash_secret("h")
KEYS = ("sig_1", "sig_2")
LIMIT = PayoutLimit(1, 2, set_by="Ada", reason="a test")
NOT_OFFERED = MethodRule("sandbox", enabled=False)
WRITES = ("UpdateItem", "DeleteItem", "PutItem", "TransactWriteItems")


class Writer(NamedTuple):
    """A use case that writes, and whether its effect is there."""

    act: Callable[[World], object]
    holds: Callable[[Any], bool]

    @property
    def name(self) -> str:
        """The use case that `act` calls."""
        return next(name for name in self.act.__code__.co_names if name in globals())


MERCHANT = (
    Writer(lambda w: update_merchant(w.system, "mer_1", suspended=True), lambda it: it.suspended),
    Writer(lambda w: update_merchant(w.system, "mer_1", name="Ida"), lambda it: it.name == "Ida"),
    Writer(lambda w: rotate_signing_secret(w.system, w.system.seal, "mer_1"), lambda it: it.signing_secret != "old"),
    Writer(lambda w: set_notifications(w.system, "mer_1", endpoints=[]), lambda it: it.endpoints == ()),
    Writer(
        lambda w: set_method(w.system, "mer_1", "card", MethodRule("sandbox", False)),
        lambda it: "card" not in it.methods,
    ),
    Writer(lambda w: set_time_zone(w.system, "mer_1", "Asia/Tokyo"), lambda it: it.time_zone == "Asia/Tokyo"),
    Writer(lambda w: set_links(w.system, "mer_1", {"terms": "https://a.b"}), lambda it: it.links != {}),
    Writer(lambda w: set_signatures(w.system, "mer_1", new_key=True), lambda it: len(it.signature_keys) >= 1),
    Writer(
        lambda w: set_signatures(w.system, "mer_1", retire=["sig_1"]),
        lambda it: "sig_1" not in [key.key_id for key in it.signature_keys],
    ),
    Writer(
        lambda w: revoke_signature_keys(w.system, "mer_1", ["sig_2"]),
        lambda it: "sig_2" not in [key.key_id for key in it.signature_keys],
    ),
    Writer(
        lambda w: block_instrument(w.system, "mer_1", "0" * 24, blocked=True, by="Ada", reason="a test"),
        lambda it: it.blocked_fingerprints == ("0" * 24,),
    ),
    Writer(lambda w: set_payout_limit(w.system, "mer_1", "CHF", LIMIT), lambda it: "CHF" in it.payout_limits),
)
VENDOR = (
    Writer(lambda w: update_vendor(w.system, "mer_1", "ven_1", name="Vito"), lambda it: it.name == "Vito"),
    Writer(
        lambda w: approve_vendor_account(w.system, "mer_1", "ven_1", "acct_2", by="Grace"),
        lambda it: it.psp_account == "acct_2",
    ),
    Writer(lambda w: suspend_vendor(w.system, "mer_1", "ven_1", True), lambda it: it.suspended),
)
CLIENT = (
    Writer(lambda w: update_client(w.system, "cli_1", ["orders:read"]), lambda it: it.scopes == ("orders:read",)),
    Writer(lambda w: rotate_client_secret(w.system, "cli_1"), lambda it: it.secret_hashes[0] != HASHED),
)
# It undoes what the approval does, so the two do not both hold: see tests/functions/marketplace/test_vendor_account.py.
CALLED_OFF = (Writer(lambda w: call_off_vendor_account(w.system, "mer_1", "ven_1"), lambda it: it.new_account is None),)
DELETED = (Writer(lambda w: delete_client(w.system, "cli_1"), lambda it: it is None),)
PAIRS = [*permutations(MERCHANT, 2), *permutations(VENDOR, 2), *permutations(CLIENT, 2)]


@pytest.fixture(autouse=True)
def accounts(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    key_id = client("kms").create_key()["KeyMetadata"]["KeyId"]
    monkeypatch.setenv("MERCHANT_SECRETS_KEY_ID", key_id)
    world.has_merchant(
        signing_secret="old",
        signature_keys=tuple(SignatureKey(each, "x", NOON) for each in KEYS),
        endpoints=(Endpoint("https://shop.example.com", ("order.updated",), NOON),),
    )
    new = NewAccount("acct_2", "Ada", NOON, NOON + timedelta(hours=48))
    world.has(Vendor("ven_1", "mer_1", "Vera", "acct_1", new_account=new))
    world.has(Client("cli_1", "mer_1", (HASHED,), ("orders:read", "orders:write")))


@contextmanager
def interrupted(by: Callable[[], object]) -> Iterator[list[object]]:
    """The first write of the merchants table waits until `by` is through."""
    done: list[object] = []

    def first(params: dict[str, Any], model: Any, **_: Any) -> None:
        if model.name in WRITES and not done:
            done.append(model.name)
            by()

    events = client("dynamodb").meta.events
    events.register("provide-client-params.dynamodb", first, unique_id="interrupts")
    try:
        yield done
    finally:
        events.unregister("provide-client-params.dynamodb", unique_id="interrupts")


def stored(world: World, writer: Writer) -> Merchant | Vendor | Client | None:
    if writer in MERCHANT:
        return world.system.merchants.merchant("mer_1", fresh=True)
    if writer in VENDOR:
        (vendor,) = world.system.merchants.vendors("mer_1")
        return vendor
    return world.system.merchants.client("cli_1")


@pytest.mark.parametrize(("first", "second"), PAIRS, ids=[f"{a.name}-{b.name}" for a, b in PAIRS])
def test_both_changes_are_there(world: World, first: Writer, second: Writer) -> None:
    with interrupted(lambda: second.act(world)) as done:
        first.act(world)
    assert done
    assert first.holds(stored(world, first))
    assert second.holds(stored(world, second))


@pytest.mark.parametrize("writer", CLIENT, ids=lambda writer: writer.name)
def test_a_deleted_client_does_not_come_back(world: World, writer: Writer) -> None:
    with interrupted(lambda: DELETED[0].act(world)), pytest.raises(NotFound):
        writer.act(world)
    assert DELETED[0].holds(stored(world, writer))


@pytest.mark.parametrize("writer", CLIENT, ids=lambda writer: writer.name)
def test_a_client_is_deleted_whatever_was_changed(world: World, writer: Writer) -> None:
    with interrupted(lambda: writer.act(world)):
        DELETED[0].act(world)
    assert DELETED[0].holds(stored(world, writer))


def test_of_two_deletions_one_is_done(world: World) -> None:
    with interrupted(lambda: DELETED[0].act(world)), pytest.raises(NotFound):
        DELETED[0].act(world)


def test_a_new_key_is_not_lost_to_another(world: World) -> None:
    with interrupted(lambda: set_signatures(world.system, "mer_1", new_key=True)):
        set_signatures(world.system, "mer_1", new_key=True)
    merchant = world.system.merchants.merchant("mer_1", fresh=True)
    assert merchant
    assert len(merchant.signature_keys) == 4


def test_every_writer_of_accounts_is_raced() -> None:
    """As found in the source: public functions that change an account."""
    found = {
        function.name
        for path in sorted(USE_CASES.rglob("*.py"))
        for function in ast.parse(path.read_text()).body
        if isinstance(function, ast.FunctionDef) and not function.name.startswith("_")
        if function.name != "changed_merchant" and _called(function) & CHANGES
    }
    assert found == {writer.name for writer in (*MERCHANT, *VENDOR, *CALLED_OFF, *CLIENT, *DELETED)}


def _called(function: ast.FunctionDef) -> set[str]:
    calls = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
    named = {call.id for call in calls if isinstance(call, ast.Name)}
    return named | {call.attr for call in calls if isinstance(call, ast.Attribute)}
