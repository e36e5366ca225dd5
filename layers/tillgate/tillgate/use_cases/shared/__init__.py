"""Record, call, record: what every use case that changes an order or speaks to a PSP shares."""
