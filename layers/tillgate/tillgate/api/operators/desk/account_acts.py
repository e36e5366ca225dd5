"""What an operator does with accounts at the desk: each act with its confirmation, and the state that it was shown.

`admin` has the same acts by the same use cases; the desk adds the question before and the guard against a stale page.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tillgate.api.operators.desk.amounts import shown
from tillgate.api.operators.desk.asked import Asked
from tillgate.api.operators.desk.html import Html, button, joined, tag
from tillgate.api.operators.desk.question import impossible, question
from tillgate.api.operators.desk.style import done
from tillgate.domain.merchants.account import Merchant
from tillgate.domain.merchants.vendor import Vendor
from tillgate.domain.shared.modes import Mode
from tillgate.domain.shared.refusals import NotFound, Refusal
from tillgate.runtime.acting import mark_of
from tillgate.store.merchants.accounts import of_client, of_merchant, of_vendor
from tillgate.use_cases.merchants import accounts, clients, vendors
from tillgate.use_cases.merchants.set_signatures import revoke_signature_keys
from tillgate.use_cases.operators.decide_payout import approve_payout, refuse_payout, resolve_payout
from tillgate.use_cases.operators.resolve import check_who_and_why
from tillgate.wiring import System

type Who = Mapping[str, str]

CARRIED = (
    *("merchant_id", "vendor_id", "psp_account", "client_id", "key_id", "connector", "mode", "payout_id", "outcome"),
    "now",
)


@dataclass(frozen=True, slots=True)
class AccountAct:
    """`says` is the confirmation, made of what is stored now; `perform` returns what is told afterwards."""

    says: Callable[[System, Asked], str]
    perform: Callable[[System, Asked, Who], object]


def _merchant(system: System, asked: Asked) -> Merchant:
    return accounts.find_merchant(system, asked.needed("merchant_id"))


def _vendor(system: System, asked: Asked) -> Vendor:
    found = system.merchants.vendor_for(asked.needed("merchant_id"), asked.needed("vendor_id"))
    if found is None:
        raise NotFound("this vendor does not exist")
    return found[0]


def _suspends(suspended: bool) -> AccountAct:
    effect = (
        "No new calls are taken within a minute; open payments go on." if suspended else "Its calls are taken again."
    )

    def perform(system: System, asked: Asked, who: Who) -> object:
        accounts.update_merchant(system, asked.needed("merchant_id"), suspended=suspended)
        return "The merchant is suspended." if suspended else "The merchant is active."

    verb = "suspended" if suspended else "active again"
    return AccountAct(lambda system, asked: f"{_merchant(system, asked).name} is {verb}. {effect}", perform)


def _suspends_vendor(suspended: bool) -> AccountAct:
    effect = "It gets no payments and no payouts." if suspended else "It gets payments and payouts again."

    def perform(system: System, asked: Asked, who: Who) -> object:
        vendors.suspend_vendor(system, asked.needed("merchant_id"), asked.needed("vendor_id"), suspended)
        return "The vendor is suspended." if suspended else "The vendor is active."

    verb = "suspended" if suspended else "active again"
    return AccountAct(lambda system, asked: f"The vendor {_vendor(system, asked).name} is {verb}. {effect}", perform)


def _says_approval(system: System, asked: Asked) -> str:
    vendor = _vendor(system, asked)
    new = vendor.waiting(system.now())
    if new is None:
        raise Refusal("no new account of this vendor waits")
    return (
        f"All money of {vendor.name} goes to {new.psp_account} from now on, no more to {vendor.psp_account}. "
        f"{new.asked_by} has asked for it; you have made sure with the vendor, over another channel."
    )


def _approves(system: System, asked: Asked, who: Who) -> object:
    whose = asked.needed("merchant_id"), asked.needed("vendor_id")
    vendors.approve_vendor_account(system, *whose, asked.needed("psp_account"), by=who["by"])
    return f"Payouts go to {asked.needed('psp_account')}."


def _calls_off(system: System, asked: Asked, who: Who) -> object:
    vendors.call_off_vendor_account(system, asked.needed("merchant_id"), asked.needed("vendor_id"))
    return "The previous account stays; payouts go on."


def _says_signing(system: System, asked: Asked) -> str:
    ends = "at once" if asked.text("now") else "after a day"
    return f"{_merchant(system, asked).name} gets a new signing secret, shown once. The previous one ends {ends}."


def _rotates_signing(system: System, asked: Asked, who: Who) -> object:
    whose = asked.needed("merchant_id")
    made = accounts.rotate_signing_secret(system, system.seal, whose, revoke_now=bool(asked.text("now")))
    return joined(["The new signing secret, shown only here: ", tag("code", made["signing_secret"])])


def _says_client(system: System, asked: Asked) -> str:
    client = system.merchants.client(asked.needed("client_id"))
    if client is None:
        raise NotFound("this client does not exist")
    ends = "and its tokens end at once" if asked.text("now") else "ends after a day"
    return (
        f"The client {client.client_id} of {client.merchant_id} gets a new secret, shown once; the previous one {ends}."
    )


def _rotates_client(system: System, asked: Asked, who: Who) -> object:
    client_id, now = asked.needed("client_id"), bool(asked.text("now"))
    made = clients.rotate_client_secret(system, client_id, who["by"], revoke_now=now)
    return joined(["The new client secret, shown only here: ", tag("code", made["client_secret"])])


def _revokes_key(system: System, asked: Asked, who: Who) -> object:
    revoke_signature_keys(system, asked.needed("merchant_id"), [asked.needed("key_id")])
    return "Calls that this key signs are refused within a minute."


def _revokes_connector(system: System, asked: Asked, who: Who) -> object:
    from tillgate.domain.merchants.connections import Change
    from tillgate.use_cases.merchants.set_connection import set_connection  # only this act needs connectors

    change = Change(Mode(asked.needed("mode")), who["by"], credentials=None)
    set_connection(system, asked.needed("merchant_id"), asked.needed("connector"), change)
    return "The credentials are deleted; its methods do not apply from the next minute on."


def _payout_says(what: str) -> Callable[[System, Asked], str]:
    def says(system: System, asked: Asked) -> str:
        payout = system.payouts.load(asked.needed("payout_id"))
        if payout is None:
            raise NotFound("this payout does not exist")
        amount = shown(payout.amount, payout.currency)
        return f"The payout of {amount} of {payout.merchant_id} {what.format(asked.text('outcome'))}."

    return says


def _approves_payout(system: System, asked: Asked, who: Who) -> object:
    return f"The payout is {approve_payout(system, asked.needed('payout_id'), **who).status}."


def _refuses_payout(system: System, asked: Asked, who: Who) -> object:
    return f"The payout is {refuse_payout(system, asked.needed('payout_id'), **who).status}."


def _resolves_payout(system: System, asked: Asked, who: Who) -> object:
    payout = resolve_payout(system, asked.needed("payout_id"), outcome=asked.needed("outcome"), **who)
    return f"The payout is {payout.status}."


ACCOUNT_ACTS: dict[str, AccountAct] = {
    "suspend_merchant": _suspends(True),
    "resume_merchant": _suspends(False),
    "suspend_vendor": _suspends_vendor(True),
    "resume_vendor": _suspends_vendor(False),
    "approve_vendor_account": AccountAct(_says_approval, _approves),
    "call_off_vendor_account": AccountAct(
        lambda system, asked: f"{_vendor(system, asked).name} keeps the account {_vendor(system, asked).psp_account}.",
        _calls_off,
    ),
    "rotate_signing_secret": AccountAct(_says_signing, _rotates_signing),
    "rotate_client_secret": AccountAct(_says_client, _rotates_client),
    "revoke_signature_key": AccountAct(
        lambda system, asked: (
            f"The key {asked.needed('key_id')} of {_merchant(system, asked).name} ends. If calls must be signed and it "
            "has no other, it is locked out until an operator lifts that."
        ),
        _revokes_key,
    ),
    "revoke_connector": AccountAct(
        lambda system, asked: (
            f"The {asked.needed('mode')} credentials of {_merchant(system, asked).name} with "
            f"{asked.needed('connector')} are deleted; what is open there waits until there are new ones."
        ),
        _revokes_connector,
    ),
    "approve_payout": AccountAct(_payout_says("is sent"), _approves_payout),
    "refuse_payout": AccountAct(_payout_says("is refused; nothing is sent"), _refuses_payout),
    "resolve_payout": AccountAct(_payout_says("is recorded as {}, as the PSP's back office says"), _resolves_payout),
}


def confirm(asked: Asked, system: System) -> Html:
    """The question before an act: what will happen, and the state that the answer holds for."""
    act = ACCOUNT_ACTS.get(asked.text("act"))
    back = way_back(asked, "Do not")
    if act is None:
        raise Refusal("there is no such action")
    if asked.text("act") == "rotate_client_secret" and not asked.text("client_id"):
        asked = asked.carrying(client_id=asked.typed("client_id"))
    saw = marks(system, asked)
    try:
        sentence = act.says(system, asked)
    except Refusal as refusal:
        return impossible(refusal.detail, back)
    names = {name: text for name in CARRIED if (text := asked.text(name))}
    return question(asked, [sentence], {"act": asked.text("act"), "saw": saw, **names}, back)


def marks(system: System, asked: Asked) -> dict[str, str]:
    """Of what the act changes, as stored now."""
    merchant_id, vendor_id, client_id = (asked.text(name) for name in ("merchant_id", "vendor_id", "client_id"))
    items = system.merchants.items
    if asked.text("connector"):
        revision = getattr(system.connections.load(merchant_id, asked.text("connector")), "revision", 0)
        return {f"CONNECTION/{merchant_id}/{asked.text('connector')}": mark_of(str(revision))}
    if client_id:
        return {of_client(client_id).name: items.mark(of_client(client_id))}
    if vendor_id:
        place = of_vendor(merchant_id, vendor_id)
        return {place.name: items.mark(place)}
    if merchant_id:
        return {of_merchant(merchant_id).name: items.mark(of_merchant(merchant_id))}
    return {}  # a payout is decided once


def acted_on_account(system: System, asked: Asked, who: Who) -> Html:
    """Raises `Refusal`."""
    check_who_and_why(who["by"], who["reason"])
    act = ACCOUNT_ACTS[asked.text("act")]
    if not asked.marks and not asked.text("payout_id"):
        raise Refusal("only a button of the desk does this: open the account and press it there")
    return done(act.perform(system, asked, who))


def way_back(asked: Asked, label: str) -> Html:
    names = ("merchant_id", "vendor_id")
    if asked.text("payout_id"):
        return button(label, asked.reads, {"view": "payout", "payout_id": asked.text("payout_id")})
    view = "vendor" if asked.text("vendor_id") else "merchants"
    return button(label, asked.reads, {"view": view} | {name: asked.text(name) for name in names if asked.text(name)})


def to_confirm(asked: Asked, label: str, act: str, **carried: str) -> Html:
    return button(f"{label} ...", asked.reads, {"view": "confirm_account", "act": act, **carried})
