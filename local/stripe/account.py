"""One account at Stripe: the calls of its API that the proxy answers, and what happens there unasked."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from .cards import Wallet
from .events import Events
from .forms import JSON
from .intents import Intents
from .keys import Keys
from .money import Money
from .pages import Sessions, page
from .refunds import Disputes, Refunds
from .setups import Setups
from .theirs import Theirs, refuse

WATCHED = 1.0  # seconds after which a bank has decided about a debit: `localstripe` takes half of one


class Account:
    def __init__(self, theirs: Theirs, base_url: str) -> None:
        self.theirs = theirs
        self.base_url = base_url
        self.events = Events()
        self.begin()

    def begin(self) -> None:
        """Nothing has happened in it yet; who listens to its events stays."""
        self.keys = Keys()
        self.intents = Intents(self.theirs, Wallet(self.theirs), self.tell, self._visit)
        self.setups = Setups(self.intents, self.tell)
        self.sessions = Sessions(self.intents, self.tell, self.base_url)
        self.refunds = Refunds(self.intents, self.tell)
        self.disputes = Disputes(self.intents, self.tell)
        self.money = Money(self.intents, self.tell)

    def holds(self, thing: str) -> bool:
        """Whether it is a thing of this account's: an intent, a page, a dispute, a refund."""
        rooms = (self.intents.all, self.setups.all, self.sessions.all, self.disputes.all)
        return any(thing in room for room in rooms) or thing in [each["id"] for each in self.refunds.every(None)]

    def _visit(self, thing: str) -> str:
        """Where the shopper authenticates."""
        return f"{self.base_url}/authenticate/{thing}"

    def tell(self, kind: str, thing: JSON) -> None:
        self.events.tell(kind, thing)
        if kind == "payment_intent.processing":
            _later(self._decided, thing["id"])
        if kind == "payment_intent.succeeded":
            self._misbehave(thing)

    def _decided(self, intent_id: str) -> None:
        shown = self.intents.show(intent_id)
        if shown["status"] == "processing":
            _later(self._decided, intent_id)
        else:
            self.events.tell(f"payment_intent.{_EVENTS[shown['status']]}", shown)

    def _misbehave(self, shown: JSON) -> None:
        """A test card whose holder disputes what was captured."""
        if self.intents.wallet.card(shown["payment_method"]).does == "dispute":
            _later(self.disputes.open, shown["id"])

    # ---- the API

    def create_intent(self, body: JSON) -> JSON:
        return _shown(self.intents.create(body), body)

    def show_intent(self, query: JSON, intent_id: str) -> JSON:
        return _shown(self.intents.show(intent_id), query)

    def list_intents(self, query: JSON) -> JSON:
        mine = (each for each in self.intents.all.values() if _within(int(each.theirs["created"]), query))
        found = [each.id for each in mine if query.get("customer") in (None, each.body.get("customer"))]
        return _page([self.intents.show(each) for each in found], query)

    def capture(self, body: JSON, intent_id: str) -> JSON:
        return _shown(self.intents.capture(intent_id, body), body)

    def cancel(self, body: JSON, intent_id: str) -> JSON:
        return _shown(self.intents.cancel(intent_id, body.get("cancellation_reason")), body)

    def create_method(self, body: JSON) -> JSON:
        data = {name: value for name, value in body.items() if name != "account"}
        token = (body.get("card") or {}).get("token")
        method = self.intents.wallet.resolve({"payment_method": token}) if token else None
        return self.intents.wallet.shown(method) if method else self.theirs.post("payment_methods", data)

    def create_setup(self, body: JSON) -> JSON:
        return self.setups.create(body)

    def show_setup(self, _: JSON, setup_id: str) -> JSON:
        return self.setups.show(setup_id)

    def list_setups(self, query: JSON) -> JSON:
        return _page([self.setups.show(each) for each in self.setups.all], query)

    def cancel_setup(self, _: JSON, setup_id: str) -> JSON:
        return self.setups.cancel(setup_id)

    def create_session(self, body: JSON) -> JSON:
        return self.sessions.create(body)

    def show_session(self, _: JSON, session_id: str) -> JSON:
        return self.sessions.show(session_id)

    def list_sessions(self, query: JSON) -> JSON:
        return _page([self.sessions.show(each) for each in self.sessions.all], query)

    def expire_session(self, _: JSON, session_id: str) -> JSON:
        return self.sessions.expire(session_id)

    def refund(self, body: JSON) -> JSON:
        made = self.refunds.create(body)
        intent = self.intents.find(made["payment_intent"])
        if self.intents.wallet.card(intent.method).does == "refund_fails":
            _later(self.refunds.fail, made["id"])
        return made

    def list_refunds(self, query: JSON) -> JSON:
        return _page(self.refunds.every(query.get("payment_intent")), query)

    def list_disputes(self, query: JSON) -> JSON:
        every = self.disputes.all.values()
        return _page([each for each in every if query.get("payment_intent") in (None, each["payment_intent"])], query)

    def update_dispute(self, body: JSON, dispute_id: str) -> JSON:
        return self.disputes.update(dispute_id, body)

    def close_dispute(self, _: JSON, dispute_id: str) -> JSON:
        return self.disputes.close(dispute_id)

    def upload(self, _: JSON) -> JSON:
        return {"id": f"file_{time.time_ns()}", "object": "file", "purpose": "dispute_evidence"}

    def list_transactions(self, query: JSON) -> JSON:
        return _page(self.money.transactions(query.get("payout"))[::-1], query)

    def list_payouts(self, query: JSON) -> JSON:
        every = self.money.payouts.values()
        return _page([each for each in every if self.money.accounts.get(each["id"]) == query["account"]], query)

    def show_payout(self, _: JSON, payout_id: str) -> JSON:
        return self.money.payouts[payout_id]

    def pay_vendor(self, body: JSON) -> JSON:
        return self.money.pay_vendor(str(body["account"]), body)

    def transfer(self, body: JSON) -> JSON:
        return self.money.transfer(body)

    def list_transfers(self, query: JSON) -> JSON:
        every = self.money.transfers.values()
        return _page([each for each in every if query.get("transfer_group") in (None, each["transfer_group"])], query)

    def reverse(self, body: JSON, transfer_id: str) -> JSON:
        return self.money.reverse(transfer_id, body)

    # ---- the shopper's pages, and what nobody asked for

    def page(self, kind: str, thing: str) -> str:
        title = "Pay" if kind == "checkout" else "Your bank asks: is it you?"
        action = f"{self.base_url}/{kind}/{thing}" if self._awaits(thing) else None
        return page(title, f"{self._amount(thing)} Nothing is really paid here.", action)

    def _awaits(self, thing: str) -> bool:
        """Whether the shopper can still choose."""
        if thing.startswith("cs_"):
            return bool(self.sessions.show(thing)["status"] == "open")
        return self.setups.all[thing].awaits if thing.startswith("seti_") else self.intents.find(thing).awaits

    def _amount(self, thing: str) -> str:
        if thing.startswith("seti_"):
            return "Your card is stored."
        if thing.startswith("cs_"):
            price = self.sessions.all[thing]["body"]["line_items"][0]["price_data"]
            return f"{int(price['unit_amount']) / 100:.2f} {price['currency'].upper()}."
        body = self.intents.find(thing).body
        return f"{int(body['amount']) / 100:.2f} {body['currency'].upper()}."

    def press(self, kind: str, thing: str, button: str) -> str:
        """Where the shopper's browser goes next."""
        if kind == "checkout":
            return self.sessions.press(thing, button)
        if thing.startswith("seti_"):
            self.setups.authenticate(thing, success=button == "approve")
            return str(self.setups.all[thing].body["return_url"])
        self.intents.authenticate(thing, success=button == "approve")
        return str(self.intents.all[thing].body["return_url"])

    def backoffice(self, do: str, thing: str, form: JSON) -> JSON:
        amount = int(form["amount"]) if "amount" in form else None
        acts: dict[str, Callable[[], JSON]] = {
            "refund": lambda: self.refunds.create({"payment_intent": thing, "amount": amount}),
            "capture": lambda: self.intents.capture(thing, {"amount_to_capture": amount}),
            "expire": lambda: self.intents.cancel(thing, "expired"),
            "fail_refund": lambda: self.refunds.fail(thing),
            "dispute": lambda: self.disputes.open(thing, amount),
            "win_dispute": lambda: self.disputes.decide(thing, "won"),
            "lose_dispute": lambda: self.disputes.decide(thing, "lost"),
            "payout": self.money.pay_out,
            "settle": lambda: self.intents.wait(thing),
            "wallet": lambda: {"attached": self.intents.wallet.attached()},
            "a_day_passes": self.keys.forget,
        }
        if do not in acts:
            raise refuse(f"Nobody can {do}.", "resource_missing", 404)
        return acts[do]()


_EVENTS = {
    "succeeded": "succeeded",
    "requires_payment_method": "payment_failed",
}


def _later(act: Callable[[str], object], thing: str) -> None:
    timer = threading.Timer(WATCHED, act, [thing])
    timer.daemon = True
    timer.start()


def _shown(thing: JSON, asked: JSON) -> JSON:
    """Without `expand`, a charge is its id alone."""
    charge = thing["latest_charge"]
    if charge and "latest_charge" not in asked.get("expand", []):
        return thing | {"latest_charge": charge["id"]}
    return thing


def _within(created: int, query: JSON) -> bool:
    span = query.get("created") or {}
    return int(span.get("gte", 0)) <= created <= int(span.get("lte", 1 << 62))


def _page(oldest_first: Sequence[JSON], query: JSON) -> dict[str, Any]:
    found = [each for each in reversed(oldest_first) if _within(int(each["created"]), query)]
    if after := query.get("starting_after"):
        ids = [each["id"] for each in found]
        if after not in ids:
            raise refuse(f"No such object: '{after}'", "resource_missing")
        found = found[ids.index(after) + 1 :]
    limit = int(query.get("limit", 10))
    return {"object": "list", "data": found[:limit], "has_more": len(found) > limit}
