"""What leaves for people and servers that are not PSPs: notifications to merchants, e-mails to customers."""
