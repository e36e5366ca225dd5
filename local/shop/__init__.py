"""The demo merchant's shop: what a merchant builds with Tillgate, in as few lines as possible, to copy from.

    tillgate.py   calls to the API, verification of signed events
    shop.py       checkout, the shopper's return, notifications, capture, cancel and refund
    server.py     one method per page or button
    goods.py      what is sold      pages.py, words.py, shop.css    how it all looks and reads

It uses the standard library only. Copy the first two modules, which are under 200 lines; your web framework does the
rest. The shop shows them at /source.
"""
