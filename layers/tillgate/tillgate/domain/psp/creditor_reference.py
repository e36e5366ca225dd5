"""The reference of a bank transfer (ISO 11649): check digits detect typing errors (EV-13), as in an IBAN."""

import unicodedata

_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_OURS = frozenset(_LETTERS[:32])
_BODY = 16  # characters, after `RF` and the check digits
_LONGEST_TEXT = 1000  # a bank passes 140 characters on, or a few times that


def is_reference(text: str) -> bool:
    """Whether the check digits are right. Spaces and lower case are ignored: banks and shoppers add them."""
    reference = plain(text)
    return reference.isascii() and reference.isalnum() and _remainder(reference[4:] + reference[:4]) == 1


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
    """Whether the check digits of an account number (ISO 13616) are right; spaces are ignored. `RF` is not a country:
    it starts a creditor reference like ours."""
    iban = plain(text)
    looks_so = 15 <= len(iban) <= 34 and iban[:2].isalpha() and iban[2:4].isdigit() and iban[:2] != "RF"
    return looks_so and is_reference(iban)


def plain(text: str) -> str:
    return "".join(text.split()).upper()


def _checked(body: str) -> str:
    return f"RF{98 - _remainder(f'{body}RF00'):02d}{body}"


def _remainder(text: str) -> int:
    return int("".join(str(_LETTERS.index(letter)) for letter in text)) % 97
