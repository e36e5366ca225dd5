"""Mutation tests: do the tests notice deliberate mistakes in domain and store conditions? `make mutants`."""
