"""Card numbers never belong here: Tillgate takes tokens of a PSP, so a card number in a text is a mistake (PCI DSS).

A run of 13 to 19 digits, perhaps with spaces, line breaks or dashes between, is a card number if the networks could
have issued it: its first digits and its length fit, and its last digit is right (ISO/IEC 7812-1, the Luhn algorithm).
Other long numbers, such as times, parcel numbers and most references, are none. An IBAN or a creditor reference that
contains such a run is recognized by its country, the length that numbers have there, and its check digits, so is the
number of an article (GTIN-13), and a telephone number by its plus, a UUID or digest by its letters. Gift cards are
numbered like the cards of some networks; in their place, only numbers that no gift card has are refused.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

_APART = r"\s\-\u2010-\u2015\u2212._\u00ad\u200b-\u200f\u2060\ufeff"  # spaces, dashes, what nobody sees
_RUN = re.compile(rf"\d(?:[{_APART}]{{0,3}}\d){{12,}}")
_NETWORKS = (  # first digits (from, to) and lengths, as the networks publish them
    ("34", "34", (15,)),  # American Express
    ("37", "37", (15,)),
    ("300", "305", (14, 16, 19)),  # Diners Club
    ("3095", "3095", (14, 16, 19)),
    ("36", "36", (14, 16, 19)),
    ("38", "39", (14, 16, 19)),
    ("3528", "3589", (16, 17, 18, 19)),  # JCB
    ("4", "4", (13, 16, 18, 19)),  # Visa
    ("51", "55", (16,)),  # Mastercard
    ("2221", "2720", (16,)),
    ("81", "81", (16, 17, 18, 19)),  # UnionPay
    ("2200", "2204", (16, 17, 18, 19)),  # Mir
    ("9792", "9792", (16,)),  # Troy
)
_ALSO_GIFT_CARDS = (
    ("50", "50", tuple(range(13, 20))),  # Maestro
    ("56", "69", tuple(range(13, 20))),  # Maestro, Discover, UnionPay
)
_IBANS = """
    NO15 BE16 DK18 FI18 FK18 FO18 GL18 NL18 SD18 MK19 SI19 AT20 BA20 EE20 KZ20 LT20 LU20 MN20 XK20 CH21 HR21 LI21 LV21
    BG22 BH22 CR22 DE22 GB22 GE22 IE22 ME22 RS22 VA22 AE23 GI23 IL23 IQ23 OM23 SO23 TL23 AD24 CZ24 ES24 MD24 PK24 RO24
    SA24 SE24 SK24 TN24 VG24 LY25 PT25 ST25 IS26 TR26 BI27 DJ27 FR27 GR27 IT27 MC27 MR27 SM27 AL28 AZ28 BY28 CY28 DO28
    GT28 HN28 HU28 LB28 NI28 PL28 SV28 BR29 EG29 PS29 QA29 UA29 JO30 KW30 MU30 YE30 MT31 SC31 LC32 RU33
"""  # ISO 13616: each country's only length. `stdnum` has this too, at the price of reading a file.
_LENGTHS = {each[:2]: (int(each[2:]),) for each in _IBANS.split()} | {"RF": tuple(range(25, 4, -1))}  # ISO 11649
_ACCOUNT = re.compile(r"(?<![^\W_])[A-Z]{2}(?=\d\d)", re.I | re.A)
# A UUID or a digest in hexadecimal. One in some 1,600 has a run of digits that would pass for a card number.
_HEXADECIMAL = re.compile(
    r"\b(?=[0-9-]*[a-f])(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})\b", re.I
)


def card_number_in(text: str, *, of_gift_card: bool = False) -> bool:
    """Whether the text contains a card number, also one among other digits. `of_gift_card`: it may be a gift card's."""
    if not _RUN.search(text):
        return False
    rest = _without_accounts(_HEXADECIMAL.sub("", text))
    networks = _NETWORKS if of_gift_card else _NETWORKS + _ALSO_GIFT_CARDS
    return any(_is_card(digits, networks) for run in _RUN.finditer(rest) for digits in _windows(run.group(), _led(run)))


