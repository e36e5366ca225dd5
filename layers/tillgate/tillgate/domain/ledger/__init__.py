"""What vendors have earned, in double entry."""
