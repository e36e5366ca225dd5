"""The sandbox's test instruments, in words made from its own table: guide, docs page and demo shop have the same.

`functions/sandbox_psp/sandbox/instruments.py` says what each token does; a new row there is a new line here.
"""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

ROOT = Path(__file__).parent.parent
sys.path.append(str(ROOT / "functions" / "sandbox_psp"))  # as in Lambda, the function's folder is on the path

if TYPE_CHECKING:
    from functions.sandbox_psp.sandbox import instruments
else:
    from sandbox import instruments

HEADING = "## Test instruments"
KINDS = {"tok_": "card", "gc_": "gift_card", "bank_": "bank_redirect"}
DEEDS = {
    "dispute": "a dispute of all of it is opened",
    "win_dispute": "it is won",
    "lose_dispute": "it is lost",
    "fail_capture": "the capture is told to have failed",
    "fail_refund": "the refund is told to have failed",
}


class Described(NamedTuple):
    """A token, the methods that it can be used with (the first is the usual one), and what happens."""

    token: str
    methods: tuple[str, ...]
    does: str


def all_of_them() -> list[Described]:
    return [Described(token, _methods(token), _does(row)) for token, row in instruments.INSTRUMENTS.items()]


def _methods(token: str) -> tuple[str, ...]:
    method = next(method for prefix, method in KINDS.items() if token.startswith(prefix))
    return ("card", "wallet", "payout") if method == "card" else (method,)


def _does(row: instruments.Instrument) -> str:
    parts = [_begins(row), _later(row), _refuses(row), *_follows(row)]
    brand = f" ({row.brand})" if row.brand and parts == ["is authorized at once", "", ""] else ""
    return "; ".join(filter(None, parts)) + brand


def _begins(row: instruments.Instrument) -> str:
    if row.answer == "error":
        return "the PSP answers 500 and has authorized nothing: unknown until it is asked, then `FAILED` `PSP_ERROR`"
    if row.answer == "too_late":
        return "is authorized, but the answer never comes: unknown until the PSP is asked"
    if row.start == "failed":
        spent = ", although its balance was found first" if row.balance is not None else ""
        return f"`FAILED` `{str(row.reason).upper()}`{spent}"
    if row.start == "requires_action":
        alone = "; without the shopper `FAILED` `AUTHENTICATION_REQUIRED`" if row.off_session == "failed" else ""
        return f"needs the shopper: a `redirect` to a page that offers approve, decline, cancel{alone}"
    if row.start == "pending":
        return "the PSP answers pending"
    if row.balance is not None:
        return f"each payment finds {row.balance / 100:.2f} on it and takes the lesser of that and the amount"
    return "is authorized at once"


def _later(row: instruments.Instrument) -> str:
    if row.later is None:
        return ""
    lost = f"the money does not arrive after all: `FAILED` `{str(row.later.reason).upper()}`"
    when = "once approved, " if row.start == "requires_action" else ""
    return f"{when}{row.later.after} seconds later {'it succeeds' if row.later.to == 'succeeded' else lost}"


def _refuses(row: instruments.Instrument) -> str:
    return f"a {row.refuses} of it is refused" if row.refuses else ""


def _follows(row: instruments.Instrument) -> list[str]:
    return [f"{each.after} seconds after the {each.cause} {DEEDS[each.do]}" for each in row.follow_ups]


def section() -> str:
    rows = [f"| `{each.token}` | {', '.join(each.methods)} | {each.does} |" for each in all_of_them()]
    return "\n".join(
        [
            HEADING,
            "",
            "The sandbox PSP of local and staging systems takes these as `instrument.token`. A START without",
            "`instrument` leads the shopper to the sandbox's page, which offers a choice. With an unknown token the",
            "payment is `FAILED`, and `details.message` lists those there are.",
            "",
            "| token | with | what happens |",
            "| --- | --- | --- |",
            *rows,
            "",
        ]
    )


def render() -> str:
    """`local/instruments.json`, which the demo shop reads."""
    return json.dumps([each._asdict() for each in all_of_them()], indent=1) + "\n"
