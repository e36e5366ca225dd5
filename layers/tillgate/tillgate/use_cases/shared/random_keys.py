"""Keys that nobody can guess."""

import secrets

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no characters that look alike


def random_key(prefix: str) -> str:
    """`prefix_` and 130 random bits, five per character."""
    bits = secrets.randbits(130)
    return f"{prefix}_" + "".join([_ALPHABET[bits >> place & 31] for place in range(0, 130, 5)])
