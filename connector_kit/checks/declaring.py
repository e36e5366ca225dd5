"""The manifest: it is data, it is coherent, and what it does not declare is not done behind its back."""

from importlib import import_module

from connector_kit.book import DECIDED
from connector_kit.checks import check, check_whole
from connector_kit.checks.operating import quarter
from connector_kit.setup_api import CannotShow
from connector_kit.wire import FAULTS, connector_runs
from connector_kit.world import Broken, World, must
from tillgate.connectors.v1 import (
    API,
    AnswersDisputes,
    Can,
    Checks,
    Forgets,
    Kind,
    NoAnswer,
    NotAccepted,
    NotSent,
    Outcome,
    ReadsReports,
    TellsBalances,
    TellsSettlements,
)


@check_whole("manifest: names its class, which says the same")
def names_its_class(world: World) -> None:
    module, _, name = world.manifest.load.partition(":")
    connector = getattr(import_module(module), name)
    made = world.connector()
    must(isinstance(made, connector), "the setup makes a connector of another class")
    must(made.manifest == connector.manifest == world.manifest, f"{world.manifest.load} has another manifest")
    must(world.manifest.api == API, f"it is written for version {world.manifest.api}, and this is {API}")


@check_whole("manifest: is coherent")
def coherent(world: World) -> None:
    manifest = world.manifest
    must(manifest.public <= manifest.credentials, "a public value that is no credential")
    must(manifest.webhook_secrets <= manifest.credentials, "a webhook secret that is no credential")
    must(not manifest.public & manifest.webhook_secrets, "a webhook secret that is public")
    must(200 <= manifest.ack[0] < 300, f"a notification is answered with {manifest.ack[0]}")
    must(all("/" not in host for host in manifest.hosts), "a host with a path")
    for method, can in manifest.methods.items():
        must(not can.recurring or can.stores, f"{method}: recurring payments, and nothing is stored")
        must(can.captures != "none" or "manual" not in can.capture, f"{method}: holds what it cannot capture")
        must(can.cancels != "by_capture" or can.captures in ("one", "many"), f"{method}: cancels by a smaller capture")


@check_whole("manifest: has what it declares")
def has_what_it_declares(world: World) -> None:
    manifest, connector = world.manifest, world.connector()
    stores = any(can.stores for can in manifest.methods.values())
    balances = any(can.balance for can in manifest.methods.values())
    for declared, interface in (
        (stores, Forgets),
        (balances, TellsBalances),
        (manifest.disputes, AnswersDisputes),
        (manifest.settles == "report", ReadsReports),
        (manifest.settles == "asked", TellsSettlements),
        (bool(manifest.credentials), Checks),
    ):
        must(not declared or isinstance(connector, interface), f"{interface.__name__} is declared and not implemented")


@check("manifest: what it does not declare moves no money", lambda manifest, can: _undeclared(can) is not None)
def undeclared(world: World) -> None:
    """The core refuses it before anything is sent. A connector that is called all the same does not lie about it."""
    kind = _undeclared(world.can) or Kind.CAPTURE
    book = world.captured() if kind is Kind.REFUND else world.authorized()
    before = world.truth(book)
    op = book.requested(kind, quarter(book))
    try:
        book.send(op)
    except Exception:
        must(world.truth(book) == before, f"{kind} of a part is not declared, raises, and is done")
        return
    if book.outcome(op) in DECIDED:
        world.agree(book)
    else:
        must(world.truth(book) == before, f"{kind} of a part is not declared, is {book.outcome(op)}, and is done")


def _undeclared(can: Can) -> Kind | None:
    if "manual" in can.capture and can.captures == "whole":
        return Kind.CAPTURE
    if "manual" in can.capture and can.cancels in ("none", "whole"):
        return Kind.CANCEL
    paid = "auto" in can.capture or can.captures != "none"
    return Kind.REFUND if can.refunds in ("none", "whole") and paid else None


@check_whole("credentials: checked", lambda manifest: bool(manifest.credentials))
def credentials_checked(world: World) -> None:
    _check(world, "ours")
    try:
        _check(world, "wrong")
    except NotAccepted as error:
        must(str(error), "credentials that are wrong are refused without a word")
    else:
        raise Broken("credentials that the PSP does not accept are accepted")
    for name, expected in (("request lost", NoAnswer), ("request not sent", NotSent)):
        world.wire.begin()
        with world.wire.disturbing(0, FAULTS[name]):
            try:
                _check(world, "ours")
            except expected:
                continue
        raise Broken(f"with {name}, the credentials are judged")


def _check(world: World, whose: str) -> None:
    connector = world.connector("wrong" if whose == "wrong" else "ours")
    if not isinstance(connector, Checks):
        raise CannotShow("the connector does not implement Checks")
    with connector_runs():
        connector.check()


@check("credentials: wrong", lambda manifest, can: bool(manifest.credentials))
def wrong_credentials(world: World) -> None:
    """A payment with wrong credentials has certainly not begun, or is not known; it has not failed."""
    book, op = world.started()
    book.new = lambda: world.connector("wrong")
    fact = book.send(op)
    must(fact.outcome in (Outcome.NOT_BEGUN, Outcome.UNKNOWN), f"with wrong credentials it is {fact.outcome}")
    world.nothing(book)


@check("balance: told", lambda manifest, can: can.balance)
def balance(world: World) -> None:
    connector = world.connector()
    if not isinstance(connector, TellsBalances):
        raise Broken("the manifest declares balances, and the connector tells none")
    case = world.case(instrument=world.setup.good(world.method))
    must((connector.balance(case) or 0) >= case.amount, "the balance of what can pay is too small")
    empty = connector.balance(world.case(instrument=world.setup.bad(world.method)))
    must(empty == 0, f"the balance of what cannot pay is {empty}")
    for name in ("request lost", "500", "answer nonsense"):
        world.wire.begin()
        with world.wire.disturbing(0, FAULTS[name]):
            try:
                told = connector.balance(case)
            except Exception:
                told = None
        must(told is None, f"with {name}, the balance is {told}")
