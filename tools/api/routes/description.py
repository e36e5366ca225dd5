"""The route that serves the API's description."""

from .route import Route

ROUTES: tuple[Route, ...] = (
    Route(
        "get", "/openapi.json", "describe_api", "Description", "This document", "The OpenAPI 3.1 document.", {200: None}
    ),
)
