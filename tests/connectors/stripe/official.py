"""Holds requests and answers against the types of Stripe's own package, which follows the API version that we pin.

A field that the API does not have (any more), a value that it does not know, a required field that is missing: each is
an AssertionError that names it.
"""

import re
import types
import typing
from typing import Any

import stripe
from stripe import checkout, params
from stripe.params import checkout as checkout_params
from typing_extensions import is_typeddict

from local.stripe.forms import JSON, decode

REQUESTS: dict[str, Any] = {
    r"POST customers": params.CustomerCreateParams,
    r"POST payment_intents": params.PaymentIntentCreateParams,
    r"GET payment_intents": params.PaymentIntentListParams,
    r"GET payment_intents/\w+": params.PaymentIntentRetrieveParams,
    r"POST payment_intents/\w+/capture": params.PaymentIntentCaptureParams,
    r"POST payment_intents/\w+/cancel": params.PaymentIntentCancelParams,
    r"POST payment_methods": params.PaymentMethodCreateParams,
    r"POST payment_methods/\w+/detach": params.PaymentMethodDetachParams,
    r"POST setup_intents": params.SetupIntentCreateParams,
    r"GET setup_intents": params.SetupIntentListParams,
    r"GET setup_intents/\w+": params.SetupIntentRetrieveParams,
    r"POST setup_intents/\w+/cancel": params.SetupIntentCancelParams,
    r"POST checkout/sessions": checkout_params.SessionCreateParams,
    r"GET checkout/sessions": checkout_params.SessionListParams,
    r"GET checkout/sessions/\w+": checkout_params.SessionRetrieveParams,
    r"POST checkout/sessions/\w+/expire": checkout_params.SessionExpireParams,
    r"POST refunds": params.RefundCreateParams,
    r"GET refunds": params.RefundListParams,
    r"GET disputes": params.DisputeListParams,
    r"POST disputes/\w+": params.DisputeUpdateParams,
    r"POST disputes/\w+/close": params.DisputeCloseParams,
    r"GET balance": params.BalanceRetrieveParams,
    r"GET balance_transactions": params.BalanceTransactionListParams,
    r"GET payouts": params.PayoutListParams,
    r"POST payouts": params.PayoutCreateParams,
    r"GET payouts/\w+": params.PayoutRetrieveParams,
    r"POST transfers": params.TransferCreateParams,
    r"GET transfers": params.TransferListParams,
    r"POST transfers/\w+/reversals": params.TransferCreateReversalParams,
}
_FOR_CHECKERS = vars(typing) | {"StripeContext": str}  # what their modules import for type checkers alone
OBJECTS: dict[str, Any] = {
    "charge": stripe.Charge,
    "checkout.session": checkout.Session,
    "dispute": stripe.Dispute,
    "payment_intent": stripe.PaymentIntent,
    "payout": stripe.Payout,
    "transfer": stripe.Transfer,
}


def check_request(method: str, path: str, body: str) -> None:
    """`path` without the version; `body` a form, or the query of a GET."""
    asked = f"{method} {path}"
    known = [kind for pattern, kind in REQUESTS.items() if re.fullmatch(pattern, asked)]
    assert known, f"no such call: {asked}"
    problem = mismatch(decode(body), known[0])
    assert not problem, f"{asked}: {problem}"


def check_answer(shown: JSON) -> None:
    """What the stand-in shows has no field that Stripe's objects lack."""
    for each in shown["data"] if shown.get("object") == "list" else [shown]:
        if kind := OBJECTS.get(str(each.get("object"))):
            unknown = set(each) - {name for base in kind.__mro__ for name in getattr(base, "__annotations__", {})}
            assert not unknown, f"{each['object']}: {unknown}"


def mismatch(value: Any, hint: Any) -> str:
    """Why the decoded form value is not of that type; empty if it is."""
    if is_typeddict(hint):
        return _of_fields(value, hint)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return _of_one(value, arguments)
    if origin is typing.Literal:
        return "" if value in arguments else f"{value!r} is none of {arguments}"
    if origin is list:
        return "; ".join(filter(None, (mismatch(each, arguments[0]) for each in value)))
    if origin is dict:
        return "" if all(isinstance(each, str) for each in value.values()) else f"{value} is no map of texts"
    return "" if _is_plain(value, hint) else f"{value!r} is no {hint}"


def _of_fields(value: Any, hint: Any) -> str:
    if not isinstance(value, dict):
        return f"{value!r} is no {hint.__name__}"
    hints = typing.get_type_hints(hint, localns=_FOR_CHECKERS)
    unknown, missing = set(value) - set(hints), hint.__required_keys__ - set(value)
    if unknown or missing:
        return f"{hint.__name__}: unknown {unknown}, missing {missing}"
    inner = ((name, mismatch(each, hints[name])) for name, each in value.items())
    return "; ".join(f"{name}: {problem}" for name, problem in inner if problem)


def _of_one(value: Any, arguments: tuple[Any, ...]) -> str:
    """Of a union. Beside the values that are known today, `str` only stands for those to come."""
    known = [each for each in arguments if typing.get_origin(each) is typing.Literal and each.__args__ != ("",)]
    wanted = [each for each in arguments if not (known and each is str)]
    problems = [mismatch(value, each) for each in wanted]
    return "" if "" in problems else " or ".join(problems)


def _is_plain(value: Any, hint: Any) -> bool:
    if hint is int:
        return isinstance(value, str) and re.fullmatch(r"-?\d+", value) is not None
    if hint is bool:
        return value in ("true", "false")
    return hint is str and isinstance(value, str)
