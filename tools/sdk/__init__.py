"""The generated parts of the SDKs: types, calls, problems and versions, from the OpenAPI document (ADR 157)."""
