"""The route of the API's description."""

from .route import Route

ROUTES: tuple[Route, ...] = (
    Route("get", "/openapi.json", "describe_api", "Description", "This document", "OpenAPI 3.1.", {200: None}),
)
