"""Values that all subjects share: identifiers, currencies, countries, refusals."""
