"""The description of the API: routes, answers, the OpenAPI document and the page made of it."""
