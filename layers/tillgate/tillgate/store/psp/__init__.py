"""Parked PSP notifications, bank bookings, references of bank transfers."""
