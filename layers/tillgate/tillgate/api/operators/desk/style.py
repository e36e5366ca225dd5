"""How the desk looks: on top of the console's own style of tables and buttons, in light and dark, wide and narrow."""

from datetime import datetime

from tillgate.api.operators.desk.html import Html, joined, tag

_COLOURS = {
    "light": "--ink:#16191f;--quiet:#545b64;--line:#d5dbdb;--good:#1d6b0f;--bad:#b0130a;--warn:#8a4b00;--tint:#f2f3f3",
    "dark": "--ink:#e9ebed;--quiet:#b6bec9;--line:#414d5c;--good:#6fd060;--bad:#ff9d95;--warn:#ffc561;--tint:#1c2530",
}
_RULES = """
.desk{color:var(--ink);font:14px/1.5 "Amazon Ember",Helvetica,Arial,sans-serif;padding:2px 4px;
container-type:inline-size;overflow-wrap:break-word}
.desk h2{font-size:18px;margin:0 0 4px}.desk h3{font-size:15px;margin:18px 0 6px}
.desk p,.desk ul{margin:4px 0}.desk ul{padding-left:20px}
.desk .quiet{color:var(--quiet)}.desk .good{color:var(--good)}.desk .bad{color:var(--bad)}.desk .warn{color:var(--warn)}
.desk .badge{border:1px solid currentColor;border-radius:10px;padding:1px 9px;font-size:12px;font-weight:700;
white-space:nowrap}
.desk .row{display:flex;flex-wrap:wrap;gap:8px 14px;align-items:flex-end;margin:6px 0}
.desk label span{display:block;font-size:12px;color:var(--quiet)}
.desk input,.desk textarea{box-sizing:border-box;font:inherit;color:inherit;background:transparent;
border:1px solid var(--quiet);border-radius:2px;padding:3px 8px;max-width:100%}
.desk .wide{overflow-x:auto;margin-bottom:8px}.desk table{border-collapse:collapse;width:100%}
.desk caption{text-align:left;font-weight:700;padding:8px 0 4px}
.desk th,.desk td{text-align:left;padding:4px 10px 4px 0;border-bottom:1px solid var(--line);vertical-align:top}
.desk th{font-size:12px;color:var(--quiet)}.desk td.number{text-align:right;white-space:nowrap}
.desk .box{border:1px solid var(--line);border-left:4px solid var(--warn);background:var(--tint);padding:8px 12px;
margin:8px 0}
.desk .box.bad{border-left-color:var(--bad);color:inherit}.desk .box.good{border-left-color:var(--good);color:inherit}
.desk code{font-size:12px}.desk .instant,.desk td code{white-space:nowrap}.desk label{max-width:100%}
.desk .prose{flex:1 1 100%}.desk textarea{display:block;width:100%}
@container (max-width:600px){.desk thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
.desk tr,.desk caption,.desk table,.desk tbody{display:block}.desk tr{border-bottom:1px solid var(--line);padding:6px 0}
.desk td{display:flow-root;border:0;padding:1px 0 1px 7em}.desk td:empty{display:none}
.desk td::before{content:attr(data-label);float:left;margin-left:-7em;width:6.5em;color:var(--quiet)}
.desk td code{white-space:normal}.desk td{overflow-wrap:anywhere}}
.desk cwdb-action{display:none}.desk button.btn{min-height:28px;cursor:pointer}
"""


def widget(theme: str, content: Html) -> str:
    """What a widget shows: the content in its style."""
    style = Html(f"<style>.desk.{theme}{{{_COLOURS[theme]}}}{_RULES}</style>")
    return str(joined([style, tag("div", content, class_=f"desk {theme}")]))


def done(*content: object) -> Html:
    """What an operator has done."""
    return tag("div", *content, class_="box good", role="status")


def alert(*content: object) -> Html:
    """What is wrong, or was refused."""
    return tag("div", *content, class_="box bad", role="alert")


def when(at: datetime) -> Html:
    """An instant in UTC, to the second."""
    return tag("span", f"{at:%Y-%m-%d %H:%M:%S}", class_="instant")


def status(text: str) -> Html:
    """A status with its colour; the word itself says the same."""
    kind = "bad" if text in _BAD else "good" if text in _GOOD else "quiet"
    return tag("span", text, class_=f"badge {kind}")


_GOOD = ("PAID", "CAPTURED", "SETTLED", "AUTHORIZED", "SUCCEEDED", "delivered", "WON", "REFUNDED")
_BAD = (
    *("MANUAL_INTERVENTION_NEEDED", "CANCEL_FAILED", "REFUND_FAILED", "FAILED", "UNKNOWN", "REVERSED", "dead"),
    *("stopped", "NEEDS_RESPONSE", "LOST"),
)
