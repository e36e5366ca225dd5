"""Keys that nobody can guess."""

import secrets

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: nothing that reads like something else


def random_key(prefix: str) -> str:
    """130 random bits behind `prefix_`, five a character."""
    bits = secrets.randbits(130)
    return f"{prefix}_" + "".join([_ALPHABET[bits >> place & 31] for place in range(0, 130, 5)])
