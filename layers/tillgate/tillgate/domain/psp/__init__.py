"""What PSPs and banks report: facts, settlement reports, bookings on our own account."""
