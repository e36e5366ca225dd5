"""E-mails to customers: their words in the menu's languages, as plain text and as HTML."""
