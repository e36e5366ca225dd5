"""An invoice e-mail (RG-7): subject, plain text, HTML. A merchant's text is kept on one line and escaped in HTML."""

from dataclasses import dataclass
from html import escape

from tillgate.domain.orders.lines import quantity_text
from tillgate.domain.orders.order import Order
from tillgate.domain.shared.locales import language_of
from tillgate.domain.shared.localized_amounts import readable
from tillgate.domain.shared.localized_dates import written_instant
from tillgate.domain.shared.time_zones import local
from tillgate.outbound.invoices.texts import TEXTS, Texts, locale_of

MOST_ITEMS = 50


@dataclass(frozen=True, slots=True)
class Letter:
    subject: str
    text: str
    html: str


def write(order: Order, merchant: str, name: str | None, url: str, zone: str = "UTC") -> Letter:
    """Writes in the language of the order's `locale`; the amount is what is still open.

    `zone`: the merchant's, for the due date.
    """
    locale = locale_of(order.terms.locale)
    language = language_of(locale)
    t = TEXTS[language]
    named = {"reference": order.order_reference, "merchant": one_line(merchant)}
    hello = t.hello_name.format(name=one_line(name)) if name else t.hello
    asks = t.asks.format(**named)
    facts = [
        *_items(order, locale),
        (t.left, readable(order.open, order.currency, locale)),
        (t.until, written_instant(local(order.expires_at, zone), locale, t.instant)),
    ]
    return Letter(
        subject=one_line(t.subject.format(**named)),
        text=_text(t, hello, asks, order.terms.description, facts, url),
        html=_html(language, t, hello, asks, order.terms.description, facts, url),
    )


def one_line(text: str) -> str:
    """Without line breaks, which must not get into a header or a sentence."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _items(order: Order, locale: str) -> list[tuple[str, str]]:
    return [
        (f"{quantity_text(item, locale) or 1} x {item['name']}", _amount(order, item.get("amount"), locale))
        for item in order.terms.items[:MOST_ITEMS]
    ]


def _amount(order: Order, amount: int | None, locale: str) -> str:
    return "" if amount is None else readable(amount, order.currency, locale)


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
