"""An invoice e-mail (RG-7): subject, plain text, HTML. A merchant's text is kept on one line and escaped in HTML."""

from dataclasses import dataclass
from html import escape

from tillgate.domain.orders.order import Order
from tillgate.domain.shared.localized_amounts import readable
from tillgate.outbound.invoices.texts import TEXTS, Texts, language_of

MOST_ITEMS = 50


@dataclass(frozen=True, slots=True)
class Letter:
    subject: str
    text: str
    html: str


def write(order: Order, merchant: str, name: str | None, url: str) -> Letter:
    """Writes in the language of the order's `locale`; the amount is what is still open."""
    language = language_of(order.terms.locale)
    t = TEXTS[language]
    named = {"reference": order.order_reference, "merchant": one_line(merchant)}
    hello = t.hello_name.format(name=one_line(name)) if name else t.hello
    asks = t.asks.format(**named)
    facts = [
        *_items(order, language),
        (t.left, readable(order.open, order.currency, language)),
        (t.until, order.expires_at.strftime(t.instant)),
    ]
    return Letter(
        subject=one_line(t.subject.format(**named)),
        text=_text(t, hello, asks, order.terms.description, facts, url),
        html=_html(language, t, hello, asks, order.terms.description, facts, url),
    )


def one_line(text: str) -> str:
    """Without line breaks, which must not get into a header or a sentence."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _items(order: Order, language: str) -> list[tuple[str, str]]:
    return [
        (f"{item.get('quantity', 1)} x {item['name']}", _amount(order, item.get("amount"), language))
        for item in order.terms.items[:MOST_ITEMS]
    ]


def _amount(order: Order, amount: int | None, language: str) -> str:
    return "" if amount is None else readable(amount, order.currency, language)


def _text(t: Texts, hello: str, asks: str, description: str | None, facts: list[tuple[str, str]], url: str) -> str:
    lines = (f"{label}: {value}" if value else label for label, value in facts)
    parts = (hello, asks, description or "", "\n".join(lines), f"{t.pay}: {url}", t.unexpected)
    return "\n\n".join(part for part in parts if part) + "\n"


def _html(
    language: str, t: Texts, hello: str, asks: str, description: str | None, facts: list[tuple[str, str]], url: str
) -> str:
    rows = "".join(
        f'<tr><td style="padding:4px 16px 4px 0">{escape(label)}</td>'
        f'<td style="padding:4px 0;text-align:right"><strong>{escape(value)}</strong></td></tr>'
        for label, value in facts
    )
    described = f'<p style="white-space:pre-line">{escape(description)}</p>' if description else ""
    link = escape(url)
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"></head>'
        '<body style="font-family:sans-serif;line-height:1.5;max-width:36em">'
        f"<p>{escape(hello)}</p><p>{escape(asks)}</p>{described}"
        f'<table role="presentation" style="border-collapse:collapse">{rows}</table>'
        f'<p><a href="{link}" style="display:inline-block;padding:12px 24px;border-radius:6px;'
        f'background:#1f2937;color:#ffffff;text-decoration:none">{escape(t.pay)}</a></p>'
        f'<p>{escape(t.link)}<br><a href="{link}">{link}</a></p><p>{escape(t.unexpected)}</p></body></html>'
    )
