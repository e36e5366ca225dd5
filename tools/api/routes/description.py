"""The route that serves the API's description."""

from .route import Route

ROUTES: tuple[Route, ...] = (
    Route(
        "get", "/openapi.json", "describe_api", "Description", "This document", "The OpenAPI 3.1 document.", {200: None}
    ),
    Route(
        "get",
        "/.well-known/jwks.json",
        "get_keys",
        "Tokens",
        "Read the public keys of tokens",
        "The keys that verify access tokens, as a JSON Web Key Set (RFC 7517). Tokens are signed with ES256.",
        {200: "application/jwk-set+json"},
    ),
)
