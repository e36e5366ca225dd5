"""A payment service provider to practise with: a separate system that knows nothing of orders or merchants.

Amounts are integers in minor units, times are UTC. Nothing here moves money or imports Tillgate.
The modules of this package import each other relatively, so that it can be imported under any parent.
"""
