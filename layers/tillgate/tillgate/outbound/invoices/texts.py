"""The texts of invoice e-mails. A test checks that every language of the menu has a row here."""

from typing import NamedTuple


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
    instant: str  # for strftime, in UTC


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
        instant="%-d %B %Y, %H:%M UTC",
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
        instant="%d.%m.%Y, %H:%M UTC",
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
        instant="%d/%m/%Y, %H:%M UTC",
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
        instant="%d-%m-%Y, %H:%M UTC",
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
        instant="%d/%m/%Y, %H:%M UTC",
    ),
}


def language_of(locale: str | None) -> str:
    """The locale's language if there are texts in it, otherwise English."""
    code = (locale or "").replace("_", "-").split("-")[0].lower()
    return code if code in TEXTS else "en"
