"""Take in what PSPs and banks tell: notifications, returns, settlement reports, bank statements."""
