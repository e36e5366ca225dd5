"""Stripe: cards, wallets and SEPA debit through its PaymentIntents, over plain HTTP (docs/connectors/stripe.md)."""
