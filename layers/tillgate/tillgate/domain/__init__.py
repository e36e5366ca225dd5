"""What an order is and what may happen to it. Pure: no AWS, no clock, no I/O. Amounts are minor units, instants UTC."""
