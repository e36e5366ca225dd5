"""The reference of a bank transfer (ISO 11649): check digits detect typing errors (EV-13), as in an IBAN."""

import hashlib

_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def reference_of(payment_id: str) -> str:
    """A creditor reference (ISO 11649) of 80 bits: `RF`, two check digits, 16 characters."""
    number = int.from_bytes(hashlib.sha256(payment_id.encode()).digest()[:10])
    body = "".join(_LETTERS[number >> shift & 31] for shift in range(0, 80, 5))
    return f"RF{98 - _remainder(f'{body}RF00'):02d}{body}"


def is_reference(text: str) -> bool:
    """Whether the check digits are right. Spaces and lower case are ignored: banks and shoppers add them."""
    reference = plain(text)
    return reference.isascii() and reference.isalnum() and _remainder(reference[4:] + reference[:4]) == 1


def is_iban(text: str) -> bool:
    """Whether the check digits of an account number (ISO 13616) are right; spaces are ignored. `RF` is not a country:
    it starts a creditor reference like ours."""
    iban = plain(text)
    looks_so = 15 <= len(iban) <= 34 and iban[:2].isalpha() and iban[2:4].isdigit() and iban[:2] != "RF"
    return looks_so and is_reference(iban)


def plain(text: str) -> str:
    return "".join(text.split()).upper()


def _remainder(text: str) -> int:
    return int("".join(str(_LETTERS.index(letter)) for letter in text)) % 97
