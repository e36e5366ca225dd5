"""The route where a client gets its bearer token."""

from .route import Route

ROUTES: tuple[Route, ...] = (
    Route(
        "post",
        "/auth/token",
        "issue_token",
        "Tokens",
        "Get a token",
        "OAuth 2.0 client credentials (RFC 6749): id and secret with HTTP Basic or in the form. Ten wrong secrets "
        "from one address within 15 minutes lock that address out until the 15 minutes are over, but for a secret that "
        "has worked there before. Tokens are signed with ES256.",
        {200: "Token"},
        refusals={
            400: ("invalid_request", "unsupported_grant_type", "invalid_scope"),
            401: ("unauthorized",),
            413: ("invalid_request",),
            415: ("unsupported_media_type",),
            429: ("too_many_requests",),
        },
    ),
)
