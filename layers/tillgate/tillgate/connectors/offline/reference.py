"""The reference of a bank transfer (ISO 11649): check digits detect typing errors (EV-13), as in an IBAN."""

import hashlib

_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def reference_of(case_id: str) -> str:
    """A creditor reference of 80 bits: `RF`, two check digits, 16 characters."""
    number = int.from_bytes(hashlib.sha256(case_id.encode()).digest()[:10])
    body = "".join(_LETTERS[number >> shift & 31] for shift in range(0, 80, 5))
    remainder = int("".join(str(_LETTERS.index(letter)) for letter in f"{body}RF00")) % 97
    return f"RF{98 - remainder:02d}{body}"
