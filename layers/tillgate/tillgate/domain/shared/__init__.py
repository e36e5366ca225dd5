"""Values that every subject uses: identifiers, currencies, countries, refusals."""
