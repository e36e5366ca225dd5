"""What an instrument is known by, without knowing the instrument (US-3)."""

import hashlib
import hmac


def fingerprint(merchant_id: str, instrument: str) -> str:
    """Our fingerprint of an instrument: a keyed hash of the PSP's own fingerprint of it, or of its token.

    The key is the account's id, so that one instrument has another fingerprint with every merchant.
    """
    return hmac.digest(merchant_id.encode(), instrument.encode(), hashlib.sha256).hex()[:24]
