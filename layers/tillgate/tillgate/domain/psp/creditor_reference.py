"""The reference of a bank transfer (ISO 11649): check digits detect typing errors (EV-13), as in an IBAN."""

import unicodedata

_OURS = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUV")
_BODY = 16  # characters, after `RF` and the check digits
_LONGEST_TEXT = 1000  # a bank passes 140 characters on, or a few times that


def references_in(text: str) -> list[str]:
    """Every reference of ours that a shopper may have meant with this text, in our spelling.

    Lower case, spaces, hyphens and words around it are ignored. The letters `RF` or the check digits too may be
    missing, so most of what is found does not exist: look it up, and never take the first of two that exist.
    """
    read = "".join(each for each in unicodedata.normalize("NFKC", text).upper() if each.isascii() and each.isalnum())
    found: dict[str, None] = {}
    for start in range(min(len(read), _LONGEST_TEXT) - _BODY + 1):
        body = read[start : start + _BODY]
        if _OURS.issuperset(body) and _agrees(read[max(0, start - 4) : start], reference := _checked(body)):
            found[reference] = None
    return list(found)


def _agrees(before: str, reference: str) -> bool:
    """Check digits that stand before it have to be right: a wrong one says that a character is wrong."""
    return before == reference[:4] or not (before[:2] == "RF" and before[2:].isdigit())


def is_iban(text: str) -> bool:
    """Whether it is an account number (ISO 13616): its country's format, and the check digits; spaces are ignored.

    No list of a country's banks is asked: a bank that is newer than the list has customers too.
    """
    from stdnum import iban  # costs a cold start more than all the rest of a call: only who names an account pays it

    read = plain(text)
    return read.isalnum() and bool(iban.is_valid(read, check_country=False))


def plain(text: str) -> str:
    return "".join(text.split()).upper()


def _checked(body: str) -> str:
    from stdnum.iso7064 import mod_97_10

    return f"RF{mod_97_10.calc_check_digits(f'{body}RF')}{body}"
