"""What PSPs and banks tell: facts, settlement reports, bookings on our own account."""
