"""Do the tests notice? Small mistakes are made on purpose in the domain and the store's conditions. `make mutants`."""
