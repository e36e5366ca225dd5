"""The payment menu: what the shopper sees of Tillgate (CM-3, TH-1, GO-9). Plain forms; scripts only improve them.

The modules of this package import each other relatively, so that it can be imported under any parent.
"""
