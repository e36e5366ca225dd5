"""Orders and their rules. Pure: no AWS, no clock, no I/O. Amounts are minor units, instants UTC."""
