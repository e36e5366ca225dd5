"""Files for merchants' bookkeeping."""
