"""What stands in for Stripe on this machine: `localstripe`, by others, behind a small proxy of ours.

`localstripe` keeps customers, PaymentMethods, intents, charges, refunds and balance transactions. It is a program of
its own, under its own license, and is never imported. What it lacks, or does differently from Stripe, is the proxy's;
docs/connectors/stripe.md lists it, since a test against what we wrote ourselves shows less.
"""
