"""The core's side of the connector API: which connectors there are, their HTTP client, cases, facts, faults."""
