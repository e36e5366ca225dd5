"""Actions of operators by name, and the fields that each takes: `{"action": "...", field: value}`.

A call that names an unknown action or field is refused with the nearest name, and changes nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from tillgate.domain.shared.card_numbers import places_of_card_numbers
from tillgate.domain.shared.refusals import Refusal
from tillgate.runtime.acting import Acting
from tillgate.runtime.telemetry import logger
from tillgate.store.shared.failures import Contended
from tillgate.use_cases.shared.load_order import ConcurrentChange

type Fields = dict[str, Any]

# A request may have been sent and its outcome not been saved: to be told "nothing was done" would invite a second one.
IN_DOUBT = "others are changing it just now, so it may be done or not; look at it before you try again"


@dataclass(frozen=True, slots=True)
class Action:
    """`fields`: names that have to be passed, and with a `?` those that may be. `secret`: card numbers are taken."""

    call: Callable[[Fields], Fields]
    fields: str = ""
    takes_card_numbers: bool = False

    @property
    def required(self) -> list[str]:
        return [name for name in self.fields.split() if not name.endswith("?")]

    @property
    def known(self) -> list[str]:
        return [name.removesuffix("?") for name in self.fields.split()]


def operator(via: str, said: Mapping[str, Any], context: object, call: str) -> Acting:
    """Who acts: the name is theirs to give, the request id leads to the IAM caller in the trail of invocations."""
    by, reason = (said.get(name) if isinstance(said.get(name), str) else None for name in ("by", "reason"))
    return Acting(via, by or None, call, getattr(context, "aws_request_id", None), reason or None)


def run(actions: Mapping[str, Action], event: Mapping[str, Any]) -> Fields:
    """The action's result, or {"error": ...} if nothing was changed, or if it says so, perhaps."""
    fields = dict(event)
    name = fields.pop("action", None)
    logger.clear_state()
    logger.info("admin", extra={"action": name, "merchant": fields.get("merchant_id")})
    if not isinstance(name, str) or name not in actions:
        return {"error": f"there is no such action{_nearest(name, actions)}; there are {', '.join(actions)}"}
    action = actions[name]
    try:
        _check(action, fields)
        return action.call(fields)
    except Refusal as refusal:
        return {"error": refusal.detail}
    except (ConcurrentChange, Contended):
        return {"error": IN_DOUBT}
    except KeyError as missing:
        return {"error": f"the field {missing} is missing"}
    except ValueError as wrong:  # nothing is stored that could not be read again
        return {"error": str(wrong)}


def _check(action: Action, fields: Fields) -> None:
    """Raises `Refusal` for fields that are unknown or missing, and for card numbers."""
    unknown = [f"{name}{_nearest(name, action.known)}" for name in fields if name not in action.known]
    if unknown:
        raise Refusal(f"unknown: {', '.join(unknown)}; the fields are {action.fields or 'none'}")
    if missing := [name for name in action.required if name not in fields]:
        raise Refusal(f"missing: {', '.join(missing)}")
    if texts := [name for name in ("by", "reason") if not isinstance(fields.get(name, ""), str)]:
        raise Refusal(f"must be text: {', '.join(texts)}")
    if not action.takes_card_numbers and (places := list(places_of_card_numbers(fields))):
        raise Refusal(f"card numbers are not taken; remove them from {', '.join(places)}")


def _nearest(name: object, names: Iterable[str]) -> str:
    close = get_close_matches(str(name), names, n=1)
    return f" (did you mean {close[0]}?)" if close else ""
