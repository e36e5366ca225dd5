"""The texts of invoice e-mails. A test checks that every language of the menu has a row here."""

from typing import NamedTuple

from tillgate.domain.shared import locales


class Texts(NamedTuple):
    subject: str
    hello: str
    hello_name: str
    asks: str
    left: str  # if a part has been paid
    until: str
    pay: str
    link: str
    unexpected: str
    instant: str  # for strftime


TEXTS = {
    "en": Texts(
        subject="Invoice {reference} from {merchant}",
        hello="Hello,",
        hello_name="Hello {name},",
        asks="{merchant} has an invoice for you: {reference}.",
        left="To pay",
        until="Please pay by",
        pay="Pay now",
        link="If the button does not work, open this link:",
        unexpected="If you did not expect this invoice, you need not do anything.",
        instant="%-d %B %Y, %H:%M %Z",
    ),
    "de": Texts(
        subject="Rechnung {reference} von {merchant}",
        hello="Guten Tag,",
        hello_name="Guten Tag {name},",
        asks="{merchant} hat eine Rechnung für Sie: {reference}.",
        left="Zu zahlen",
        until="Bitte zahlen Sie bis",
        pay="Jetzt bezahlen",
        link="Falls die Schaltfläche nicht funktioniert, öffnen Sie diesen Link:",
        unexpected="Wenn Sie diese Rechnung nicht erwartet haben, müssen Sie nichts tun.",
        instant="%d.%m.%Y, %H:%M %Z",
    ),
    "fr": Texts(
        subject="Facture {reference} de {merchant}",
        hello="Bonjour,",
        hello_name="Bonjour {name},",
        asks="{merchant} vous adresse une facture : {reference}.",
        left="À payer",
        until="À régler avant le",
        pay="Payer maintenant",
        link="Si le bouton ne fonctionne pas, ouvrez ce lien :",
        unexpected="Si vous n'attendiez pas cette facture, vous n'avez rien à faire.",
        instant="%d/%m/%Y, %H:%M %Z",
    ),
    "nl": Texts(
        subject="Factuur {reference} van {merchant}",
        hello="Hallo,",
        hello_name="Hallo {name},",
        asks="{merchant} heeft een factuur voor u: {reference}.",
        left="Te betalen",
        until="Betaal uiterlijk",
        pay="Nu betalen",
        link="Werkt de knop niet, open dan deze link:",
        unexpected="Had u deze factuur niet verwacht, dan hoeft u niets te doen.",
        instant="%d-%m-%Y, %H:%M %Z",
    ),
    "es": Texts(
        subject="Factura {reference} de {merchant}",
        hello="Hola:",
        hello_name="Hola, {name}:",
        asks="{merchant} le envía una factura: {reference}.",
        left="Por pagar",
        until="Fecha límite de pago",
        pay="Pagar ahora",
        link="Si el botón no funciona, abra este enlace:",
        unexpected="Si no esperaba esta factura, no tiene que hacer nada.",
        instant="%d/%m/%Y, %H:%M %Z",
    ),
}


def language_of(locale: str | None) -> str:
    """The locale's language if there are texts in it, otherwise English."""
    return locales.language_of(locale_of(locale))


def locale_of(locale: str | None) -> str:
    """Language and region, if there are texts in the language; otherwise English."""
    tag = locales.tag_of(locale or "")
    return tag if locales.language_of(tag) in TEXTS else "en"
