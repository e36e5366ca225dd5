"""Keys that nobody can guess."""

import secrets

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: nothing that reads like something else


def random_key(prefix: str) -> str:
    """130 random bits behind `prefix_`."""
    return f"{prefix}_" + "".join(secrets.choice(_ALPHABET) for _ in range(26))
