"""Stripe's stand-in in the place of the sandbox PSP: the same flows ask it for its books and let it act unasked.

What is paid with is named by the sandbox's tokens in both cases: `CARDS` in `local/stripe/cards.py` maps those that a
test card of Stripe's is like. Which flows cannot be shown with it, and why, is in `not_with_stripe.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from local.psps import stripe_account
from tests.flows.client import FORM, JSON, Answer, send
from tests.flows.psp_pages import Psp

DEEDS = {"expire_rest": "expire"}  # the others have the sandbox's names
ABOUT = {"win_dispute": "disputes", "lose_dispute": "disputes", "fail_refund": "refunds"}  # done to the newest of these
NAMES = ("authorized", "captured", "cancelled", "refunded")
CAPTURE, OP, CASE = "tillgate_capture", "tillgate_op", "tillgate_case"  # names of metadata


@dataclass(frozen=True)
class StripePsp(Psp):
    """Gift cards and what else is the sandbox's stays with it. `merchants`: whose accounts are looked into."""

    stripe_url: str = ""
    merchants: list[str] = field(default_factory=list)

    def find(self, payment_id: str) -> JSON | None:
        """The sandbox is asked first: Stripe's lists have all payments of all tests, and grow."""
        return super().find(payment_id) or self._of_intent(payment_id) or self._of_page(payment_id)

    def _of_intent(self, payment_id: str) -> JSON | None:
        intents = [(key, each) for key in self._keys() for each in self._list(key, "payment_intents")]
        mine = [(key, each) for key, each in intents if each["metadata"].get(CASE) == payment_id]
        if not mine:
            return None
        assert len(mine) == 1, f"{payment_id} was begun {len(mine)} times"
        return self._shown(*mine[0])

    def backoffice(self, payment: JSON, do: str, amount: int | None = None) -> Answer:
        thing = payment["psp_reference"]
        if not thing.startswith("pi_"):
            return super().backoffice(payment, do, amount)
        if do in ABOUT:
            every = (each for key in self._keys() for each in self._list(key, ABOUT[do]))
            thing = next(each["id"] for each in every if each["payment_intent"] == thing)
        form = urlencode({"by": "a test"} | ({} if amount is None else {"amount": amount}))
        url = f"{self.stripe_url}/_backoffice/{DEEDS.get(do, do)}/{thing}"
        answer = send("POST", url, form, {"Content-Type": FORM})
        return Answer(202 if answer.status == 200 else answer.status, answer.headers, answer.text)

    def _keys(self) -> list[str]:
        return [stripe_account(each)["secret_key"] for each in self.merchants]

    def _list(self, key: str, things: str) -> list[Any]:
        url = f"{self.stripe_url}/v1/{things}?limit=100000&expand[0]=data.latest_charge"
        return list(send("GET", url, headers={"Authorization": f"Bearer {key}"}).expect(200)["data"])

    def _of_page(self, payment_id: str) -> JSON | None:
        """One of Stripe's pages that nobody has paid on."""
        sessions = [each for key in self._keys() for each in self._list(key, "checkout/sessions")]
        mine = [each for each in sessions if each["client_reference_id"] == payment_id]
        if not mine:
            return None
        status = "closed" if mine[0]["status"] == "expired" else "waiting"
        return {"status": status, "amounts": dict.fromkeys(NAMES, 0), "operations": []}

    def _shown(self, key: str, intent: JSON) -> JSON:
        charge = intent["latest_charge"]
        paid = bool(charge and charge["paid"]) and intent["status"] in ("requires_capture", "succeeded", "canceled")
        refunds = [each for each in self._list(key, "refunds") if each["payment_intent"] == intent["id"]]
        given_back = sum(each["amount"] for each in refunds if each["status"] == "succeeded")
        over = intent["status"] in ("succeeded", "canceled")
        sums = (intent["amount"], intent["amount_received"], intent["amount"] - intent["amount_received"], given_back)
        amounts = dict(zip(NAMES, sums if paid else (0, 0, 0, 0), strict=True))
        amounts["cancelled"] *= over
        return {
            "status": "closed" if intent["status"] == "canceled" and not paid else intent["status"],
            "amounts": amounts,
            "operations": list(_operations(intent, charge, refunds, paid=paid)),
        }


def _operations(intent: JSON, charge: JSON | None, refunds: list[Any], *, paid: bool) -> Iterator[JSON]:
    """With the key of our request, or without one."""
    if not paid or not charge:
        return
    if intent["capture_method"] == "manual" and intent["status"] == "succeeded":
        yield {"id": charge["id"], "key": intent["metadata"].get(CAPTURE)}
    if intent["status"] == "canceled" and intent["cancellation_reason"] != "requested_by_customer":
        yield {"id": f"{intent['id']}:cancel", "key": None}
    for each in refunds:
        yield {"id": each["id"], "key": each["metadata"].get(OP)}
