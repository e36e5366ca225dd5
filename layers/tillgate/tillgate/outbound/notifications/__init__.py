"""What merchants are told: whom, when to try again, signed how, sent where (RG-12, GO-2)."""
