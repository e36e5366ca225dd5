"""E-mails to customers in the menu's languages, as plain text and HTML."""
