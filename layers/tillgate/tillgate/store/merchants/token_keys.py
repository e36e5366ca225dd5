"""The keys of access tokens in the merchants table. Everyone may read the public ones, only IssueToken the sealed ones:
IAM tells the two apart by `pk`.

| what | pk | sk |
| --- | --- | --- |
| all public keys | `TOKEN_KEYS` | `PUBLIC` |
| a private key, sealed | `TOKEN_SIGNING_KEYS` | key id |
"""

from collections.abc import Callable

from tillgate.domain.merchants.token_keys import SealedTokenKey, TokenKeys
from tillgate.store.merchants.items import Items, Place

_PUBLIC = Place(TokenKeys, "TOKEN_KEYS", "PUBLIC")


def _sealed(kid: str) -> Place[SealedTokenKey]:
    return Place(SealedTokenKey, "TOKEN_SIGNING_KEYS", kid)


class TokenKeyStore:
    """Raises what `Items` raises."""

    def __init__(self, items: Items) -> None:
        self._items = items

    def public(self, *, fresh: bool = False) -> TokenKeys | None:
        """At most a minute old; None before the first token."""
        return self._items.read_again(_PUBLIC) if fresh else self._items.kept(_PUBLIC)

    def sealed(self, kid: str) -> SealedTokenKey | None:
        return self._items.kept(_sealed(kid))

    def add_sealed(self, key: SealedTokenKey) -> None:
        self._items.create(_sealed(key.kid), key)

    def delete_sealed(self, kid: str) -> None:
        self._items.delete(_sealed(kid))

    def publish_first(self, keys: TokenKeys) -> None:
        self._items.create(_PUBLIC, keys)

    def change_public(self, change: Callable[[TokenKeys], TokenKeys]) -> TokenKeys:
        return self._items.change(_PUBLIC, change)
