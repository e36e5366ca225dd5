"""Notify merchants, deliver and resend notifications."""