def _led(run: re.Match[str]) -> bool:
    """A telephone number is written with a plus. E.164 allows 15 digits; none in use has over 13, but cards have."""
    return run.string[: run.start()].endswith("+")


def places_of_card_numbers(value: object, at: str = "") -> Iterator[str]:
    """The JSON pointers (RFC 6901) of texts, names and whole numbers within `value` that contain a card number."""
    if isinstance(value, Mapping):
        gift_card = value.get("method") == "gift_card" and isinstance(value.get("instrument"), Mapping)
        for name, each in value.items():
            if card_number_in(str(name)):
                yield at or "/"
            elif gift_card and name == "instrument":
                yield from (f"{at}/instrument" for _ in filter(_is_no_gift_card, each.values()))
            else:
                yield from places_of_card_numbers(each, f"{at}/{_escaped(str(name))}")
    elif isinstance(value, list | tuple):
        for number, each in enumerate(value):
            yield from places_of_card_numbers(each, f"{at}/{number}")
    elif isinstance(value, str | int | float) and card_number_in(_written(value)):
        yield at or "/"


def _written(value: str | float) -> str:
    """JSON may write a whole number as 4.2e15; a fraction is no card number."""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else ""
    return str(value)


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _is_no_gift_card(value: object) -> bool:
    return card_number_in(str(value), of_gift_card=True)


def _windows(run: str, is_led: bool) -> Iterator[str]:
    """The number itself; then, of groups that are written apart, each that could be a number with its neighbours."""
    groups = [_plain(group) for group in re.findall(r"\d+", run)]
    for first in range(len(groups)):
        digits = ""
        for group in groups[first:]:
            digits += group
            if len(digits) > 19:
                break
            is_phone = is_led and first == 0 and len(digits) <= 13
            if not (is_phone or (digits == group and _is_article(digits))):
                yield digits


def _is_article(digits: str) -> bool:
    """GTIN-13, the number under a bar code: its check digit is another one, and hardly any card has 13."""
    return len(digits) == 13 and (sum(map(int, digits[::2])) + 3 * sum(map(int, digits[1::2]))) % 10 == 0


def _plain(digits: str) -> str:
    """Digits of other scripts as ASCII."""
    return "".join(str(int(digit)) for digit in digits)


def _is_card(digits: str, networks: Iterable[tuple[str, str, tuple[int, ...]]]) -> bool:
    fits = any(len(digits) in lengths and first <= digits[: len(first)] <= last for first, last, lengths in networks)
    return fits and _is_luhn_valid(digits)


def _is_luhn_valid(digits: str) -> bool:
    doubled = "0246813579"
    backwards = digits[::-1]
    return (sum(map(int, backwards[::2])) + sum(int(doubled[int(each)]) for each in backwards[1::2])) % 10 == 0


def _without_accounts(text: str) -> str:
    """Without IBANs and creditor references."""
    kept, at = "", 0
    for begin in _ACCOUNT.finditer(text):
        if begin.start() >= at and (end := _end_of_account(text, begin)):
            kept += text[at : begin.start()]
            at = end
    return kept + text[at:]


def _end_of_account(text: str, begin: re.Match[str]) -> int:
    """0 if none begins here."""
    for length in _LENGTHS.get(begin.group().upper(), ()):
        found = _form_of(length).match(text, begin.start())
        if found and _is_checked(found.group()):
            return found.end()
    return 0


@cache
def _form_of(length: int) -> re.Pattern[str]:
    """In one piece or in groups of four, as people write it: a country's letters never stand apart."""
    fours, last = divmod(length - 1, 4)
    one = "[0-9A-Z]"
    return re.compile(
        rf"(?:{one}{{{length}}}|(?:{one}{{4}}[ \xa0]){{{fours}}}{one}{{{last + 1}}})(?![^\W_])", re.I | re.A
    )


def _is_checked(text: str) -> bool:
    """ISO 7064 mod 97-10, as IBANs and creditor references have it."""
    plain = re.sub(r"[ \xa0]", "", text)
    return int("".join(str(int(each, 36)) for each in plain[4:] + plain[:4])) % 97 == 1
