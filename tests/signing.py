"""Signs calls as an outside client does: with the library `http-message-signatures`, which knows nothing of ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from http_message_signatures import HTTPMessageSigner, MappingKeyResolver, algorithms

HEADERS = ("content-type", "idempotency-key", "if-match")


@dataclass
class Call:
    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


def components(call: Call) -> list[str]:
    """What has to be covered of that call; `sign` adds the digest of a body."""
    names = [name for name, _ in parse_qsl(urlsplit(call.url).query, keep_blank_values=True)]
    query = [f'"@query-param";name="{quote(name, safe="*").replace("~", "%7E")}"' for name in names]
    return ["@method", "@path", *query, *(name for name in HEADERS if name in call.headers)]


def sign(
    call: Call,
    key_id: str,
    secret: bytes,
    *,
    covered: Iterable[str] | None = None,
    created: datetime | None = None,
    digest: bool = True,
    **options: Any,
) -> Mapping[str, str]:
    """The call's headers with those of its signature."""
    resolver = MappingKeyResolver(public_keys={key_id: secret}, private_keys={key_id: secret})
    signer = HTTPMessageSigner(signature_algorithm=algorithms.HMAC_SHA256, key_resolver=resolver)
    signer.sign(
        call,
        key_id=key_id,
        created=created or datetime.now(UTC),
        covered_component_ids=list(covered if covered is not None else components(call)),
        body=call.body if call.body and digest else None,
        label="sig",
        **options,
    )
    return {name.lower(): value for name, value in call.headers.items()}
