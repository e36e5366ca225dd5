"""Renders the docs page: the reference by RapiDoc, which the same function serves, then errors and test instruments.

These two are plain HTML, which a link leads to without a script: the `type` of a problem is such a link (ADR 155).
"""

from html import escape

from tools.errors import CODES, anchor
from tools.instruments import all_of_them

from .openapi import VERSION

API_URL = "{{api_url}}"  # replaced when the page is served
TRY_OUT = "{{try_out}}"  # on a local system by its form, elsewhere by nothing (ADR 167)

STYLE = """
:root { color-scheme: light dark; --line: #8885; --code: #8882; --accent: #0a58ca; --back: #fff; --text: #1a1a1a; }
@media (prefers-color-scheme: dark) { :root { --accent: #8ab4f8; --back: #16181d; --text: #e8e8e8; } }
body { background: var(--back); color: var(--text); font: 16px/1.55 system-ui, sans-serif; margin: 0; }
header { align-items: baseline; border-bottom: 1px solid var(--line); display: flex; flex-wrap: wrap;
  gap: .25rem 1.5rem; padding: .75rem 1rem; }
h1 { font-size: 1.25rem; margin: 0; } header p { margin: 0; } a { color: var(--accent); }
header ul { display: flex; flex-wrap: wrap; gap: 0 1.25rem; list-style: none; margin: 0; padding: 0; }
#try-out { align-items: center; border-bottom: 1px solid var(--line); display: flex; flex-wrap: wrap; gap: .5rem 1rem;
  padding: .5rem 1rem .75rem; }
#try-out p { flex-basis: 100%; margin: 0; } #try-out label { display: flex; flex-wrap: wrap; gap: .25rem .5rem; }
#try-out input { min-width: 0; width: 15rem; } #try-out input, button { font: inherit; padding: .2rem .5rem; }
rapi-doc { --blue: #0a58ca; --green: #176b2c; --orange: #8a4b00; --red: #b3261e; --yellow: #6b4f00;
  --purple: #6b2fb3; }
@media (prefers-color-scheme: dark) {
  rapi-doc { --blue: #8ab4f8; --green: #81c995; --orange: #fcad70; --red: #f28b82; --yellow: #fdd663;
    --purple: #c9a7ff; }
}
rapi-doc { display: block; height: calc(100vh - 4rem); min-height: 30rem; min-width: 0; width: 100%; }
rapi-doc::part(wrap-request-btn) { flex-wrap: wrap; gap: .5rem; }
.text { margin: 0 auto; max-width: 68rem; padding: 1rem; }
h2 { border-bottom: 1px solid var(--line); margin-top: 3rem; } h3 { font-size: 1.1rem; margin: 2rem 0 .25rem; }
h3:target, article:target { outline: 3px solid var(--accent); outline-offset: .5rem; }
code { background: var(--code); border-radius: 4px; font: .9em/1.45 ui-monospace, monospace; overflow-wrap: anywhere;
  padding: .1em .3em; }
table { border-collapse: collapse; width: 100%; }
td, th { border-top: 1px solid var(--line); padding: .3rem .75rem .3rem 0; text-align: left; vertical-align: top; }
a:focus-visible { outline: 3px solid; }
@media (max-width: 767px) {
  rapi-doc { height: auto; }
  td { border: 0; display: block; padding: 0; }
  td:first-child { border-top: 1px solid var(--line); padding-top: .5rem; }
  th { display: none; }
}
"""
ELEMENT = """
<rapi-doc spec-url="{{api_url}}/openapi.json" render-style="focused" route-prefix="#/" load-fonts="false"
 show-header="false" allow-server-selection="false" allow-spec-url-load="false" allow-spec-file-load="false"
 allow-spec-file-download="false" allow-search="true" allow-advanced-search="true" allow-authentication="false"
 allow-try="false" show-method-in-nav-bar="as-plain-text" use-path-in-nav-bar="false" nav-item-spacing="relaxed"
 schema-description-expanded="true" default-schema-tab="example" response-area-height="300px"></rapi-doc>
<script type="module" src="{{api_url}}/docs?asset=renderer"></script>
<script type="module" src="{{api_url}}/docs?asset=page"></script>
<noscript><div class="text"><p>The reference needs a script of this page. Without it, read
<a href="{{api_url}}/openapi.json">the OpenAPI document</a>.</p></div></noscript>
"""


def render() -> str:
    links = "".join(
        f'<li><a href="{target}">{text}</a>'
        for target, text in (
            ("#reference", "Reference"),
            ("#errors", "Errors"),
            ("#test-instruments", "Test instruments"),
            (f"{API_URL}/openapi.json", "OpenAPI 3.1"),
        )
    )
    return "\n".join(
        [
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>Tillgate API</title><style>{STYLE}</style></head><body>",
            f"<header><h1>Tillgate API</h1><p>Version {VERSION} · <code>{API_URL}</code></p>",
            f'<nav aria-label="Page"><ul>{links}</ul></nav></header>',
            TRY_OUT,
            f'<div id="reference">{ELEMENT}</div>',
            f'<div class="text">{_errors()}{_instruments()}</div>',
            "</body></html>\n",
        ]
    )


def _text(text: str) -> str:
    """Escapes text and renders `code` as code."""
    parts = escape(text, quote=False).split("`")
    return "".join(f"<code>{part}</code>" if number % 2 else part for number, part in enumerate(parts))


def _instruments() -> str:
    rows = "".join(
        f"<tr><td><code>{each.token}</code><td>{', '.join(each.methods)}<td>{_text(each.does)}"
        for each in all_of_them()
    )
    table = f"<table><tr><th>Token<th>With<th>What happens{rows}</table>"
    return f'<section id="test-instruments" aria-label="Test instruments"><h2>Test instruments</h2>{table}</section>'


def _errors() -> str:
    """A section per code: where the `type` of a problem leads."""
    sections = "".join(
        f'<article id="{anchor(code)}"><h3><code>{code}</code></h3><p>{", ".join(map(str, advice.statuses))} · '
        f"{_text(advice.means)}</p><p>{_text(advice.do)}</p></article>"
        for code, advice in CODES.items()
    )
    return f'<section id="errors" aria-label="Errors"><h2>Errors</h2>{sections}</section>'
