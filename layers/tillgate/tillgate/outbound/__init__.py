"""What is sent to others than PSPs: notifications to merchants, e-mails to customers."""
